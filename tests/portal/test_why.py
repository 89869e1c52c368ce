"""Why can I see this, and why can't they?"""

import html
import re

import pytest

from factories.signals import COMMUNITY, make_signal, to_person, without
from noroshi.core import policy
from noroshi.core.domain.audience import AuthorMode, Entry, EntryKind, State
from noroshi.core.domain.rules import DEFAULT_DENY
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import NotFound
from noroshi.portal.explanations import MEANINGS, OF_OTHERS, QUESTIONS
from noroshi.portal.queries import verdicts


def _page(cast, name, signal, **query):
    answer = cast.client(name).get(f"/why/{signal.pk}/", query)
    return html.unescape(answer.text) if answer.status_code == 200 else answer.status_code


def _decided(page):
    """The rule beside the one step that answered."""
    return re.findall(r"Yes: you (?:do not )?see it</span>.*?<code class=\"soft\">([\w-]+)</code>", page, re.DOTALL)


def _verdicts(cast, asker, signal, name):
    return {
        verdict.person.name: (verdict.decision.allowed, verdict.decision.rule)
        for verdict in verdicts(cast.actor(asker), signal, name)
    }


def test_words_when_rules_are_read_then_each_has_its_question_reason_and_answer(cast):
    walk = policy.explain(cast.actor("a1"), make_signal(cast.a1))

    assert [step.rule for step in walk] == list(QUESTIONS)
    assert set(policy.REASONS) == {*QUESTIONS, DEFAULT_DENY} == set(OF_OTHERS)
    assert set(MEANINGS) == set(TLP)


@pytest.mark.parametrize(
    ("name", "rule"), [("a1", "author"), ("a2", "owner"), ("b1", "grant"), ("i1", "grant"), ("hub_op", "grant")]
)
def test_why_when_a_reader_sees_it_then_the_rule_is_the_policy_s_own(cast, name, rule):
    signal = make_signal(cast.a1)

    page = _page(cast, name, signal)

    assert policy.decide(cast.actor(name), signal).rule == rule
    assert _decided(page) == [rule]
    assert str(policy.REASONS[rule]) in page


def test_why_when_it_is_held_then_the_operator_sees_it_for_release(cast):
    assert _decided(_page(cast, "hub_op", make_signal(cast.a1, state=State.HELD))) == ["release"]


@pytest.mark.parametrize("name", ["i1", "b_reader", "sup", "auditor", "v1"])
def test_why_when_a_reader_does_not_see_it_then_there_is_no_such_page(cast, name):
    signal = make_signal(cast.a1, COMMUNITY, without(cast.insurer))

    assert _page(cast, name, signal) == 404


def test_why_when_excluded_then_the_answer_is_that_of_a_number_that_does_not_exist(cast):
    closed = make_signal(cast.a1, COMMUNITY, without(cast.insurer))
    there = cast.client("i1").get(f"/why/{closed.pk}/")
    nowhere = cast.client("i1").get(f"/why/{cast.a1.pk}/")

    def comparable(answer):
        text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "-", answer.text)
        return re.sub(r'X-CSRFToken": "\w+"|csrfmiddlewaretoken" value="\w+"|nonce="[^"]+"', "-", text)

    assert there.status_code == nowhere.status_code == 404
    assert comparable(there) == comparable(nowhere)


@pytest.mark.parametrize("name", ["a2", "b1", "hub_op", "hub_trusted"])
def test_why_when_a_reader_is_not_the_author_then_nobody_else_can_be_asked_about(cast, name):
    signal = make_signal(cast.a1, COMMUNITY, without(cast.insurer))

    page = _page(cast, name, signal, who="i1")

    assert 'name="who"' not in page
    assert "i1@" not in page
    assert "Insurer" not in page
    with pytest.raises(NotFound):
        verdicts(cast.actor(name), signal, "i1")


def test_why_when_the_author_asks_about_somebody_then_the_answer_is_the_policy_s(cast):
    signal = make_signal(cast.a1, COMMUNITY, without(cast.insurer))

    for name in ("a1", "a2", "a_admin", "b1", "b_reader", "i1", "t1", "s1", "v1", "sup", "hub_op", "auditor"):
        decision = policy.decide(cast.actor(name), signal)
        assert _verdicts(cast, "a1", signal, f"{name}@")[name] == (decision.allowed, decision.rule)


def test_why_when_the_author_asks_then_the_page_says_the_answer_in_words(cast):
    signal = make_signal(cast.a1, COMMUNITY, without(cast.insurer))

    page = _page(cast, "a1", signal, who="insurer")

    assert str(OF_OTHERS["exclusion"]) in page
    assert page.count('<th scope="row"') == 3


@pytest.mark.parametrize("tlp", ["RED", "AMBER+STRICT"])
def test_why_when_the_marking_is_narrow_then_colleagues_of_the_named_are_told_apart(cast, tlp):
    signal = make_signal(cast.a1, to_person(cast.b1), tlp=tlp)

    answers = _verdicts(cast, "a1", signal, "bank_b")

    assert answers["b1"] == (True, "grant")
    assert answers["b2"] == ((False, DEFAULT_DENY) if tlp == "RED" else (True, "grant"))
    assert answers["b_reader"] == (False, DEFAULT_DENY)


def test_why_when_a_draft_is_asked_about_then_it_is_as_it_will_be(cast):
    signal = make_signal(cast.a1, state=State.DRAFT)

    assert _verdicts(cast, "a1", signal, "b1@") == {"b1": (True, "grant")}
    assert "As it will be once it is published." in _page(cast, "a1", signal, who="b1")


def test_why_when_an_anonymous_one_is_released_then_the_releaser_cannot_find_its_author(cast):
    audience = [Entry(EntryKind.PERSON, cast.b1.pk, cast.bank_b.pk)]
    signal = make_signal(cast.a1, *audience, tlp="RED", state=State.HELD, author_mode=AuthorMode.ANONYMOUS)

    answers = _verdicts(cast, "hub_op", signal, "@")

    assert answers["a1"] == answers["i1"] == (False, DEFAULT_DENY)
    assert answers["b1"] == (True, "grant")
    assert "author" not in {rule for _allowed, rule in answers.values()}


def test_why_when_a_named_one_is_released_then_the_author_is_told_as_such(cast):
    signal = make_signal(cast.a1, to_person(cast.b1), tlp="RED", state=State.HELD)

    assert _verdicts(cast, "hub_op", signal, "a1@") == {"a1": (True, "author")}


@pytest.mark.parametrize("name", ["b1", "a2", "hub_op"])
def test_why_when_the_author_is_anonymous_then_no_page_of_a_reader_names_them(cast, name):
    signal = make_signal(cast.a1, author_mode=AuthorMode.ANONYMOUS, title="Seen at noon")

    page = _page(cast, name, signal)

    assert page == 404 or not re.search(r"\ba1\b|a1@", page)
    assert page == 404 or _decided(page) == ["grant"]


@pytest.mark.parametrize("who", ["", "   ", "nobody is called that", "%", "'; --", "🔥" * 300])
def test_why_when_nobody_is_called_that_then_nobody_is_listed(cast, who):
    signal = make_signal(cast.a1)

    assert '<th scope="row"' not in _page(cast, "a1", signal, who=who)


def test_why_when_it_was_withdrawn_then_its_title_is_gone(cast):
    signal = make_signal(cast.a1, state=State.WITHDRAWN, title="Withdrawn words")

    assert "Withdrawn words" not in _page(cast, "b1", signal)


@pytest.mark.parametrize(("language", "words"), [("ja", "閲覧できる理由"), ("en", "Why can I see this?")])
def test_why_when_read_in_a_language_then_it_speaks_it(cast, language, words):
    assert words in cast.client("b1", language).get(f"/why/{make_signal(cast.a1).pk}/").text
