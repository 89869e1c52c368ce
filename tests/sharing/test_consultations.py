"""Consultations: asked, answered, solved, thanked for; and the hub's published answers."""

import pytest

from factories.audience import COMMUNITY, to_group
from factories.program import program_of, refusal
from noroshi.core.domain.audience import AuthorMode
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from noroshi.core.policy import decide
from noroshi.notify.models import Notice
from noroshi.sharing import actions, queries
from noroshi.sharing.domain.content import Marking
from noroshi.sharing.models import Consent, Kind, ReferenceAnswer, Signal

ITEMS = "FISC 実務基準 実13、NIST CSF PR.AA-01"
EDITED = {"title": "多要素認証の例外", "question": "例外は認められるか。", "answer": "期限と代替策を定めて認める。"}


@pytest.fixture
def ask(cast):
    """Ask a question and send it; the hub's other operator releases what is held."""

    def send(author="a1", *entries, items=ITEMS, tlp=TLP.GREEN, **marking):
        lines = frozenset(entries or [COMMUNITY])
        asked = actions.ask_question(
            cast.actor(author),
            title="Exceptions from a second factor",
            body="quokka",
            items=items,
            marking=Marking(tlp, entries=lines, **marking),
            send=True,
        )
        return actions.release_signal(cast.actor("hub_trusted"), asked) if asked.state == "held" else asked

    return send


@pytest.fixture
def solved(cast, ask):
    """A question that b1's answer solved."""

    def make(*entries, **marking):
        question = ask("a1", *entries, **marking)
        answer = actions.comment_on_signal(cast.actor("b1"), question, body="narwhal")
        actions.mark_solution(cast.actor("a1"), question, comment_id=answer.pk)
        return question

    return make


def write(cast, question, tlp=TLP.GREEN, **changes):
    words = actions.Edited(**{**EDITED, "items": ITEMS, **changes})
    return actions.draft_reference(cast.actor("hub_op"), question, words=words, tlp=tlp)


def publish(cast, question, **kwargs):
    return actions.publish_reference(cast.actor("hub_op"), write(cast, question, **kwargs))


def state(cast, question, name="i1"):
    row = queries.questions_for(cast.actor(name)).get(pk=question.pk)
    return (row.is_answered, row.is_solved)


# Questions and answers


def test_question_when_answered_and_solved_then_its_state_follows_and_it_can_be_opened_again(cast, ask):
    question = ask()
    assert (question.kind, state(cast, question)) == (Kind.QUESTION, (False, False))
    actions.comment_on_signal(cast.actor("a1"), question, body="one more thing")
    assert state(cast, question) == (False, False)
    answer = actions.comment_on_signal(cast.actor("b1"), question, body="narwhal", anonymous=True)
    assert state(cast, question) == (True, False)
    actions.mark_solution(cast.actor("a1"), question, comment_id=answer.pk)
    assert state(cast, question) == (True, True)
    with pytest.raises(Conflict):
        actions.mark_solution(cast.actor("a1"), question, comment_id=answer.pk)
    actions.reopen_question(cast.actor("hub_op"), question)
    assert state(cast, question) == (True, False)
    with pytest.raises(Conflict):
        actions.reopen_question(cast.actor("a1"), question)


def test_question_when_somebody_else_marks_then_it_is_refused(cast, ask):
    question = ask()
    answer = actions.comment_on_signal(cast.actor("b1"), question, body="narwhal")
    for name in ("b1", "a2", "i1"):
        with pytest.raises(NotAllowed):
            actions.mark_solution(cast.actor(name), question, comment_id=answer.pk)
        with pytest.raises(NotAllowed):
            actions.file_question(cast.actor(name), question, items="X 1")


def test_question_when_the_answer_is_another_s_then_it_is_not_there(cast, ask):
    one, other = ask(), ask()
    answer = actions.comment_on_signal(cast.actor("b1"), other, body="narwhal")
    with pytest.raises(NotFound):
        actions.mark_solution(cast.actor("a1"), one, comment_id=answer.pk)


def test_question_when_anonymous_then_the_ledger_names_nobody_who_solved_it(cast, ask, ledger):
    question = ask("a1", author_mode=AuthorMode.ANONYMOUS)
    answer = actions.comment_on_signal(cast.actor("b1"), question, body="narwhal")
    actions.mark_solution(cast.actor("a1"), question, comment_id=answer.pk)
    actions.file_question(cast.actor("a1"), question, items="NIST CSF DE.CM-01")
    assert [entry for entry in ledger(question) if entry[0].startswith("sharing.question")] == [
        ("sharing.question.solved", None),
        ("sharing.question.filed", None),
    ]


def test_thanks_when_said_then_told_from_three_organisations_on_in_steps_of_three(cast, ask):
    question = ask()
    answer = actions.comment_on_signal(cast.actor("b1"), question, body="narwhal")
    with pytest.raises(NotAllowed):
        actions.thank_for_answer(cast.actor("b1"), question, comment_id=answer.pk)
    counts = []
    for name in ("a1", "a2", "i1", "o1", "hub_op"):
        assert actions.thank_for_answer(cast.actor(name), question, comment_id=answer.pk)
        assert not actions.thank_for_answer(cast.actor(name), question, comment_id=answer.pk)
        counts.append(queries.helped_by(cast.actor("t1"), question)[answer.pk].organisations)
    assert counts == [None, None, None, 3, 3]


def test_question_when_filed_then_it_is_found_by_the_item_however_it_is_written(cast, ask):
    question, _other = ask(), ask(items="NIST CSF DE.CM-01")
    rows = queries.questions_for(cast.actor("i1"))
    for text in ("FISC 実務基準 実13", "ｆｉｓｃ　実務基準　実１３", "pr.aa-01"):
        assert list(queries.about(rows, text)) == [question]
    assert queries.items_of(cast.actor("i1"), question) == ["FISC 実務基準 実13", "NIST CSF PR.AA-01"]


@pytest.mark.parametrize("items", ["実13", "x" * 200 + " 1", ",".join(f"A {n}" for n in range(11))])
def test_question_when_an_item_cannot_be_read_then_it_is_refused_and_nothing_is_written(cast, items):
    with pytest.raises(InvalidInput) as refused:
        actions.ask_question(
            cast.actor("a1"),
            title="x",
            body="y",
            items=items,
            marking=Marking(TLP.GREEN, entries=frozenset({COMMUNITY})),
        )
    assert refused.value.field == "items"
    assert not Signal.everything.exists()


def test_question_when_withdrawn_then_no_part_of_it_is_left(cast, solved):
    question = solved()
    actions.withdraw_signal(cast.actor("a1"), question, reason="x")
    question = queries.signal_for(cast.actor("i1"), question.pk)
    assert queries.items_of(cast.actor("i1"), question) == []
    assert queries.helped_by(cast.actor("i1"), question) == {}
    assert list(queries.questions_for(cast.actor("i1"))) == []


def test_question_when_discarded_as_a_draft_then_what_it_is_about_goes_too(cast):
    marking = Marking(TLP.GREEN, entries=frozenset({COMMUNITY}))
    draft = actions.ask_question(cast.actor("a1"), title="x", body="y", items=ITEMS, marking=marking)
    actions.discard_draft(cast.actor("a1"), draft)
    assert not Signal.everything.exists()


# Published answers


def test_reference_when_drafted_then_only_its_writer_sees_it_and_not_a_word_is_taken_over(cast, solved):
    reference = write(cast, solved())
    assert "quokka" not in reference.question + reference.answer + reference.title
    assert decide(cast.actor("hub_op"), reference).allowed
    assert not any(decide(cast.actor(name), reference).allowed for name in ("hub_trusted", "a1", "b1", "i1"))


def test_reference_when_the_question_was_for_everybody_then_it_goes_out_under_the_next_number_of_its_level(
    cast, solved
):
    question = solved()
    made = [publish(cast, question, tlp=tlp).reference for tlp in (TLP.GREEN, TLP.AMBER, TLP.GREEN)]
    assert made == ["QA-GREEN-001", "QA-AMBER-001", "QA-GREEN-002"]
    seen = {name: queries.references_for(cast.actor(name)).count() for name in ("a1", "a_reader", "t1", "v1", "sup")}
    assert seen == {"a1": 3, "a_reader": 2, "t1": 2, "v1": 0, "sup": 0}


def test_reference_when_the_question_was_narrower_then_the_asker_agrees_to_the_very_words_first(cast, solved, drain):
    question = solved(to_group(cast.wg_incident), tlp=TLP.AMBER)
    reference = write(cast, question)
    operator = cast.actor("hub_op")
    with pytest.raises(Conflict):
        actions.publish_reference(operator, reference)
    actions.ask_consent(operator, reference)
    drain()
    assert list(Notice.everything.filter(kind="request").values_list("person", flat=True)) == [cast.a1.pk]
    assert not queries.consents_asked(cast.actor("b1"), question).exists()
    (asked,) = queries.consents_asked(cast.actor("a1"), question)
    with pytest.raises(NotFound):
        actions.answer_consent(cast.actor("b1"), question, consent=asked, agreed=True)
    actions.answer_consent(cast.actor("a1"), question, consent=asked, agreed=True)
    changed = actions.revise_reference_draft(
        operator, reference, words=actions.Edited(**{**EDITED, "answer": "Other words."}), tlp=TLP.GREEN
    )
    with pytest.raises(Conflict):
        actions.publish_reference(operator, changed)
    back = actions.revise_reference_draft(operator, changed, words=actions.Edited(**EDITED), tlp=TLP.GREEN)
    assert actions.publish_reference(operator, back).reference == "QA-GREEN-001"
    with pytest.raises(NotAllowed):
        actions.amend_reference(operator, back, words=actions.Edited(**EDITED), reason="x")


def test_reference_when_the_asker_is_anonymous_then_nobody_is_named_on_the_way(cast, solved, ledger):
    question = solved(to_group(cast.wg_incident), tlp=TLP.AMBER, author_mode=AuthorMode.ANONYMOUS)
    reference = write(cast, question)
    actions.ask_consent(cast.actor("hub_op"), reference)
    (asked,) = queries.consents_asked(cast.actor("a1"), question)
    actions.answer_consent(cast.actor("a1"), question, consent=asked, agreed=False)
    assert ("sharing.consent.answered", None) in ledger(question)
    assert queries.consent_state(reference) == "refused"
    with pytest.raises(Conflict):
        actions.publish_reference(cast.actor("hub_op"), reference)


def test_reference_when_the_question_is_unsolved_or_a_member_writes_then_it_is_refused(cast, ask, solved):
    with pytest.raises(Conflict):
        write(cast, ask())
    with pytest.raises(NotAllowed):
        actions.draft_reference(cast.actor("b1"), solved(), words=actions.Edited(**EDITED), tlp=TLP.GREEN)
    with pytest.raises(InvalidInput):
        write(cast, solved(), tlp=TLP.AMBER_STRICT)


def test_reference_when_amended_and_withdrawn_then_versions_stay_and_then_nothing_but_the_number(cast, solved):
    reference = publish(cast, solved())
    actor = cast.actor("hub_trusted")
    actions.amend_reference(actor, reference, words=actions.Edited(**{**EDITED, "answer": "新しい答え"}), reason="更新")
    reader = cast.actor("i1")
    assert [row.answer for row in queries.reference_versions_of(reader, reference)] == [EDITED["answer"]]
    assert list(queries.references_matching(reader, "新しい答え")) == [reference]
    actions.withdraw_reference(actor, queries.reference_for(actor, reference.pk), reason="古い")
    assert list(queries.references_matching(reader, "新しい答え")) == []
    assert list(queries.reference_versions_of(reader, queries.reference_for(reader, reference.pk))) == []
    page = cast.client("i1").get(f"/signals/answers/{reference.pk}/").content.decode()
    assert ("QA-GREEN-001" in page, "古い" in page, "新しい答え" in page, EDITED["title"] in page) == (
        True,
        True,
        False,
        False,
    )
    listed = cast.client("i1").get("/signals/answers/").content.decode()
    assert EDITED["title"] not in listed


def test_reference_when_anybody_asks_then_seeing_and_listing_are_one(cast, solved):
    question = solved()
    rows = [publish(cast, question, tlp=tlp) for tlp in actions.LEVELS] + [write(cast, question)]
    actions.withdraw_reference(cast.actor("hub_op"), rows[0], reason="x")
    for name in cast.people:
        actor = cast.actor(name)
        seen = set(ReferenceAnswer.objects.visible_to(actor))
        assert seen == {row for row in ReferenceAnswer.everything.all() if decide(actor, row).allowed}, name


def test_reference_when_published_then_the_source_stands_on_no_page_of_it(cast, solved):
    question = solved()
    reference = publish(cast, question)
    for name in ("i1", "hub_trusted"):
        page = cast.client(name).get(f"/signals/answers/{reference.pk}/").content.decode()
        assert (str(question.pk) in page, "Exceptions from" in page, EDITED["answer"] in page) == (False, False, True)


# Pages


def test_pages_ask_answer_solve_and_publish(cast):
    browser, hub = cast.client("a1"), cast.client("hub_op")
    values = {"title": "Which exceptions?", "body": "quokka", "items": ITEMS, "group": cast.wg_incident.pk, "tlp": ""}
    answer = browser.post("/signals/consultations/ask", values)
    draft = Signal.everything.get()
    assert (answer.url, draft.tlp) == (f"/signals/{draft.pk}/review", "AMBER")
    actions.publish_signal(cast.actor("a1"), draft)
    said = actions.comment_on_signal(cast.actor("b1"), draft, body="narwhal")
    page = f"/signals/{draft.pk}/"
    assert "This solved it" in browser.get(page).content.decode()
    assert "This solved it" not in cast.client("b1").get(page).content.decode()
    browser.post(f"{page}answers/{said.pk}/solved")
    browser.post(f"{page}answers/{said.pk}/thanks")
    html = browser.get(page).content.decode()
    assert ("Solved it" in html, "You said thanks" in html, "FISC 実務基準 実13" in html) == (True, True, True)
    listed = browser.get("/signals/consultations/?state=solved&item=実13&group=wg_incident").content.decode()
    assert "Which exceptions?" in listed
    hub.post(f"{page}answers/new", {**EDITED, "items": ITEMS, "tlp": "GREEN"})
    reference = ReferenceAnswer.everything.get()
    hub.post(f"/signals/answers/{reference.pk}/ask")
    assert EDITED["answer"] in browser.get(page).content.decode()
    assert EDITED["answer"] not in cast.client("b1").get(page).content.decode()
    browser.post(f"{page}consents/{Consent.everything.get().pk}", {"agreed": "yes"})
    hub.post(f"/signals/answers/{reference.pk}/publish")
    found = cast.client("i1").get("/search?q=代替策").content.decode()
    assert ("QA-GREEN-001" in found, EDITED["title"] in found) == (True, True)
    assert "QA-GREEN-001" not in cast.client("v1").get("/search?q=代替策").content.decode()
    browser.post(f"{page}reopen")
    assert state(cast, draft, "b1") == (True, False)


@pytest.mark.parametrize("page", ["/signals/consultations/", "/signals/answers/"])
def test_list_when_it_has_more_rows_then_it_costs_the_same(cast, solved, page, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser, costs = cast.client("i1"), []
    for more in (1, 2):
        for _number in range(more):
            publish(cast, solved())
        browser.get(page)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(page).status_code == 200
        costs.append(len(captured))
    assert costs[0] == costs[1]


def test_pages_when_a_supervisor_looks_then_they_are_not_there(cast, solved):
    reference = publish(cast, solved())
    browser = cast.client("sup")
    for page in ("consultations/", "consultations/ask", "answers/", f"answers/{reference.pk}/"):
        assert browser.get(f"/signals/{page}").status_code == 404


# The API


def test_api_when_asked_then_it_lists_reads_asks_and_answers(cast, solved):
    question = solved()
    publish(cast, question)
    program = program_of(cast, "i1", "signals.read", "signals.write")
    (line,) = program.get("/consultations", state="solved", about="実13").json()["items"]
    (answer,) = program.items(f"/consultations/{line['id']}/answers")
    assert (line["state"], answer["body"], answer["solved"]) == ("solved", "narwhal", True)
    assert program.put(f"/consultations/{line['id']}/answers/{answer['id']}/thanks").json() == {"new": True}
    (published,) = program.get("/answers", q="代替策").json()["items"]
    about = ["FISC 実務基準 実13", "NIST CSF PR.AA-01"]
    assert program.get(f"/answers/{published['id']}").json()["about"] == about
    assert program.items(f"/answers/{published['id']}/versions") == []
    new = {"title": "Mine", "body": "x", "about": "NIST CSF PR.AA-01", "tlp": "GREEN"}
    made = program.post("/consultations", new).json()
    assert made["state"] == "published"
    said = actions.comment_on_signal(cast.actor("b1"), Signal.everything.get(pk=made["id"]), body="okapi")
    assert program.put(f"/consultations/{made['id']}/about", {"about": "FISC 実務基準 実13"}).status_code == 204
    assert program.get(f"/consultations/{made['id']}").json()["about"] == ["FISC 実務基準 実13"]
    assert program.post(f"/consultations/{made['id']}/answers/{said.pk}/solved").status_code == 204
    assert program.post(f"/consultations/{made['id']}/reopen").status_code == 204
    hidden = program.post(f"/consultations/{question.pk}/answers", {"body": "axolotl", "anonymous": True})
    assert (hidden.status_code, hidden.json()["from"], bool(hidden.json()["called"])) == (201, None, True)
    assert program.post(f"/consultations/{question.pk}/reopen").status_code == 403
    assert program.post("/consultations", {"title": "x", "body": "x", "group": "wg_incident"}).status_code == 422


def test_api_when_an_editor_writes_then_consent_is_asked_and_given_before_it_is_out(cast, solved):
    question = solved(tlp=TLP.AMBER)
    editor, asker, other = (program_of(cast, name) for name in ("hub_op", "a1", "b1"))
    text = {"title": "Identity", "question": "How?", "answer": "By the number on file.", "about": "", "tlp": "GREEN"}
    assert [
        program.post("/answers", {"source": str(question.pk), **text}).status_code for program in (asker, other)
    ] == [
        404,
        404,
    ]
    draft = editor.post("/answers", {"source": str(question.pk), **text}).json()
    address = f"/answers/{draft['id']}"
    assert (draft["consent"], editor.items("/answers/drafts")) == ("unasked", [draft])
    revised = editor.put(address, {**text, "answer": "By calling the number on file."}).json()
    assert revised["answer"] == "By calling the number on file."
    assert refusal(editor.post(f"{address}/publish"))[0] == 409
    assert editor.post(f"{address}/consent").json()["consent"] == "asked"
    assert other.items(f"/consultations/{question.pk}/consents") == []
    (consent,) = asker.items(f"/consultations/{question.pk}/consents")
    assert consent["answer"] == revised["answer"]
    answered = f"/consultations/{question.pk}/consents/{consent['id']}"
    assert [program.post(answered, {"agreed": True}).status_code for program in (other, asker, asker)] == [
        404,
        204,
        404,
    ]
    assert other.get(address).status_code == 404
    assert editor.post(f"{address}/publish").json()["reference"] == "QA-GREEN-001"
    assert other.get(address).json()["answer"] == revised["answer"]
    assert refusal(editor.post(f"{address}/amend", {**text, "reason": "clearer"}))[0] == 403
    assert editor.post(f"{address}/withdraw", {"reason": "wrong"}).status_code == 204
    assert other.get(address).status_code == 404
    again = editor.post("/answers", {"source": str(question.pk), **text}).json()
    assert editor.delete(f"/answers/{again['id']}").status_code == 204
    assert editor.items("/answers/drafts") == []
