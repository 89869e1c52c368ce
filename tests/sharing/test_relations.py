"""What belongs together is told to those who see both; what may belong together is suggested out of what they see."""

import pytest
from django.urls import reverse

from factories.audience import COMMUNITY, to_person, without
from noroshi.core.domain.audience import AuthorMode
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from noroshi.core.models import LedgerEntry
from noroshi.sharing import actions, queries
from noroshi.sharing.domain.content import Content


def words(title, body="nothing in common"):
    return Content("phishing", "customer", title, body)


def related(cast, name, signal):
    return [(each.row.kind, each.is_later, each.other.pk) for each in queries.relations_of(cast.actor(name), signal)]


def suggested(cast, name, signal):
    return [each.signal.title for each in queries.suggestions_for(cast.actor(name), signal)]


@pytest.fixture
def pair(cast, share, stopped_clock):
    """An earlier signal for everybody, a later one that bank B does not see."""
    first = share("i1", content=words("Gannet"))
    stopped_clock.advance(hours=1)
    return first, share("a1", COMMUNITY, without(cast.bank_b), content=words("Walrus"))


def test_relate_when_a_duplicate_then_the_later_points_to_the_earlier_whichever_is_named_first(cast, pair):
    first, second = pair
    actions.relate_signals(cast.actor("hub_op"), first, other=second, kind="duplicate")
    assert related(cast, "o1", second) == [("duplicate", True, first.pk)]
    assert related(cast, "o1", first) == [("duplicate", False, second.pk)]
    pages = [cast.client("o1").get(reverse("sharing:detail", args=[each.pk])).content.decode() for each in pair]
    assert ["go on there" in text for text in pages] == [False, True]


def test_relation_when_a_reader_sees_one_of_the_two_then_nothing_is_told_of_the_other(cast, pair):
    first, second = pair
    client, address = cast.client("b1"), reverse("sharing:detail", args=[first.pk])
    before = client.get(address).context["relations"]
    actions.relate_signals(cast.actor("hub_op"), second, other=first, kind="continues")
    assert (before, related(cast, "b1", first)) == ([], [])
    assert "Walrus" not in client.get(address).content.decode()
    assert "Walrus" in cast.client("o1").get(address).content.decode()


def test_relation_when_one_is_withdrawn_then_it_is_gone(cast, pair):
    first, second = pair
    actions.relate_signals(cast.actor("hub_op"), second, other=first, kind="campaign")
    actions.withdraw_signal(cast.actor("i1"), first, reason="false alarm")
    assert related(cast, "o1", second) == []


@pytest.mark.parametrize(("name", "error"), [("o1", NotAllowed), ("b1", NotFound), ("sup", NotFound)])
def test_relate_when_by_a_mere_reader_then_it_is_refused(cast, pair, name, error):
    first, second = pair
    with pytest.raises(error):
        actions.relate_signals(cast.actor(name), second, other=first, kind="campaign")


def test_relate_when_the_other_is_hidden_itself_or_related_then_it_is_refused(cast, pair, share):
    first, second = pair
    hidden = share("b1", to_person(cast.b2), tlp=TLP.RED)
    operator = cast.actor("hub_op")
    for other in (hidden, second):
        with pytest.raises(InvalidInput):
            actions.relate_signals(operator, second, other=other, kind="campaign")
    actions.relate_signals(operator, second, other=first, kind="campaign")
    with pytest.raises(Conflict):
        actions.relate_signals(operator, first, other=second, kind="duplicate")
    address = reverse("sharing:relate", args=[second.pk])
    answers = [
        cast.client("hub_op").post(address, {"other": other, "kind": "campaign"}, follow=True).content.decode()
        for other in (f"https://hub.example/signals/{hidden.pk}/", "nonsense")
    ]
    assert ["Give the address of another signal" in text for text in answers] == [True, True]


def test_part_when_a_relation_was_wrong_then_it_is_taken_back_and_the_ledger_has_both(cast, pair):
    first, second = pair
    client = cast.client("hub_op")
    address = reverse("sharing:detail", args=[second.pk])
    assert client.post(f"{address}relate", {"other": str(first.pk), "kind": "campaign"}).status_code == 302
    assert client.post(f"{address}part", {"other": str(first.pk)}).status_code == 302
    assert related(cast, "o1", second) == []
    entries = LedgerEntry.objects.filter(subject_id=second.pk, person=cast.hub_op.pk).order_by("id")
    assert list(entries.values_list("action", flat=True)) == ["sharing.signal.related", "sharing.signal.parted"]


def test_relate_when_by_an_anonymous_author_then_the_ledger_does_not_say_who(cast, share):
    first, mine = share("i1"), share("a1", author_mode=AuthorMode.ANONYMOUS)
    actions.relate_signals(cast.actor("a1"), mine, other=first, kind="continues")
    entry = LedgerEntry.objects.get(action="sharing.signal.related")
    assert (entry.person, entry.organisation, entry.actor_label) == (None, None, "anonymous")


def test_suggestions_when_values_are_shared_then_these_first_and_harmless_ones_join_nothing(cast, share):
    same = share("i1", content=words("Another hand", "call back to 45.155.205.66"))
    alike = share("i1", content=words("偽のログイン画面による被害", "本文"))
    share("i1", content=words("Resolver", "they use 8.8.8.8"))
    asked = share("a1", content=words("偽のログイン画面による被害が拡大", "45.155.205.66 and 8.8.8.8"))
    assert suggested(cast, "b1", asked) == [same.title, alike.title]


def test_suggestions_when_a_reader_does_not_see_one_then_it_is_as_if_it_were_not_there(cast, share):
    asked = share("a1", content=words("Open", "call back to 45.155.205.66"))
    before = suggested(cast, "o1", asked)
    share("i1", COMMUNITY, without(cast.outsider), content=words("Kept", "45.155.205.66"))
    share("b1", to_person(cast.b2), tlp=TLP.RED, content=words("Open one", "45.155.205.66"))
    assert (before, suggested(cast, "o1", asked)) == ([], [])
    assert suggested(cast, "a1", asked) == ["Kept"]
    page = reverse("sharing:related", args=[asked.pk])
    assert "Kept" in cast.client("a1").get(page).content.decode()
    assert cast.client("sup").get(page).status_code == 404


def test_suggestions_when_it_waits_then_the_desk_gets_them_too(cast, share, draft):
    known = share("i1", content=words("Known", "call back to 45.155.205.66"))
    body = words("New", "45.155.205.66 again")
    held = actions.publish_signal(cast.actor("a1"), draft("a1", content=body, author_mode=AuthorMode.ANONYMOUS))
    assert suggested(cast, "hub_op", held) == ["Known"]
    assert suggested(cast, "hub_op", known) == ["New"]
    assert suggested(cast, "b1", known) == []


def test_related_when_there_is_more_then_it_costs_no_more_queries(cast, share, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    asked = share("a1", content=words("Open", "call back to 45.155.205.66"))
    share("i1", content=words("One", "45.155.205.66"))
    actor = cast.actor("b1")
    with CaptureQueriesContext(connection) as one:
        queries.suggestions_for(actor, asked)
    for title in ("Two", "Three"):
        share("i1", content=words(title, "45.155.205.66"))
    with django_assert_num_queries(len(one)):
        assert len(queries.suggestions_for(actor, asked)) == 3
