"""Marking anew: lowered in place for new readers, raised by a recall; by the author alone, and by the clock."""

from datetime import timedelta

import pytest
from django.urls import reverse

from factories import files
from factories.audience import COMMUNITY, WORDS, to_group, to_organisation, to_person
from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput, NotAllowed, NotFound
from noroshi.core.models import AudienceEntry, LedgerEntry
from noroshi.notify.models import Notice
from noroshi.sharing import actions, blobs, queries
from noroshi.sharing.domain.content import Downgrade, Marking
from noroshi.sharing.domain.handling import Caveat, Handling
from noroshi.sharing.models import Attachment, Blob, Signal, SignalVersion
from noroshi.sharing.tasks import lower_by_the_clock

ANONYMOUS = {"author_mode": AuthorMode.ANONYMOUS}


def page(name, signal, *more):
    return reverse(f"sharing:{name}", args=[signal.pk, *more])


def readers(signal):
    return {person.name for person in queries.people_reached(Signal.everything.get(pk=signal.pk))}


def lines(signal):
    return set(AudienceEntry.objects.filter(item_id=signal.pk).values_list("kind", "target"))


def told(kind):
    return set(Notice.everything.filter(kind=kind).values_list("person__name", flat=True))


# Lower


def test_lower_when_the_author_does_then_the_grants_stay_and_the_level_is_history(cast, share, ledger):
    signal = share("a1")
    before, grants = readers(signal), lines(signal)
    actions.lower_marking(cast.actor("a1"), signal, tlp="GREEN", reason="the campaign is public")
    assert (lines(signal), before < readers(signal), "t_reader" in readers(signal)) == (grants, True, True)
    version = SignalVersion.everything.get()
    assert (version.tlp, version.reason, version.number) == ("AMBER", "the campaign is public", 1)
    assert ledger(signal)[-1] == ("sharing.signal.lowered", cast.a1.pk)


def test_lower_when_done_then_those_who_newly_see_it_are_told_and_nobody_else(cast, share, drain):
    signal = share("a1")
    drain()
    Notice.everything.all().delete()
    before = readers(signal)
    actions.lower_marking(cast.actor("a1"), signal, tlp="GREEN", reason="public by now")
    drain()
    assert told("signal") == readers(signal) - before


@pytest.mark.parametrize("name", ["a2", "b1", "hub_op"])
def test_lower_or_raise_when_by_anybody_else_then_it_is_refused(cast, share, name):
    signal = share("a1")
    with pytest.raises(NotAllowed):
        actions.lower_marking(cast.actor(name), signal, tlp="GREEN", reason="x")
    with pytest.raises(NotAllowed):
        actions.raise_marking(cast.actor(name), signal, marking=Marking(TLP.RED), reason="x")
    assert [Signal.everything.get().tlp, Signal.everything.get().state] == ["AMBER", "published"]


@pytest.mark.parametrize("tlp", ["AMBER", "RED", "PINK", ""])
def test_lower_when_the_level_is_not_lower_then_it_is_named(cast, share, tlp):
    signal = share("a1")
    with pytest.raises(InvalidInput) as refused:
        actions.lower_marking(cast.actor("a1"), signal, tlp=tlp, reason="x")
    assert refused.value.field == "tlp"


@pytest.mark.parametrize("grave", [ANONYMOUS, {"tlp": TLP.RED}])
def test_lower_when_a_release_was_needed_then_it_is_refused(cast, share, grave):
    signal = share("a1", to_person(cast.b1), **grave)
    with pytest.raises(NotAllowed):
        actions.lower_marking(cast.actor("a1"), signal, tlp="GREEN", reason="x")


def test_lower_when_something_was_said_before_then_new_readers_do_not_get_it(cast, share, stopped_clock):
    signal = share("a1")
    stopped_clock.advance(minutes=1)
    actions.comment_on_signal(cast.actor("b1"), signal, body="among-us-only")
    actions.amend_signal(cast.actor("a1"), signal, title=WORDS.title, body="now without it", reason="taken away")
    stopped_clock.advance(minutes=1)
    actions.lower_marking(cast.actor("a1"), signal, tlp="GREEN", reason="public by now")
    stopped_clock.advance(minutes=1)
    actions.comment_on_signal(cast.actor("b1"), signal, body="for-everybody")
    shown = {
        name: [word in cast.client(name).get(page("detail", signal)).content.decode() for word in words]
        for words in [("among-us-only", "45.155.205.66", "for-everybody", "now without it")]
        for name in ("b2", "t1")
    }
    assert shown == {"b2": [True, True, True, True], "t1": [False, False, True, True]}


def test_lower_page_when_filled_in_then_it_is_done_and_said(cast, share):
    signal, client = share("a1"), cast.client("a1")
    refused = client.post(page("act", signal, "lower"), {"tlp": "RED", "reason": "x"})
    assert (refused.status_code, Signal.everything.get().tlp) == (422, "AMBER")
    assert client.post(page("act", signal, "lower"), {"tlp": "GREEN", "reason": "x"}).status_code == 302
    assert "TLP:AMBER" in client.get(page("detail", signal)).content.decode()
    assert Signal.everything.get().tlp == "GREEN"


# Raise


def test_raise_when_done_then_it_is_taken_back_and_issued_anew_with_a_recall(cast, share, drain):
    signal = share("a1", handling=Handling(caveats=frozenset({Caveat.NO_CONTACT})))
    drain()
    had = readers(signal)
    marking = Marking(TLP.AMBER_STRICT, entries=frozenset({to_organisation(cast.bank_b)}))
    anew = actions.raise_marking(cast.actor("a1"), signal, marking=marking, reason="names a customer")
    drain()
    old = Signal.everything.get(pk=signal.pk)
    assert (old.state, old.withdrawal_reason, anew.state, anew.replaces_id) == (
        "withdrawn",
        "names a customer",
        "published",
        old.pk,
    )
    assert (anew.title, anew.body, anew.caveats) == (WORDS.title, WORDS.body, ["no_contact"])
    assert told("withdrawn") == had - {"a1"}
    assert readers(anew) == {"a1", "a2", "b1", "b2"}
    shown = {name: cast.client(name).get(page("detail", signal)).content.decode() for name in ("b1", "i1")}
    assert [anew.reference in text for text in shown.values()] == [True, False]


def test_raise_when_the_audience_does_not_fit_then_nothing_is_taken_back(cast, share):
    signal = share("a1")
    with pytest.raises(InvalidInput):
        actions.raise_marking(
            cast.actor("a1"), signal, marking=Marking(TLP.RED, entries=frozenset({COMMUNITY})), reason="x"
        )
    assert list(Signal.everything.values_list("state", flat=True)) == ["published"]


def test_raise_when_anonymous_or_red_then_it_waits_for_a_release_again(cast, share):
    signal = share("a1", **ANONYMOUS)
    marking = Marking(TLP.RED, entries=frozenset({to_person(cast.b1)}))
    anew = actions.raise_marking(cast.actor("a1"), signal, marking=marking, reason="too wide")
    assert (anew.state, anew.author_mode) == ("held", "anonymous")
    entries = LedgerEntry.objects.filter(subject_id__in=[signal.pk, anew.pk], action__startswith="sharing.signal.")
    by_author = entries.exclude(action__in=["sharing.signal.released", "sharing.signal.approved"])
    assert set(by_author.exclude(person=cast.hub_op.pk).values_list("person", flat=True)) == {None}


def test_raise_when_it_has_files_then_they_go_with_it_under_new_addresses_and_the_old_ones_lead_nowhere(
    cast, draft, share
):
    signal, author = draft("a1"), cast.actor("a1")
    sent = [
        actions.attach_file(author, signal, upload=upload)
        for upload in (
            actions.Upload(files.pdf(), "計画.pdf"),
            actions.Upload(b"kept as it is", "values.txt", without_metadata=False),
            actions.Upload(b"MZ wiper", "wiper.exe", sample=True),
        )
    ]
    actions.publish_signal(author, signal)
    comment = actions.comment_on_signal(cast.actor("b1"), signal, body="see this")
    of_comment = actions.attach_to_comment(cast.actor("b1"), comment, upload=actions.Upload(b"mine", "mine.txt"))
    marking = Marking(TLP.AMBER_STRICT, entries=frozenset({to_organisation(cast.bank_b)}))
    anew = actions.raise_marking(author, signal, marking=marking, reason="names a customer")

    def kept(signal_of_files):
        rows = Attachment.everything.filter(signal=signal_of_files, comment=None).order_by("added_at", "id")
        return list(rows.values_list("name", "blob", "size", "kind", "cleaned", "uploader", "sample_sha256"))

    assert kept(anew) == kept(signal)
    assert {row.observable.value for row in queries.observables_of(author, anew)} >= {blobs.digest(b"MZ wiper")}
    assert Blob.objects.count() == 4
    (first, *_rest) = queries.attachments_of(cast.actor("b1"), anew)
    assert actions.read_attachment(cast.actor("b1"), first) == blobs.read(sent[0].blob_id)
    signal.refresh_from_db()
    for reader in (Actor.visitor(), *map(cast.actor, ("a1", "b1", "i1", "hub_op", "sup"))):
        assert list(queries.attachments_of(reader, signal)) == []
        for file in (*sent, of_comment):
            with pytest.raises(NotFound):
                queries.attachment_for(reader, file.pk)
    with pytest.raises(NotFound):
        queries.attachment_for(cast.actor("i1"), first.pk)


def test_raise_when_files_are_anonymous_or_fill_the_house_then_they_go_with_it_all_the_same(cast, draft, settings):
    signal, author = draft("a1", **ANONYMOUS), cast.actor("a1")
    for _number in range(2):
        actions.attach_file(author, signal, upload=actions.Upload(files.picture(), "x.jpg"))
    actions.release_signal(cast.actor("hub_op"), actions.publish_signal(author, signal))
    settings.FILES_PER_ORGANISATION_LIMIT = 1
    marking = Marking(TLP.RED, entries=frozenset({to_person(cast.b1)}))
    held = actions.raise_marking(author, signal, marking=marking, reason="too wide")
    out = actions.release_signal(cast.actor("hub_trusted"), held)
    shown = [(file.name, file.cleaned) for file in queries.attachments_of(cast.actor("b1"), out)]
    assert shown == [("attachment-1.jpg", True), ("attachment-2.jpg", True)]
    assert {file.blob_id for file in Attachment.everything.all()} == {Blob.objects.get().pk}


def test_raise_page_when_filled_in_then_the_new_signal_is_shown(cast, share):
    signal, client = share("a1"), cast.client("a1")
    assert client.get(page("raise", signal)).status_code == 200
    form = {"tlp": "AMBER+STRICT", "organisations": [str(cast.bank_b.pk)], "reason": "names a customer"}
    wrong = client.post(page("raise", signal), {**form, "tlp": "GREEN"})
    assert "Choose a level above TLP:AMBER." in wrong.content.decode()
    answer = client.post(page("raise", signal), form)
    anew = Signal.everything.get(replaces=signal)
    assert answer.url == page("detail", anew)
    assert cast.client("b1").get(page("raise", anew)).status_code == 403


# By the clock


def test_downgrade_when_its_time_comes_then_it_happens_once_and_new_readers_are_told(
    cast, share, drain, stopped_clock, ledger
):
    friday = clock.now() + timedelta(days=2)
    signal = share("a1", to_group(cast.wg_incident), downgrade=Downgrade(friday, TLP.GREEN))
    other = share("a1", COMMUNITY)
    assert "Lowers itself" in cast.client("b1").get(page("detail", signal)).content.decode()
    lower_by_the_clock()
    assert Signal.everything.get(pk=signal.pk).tlp == "AMBER"
    drain()
    Notice.everything.all().delete()
    before, grants = readers(signal), lines(signal)
    stopped_clock.advance(days=2)
    lower_by_the_clock()
    lower_by_the_clock()
    drain()
    now = Signal.everything.get(pk=signal.pk)
    assert (now.tlp, now.downgrade_at, now.version, lines(signal)) == ("GREEN", None, 2, grants)
    assert [action for action, _person in ledger(signal)].count("sharing.signal.lowered") == 1
    assert told("signal") == readers(signal) - before != set()
    assert Signal.everything.get(pk=other.pk).tlp == "AMBER"


def test_downgrade_when_it_was_withdrawn_or_lowered_before_then_nothing_happens(cast, share, stopped_clock):
    friday = clock.now() + timedelta(days=2)
    withdrawn, lowered = (share("a1", downgrade=Downgrade(friday, TLP.GREEN)) for _ in range(2))
    actions.withdraw_signal(cast.actor("a1"), withdrawn, reason="wrong")
    actions.lower_marking(cast.actor("a1"), lowered, tlp="CLEAR", reason="public")
    stopped_clock.advance(days=3)
    lower_by_the_clock()
    assert set(Signal.everything.values_list("state", "tlp")) == {("withdrawn", "AMBER"), ("published", "CLEAR")}


def test_downgrade_when_arranged_for_an_anonymous_one_then_the_operator_saw_it_before_the_release(cast, draft):
    friday = clock.now() + timedelta(days=2)
    held = actions.publish_signal(cast.actor("a1"), draft("a1", downgrade=Downgrade(friday, TLP.GREEN), **ANONYMOUS))
    assert "Lowers itself" in cast.client("hub_op").get(page("detail", held)).content.decode()
