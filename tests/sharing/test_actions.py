"""The verbs: what each does, whom it refuses, and what the ledger keeps."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction

from factories.audience import COMMUNITY, WORDS, to_group, to_organisation, to_person, without
from noroshi.core import clock
from noroshi.core.domain.audience import AuthorMode, Entry, EntryKind, State
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from noroshi.core.models import AudienceEntry, LedgerEntry
from noroshi.intel.models import Observable, Sighting
from noroshi.kit.models import SearchEntry
from noroshi.members.actions import join_group, leave_group
from noroshi.sharing import actions, queries
from noroshi.sharing.domain.content import MAX_BODY, Content, Marking
from noroshi.sharing.models import Acknowledgement, Comment, Signal, SignalObservable, SignalVersion

RED = {"tlp": TLP.RED}
ANONYMOUS = {"author_mode": AuthorMode.ANONYMOUS}


def now(signal):
    return Signal.everything.get(pk=signal.pk)


def values(signal):
    rows = SignalObservable.everything.filter(signal=signal).order_by("id")
    return list(rows.values_list("observable__value", flat=True))


# Drafting


def test_draft_when_written_then_it_is_the_author_s_alone_with_its_observables_proposed(cast, draft, ledger):
    signal = draft("a1")
    assert (signal.state, signal.author, signal.owner) == ("draft", cast.a1, cast.bank_a)
    proposed = SignalObservable.everything.filter(signal=signal).order_by("id")
    assert [(row.observable.type, row.reason, row.benign) for row in proposed] == [
        ("ipv4", "plain-ipv4", []),
        ("url", "defanged-url", []),
    ]
    assert {name for name in cast.people if signal in Signal.objects.visible_to(cast.actor(name))} == {"a1"}
    assert ledger(signal) == [("sharing.signal.drafted", None)]


@pytest.mark.parametrize(
    "name", ["a_admin", "a_reader", "auditor", "hub_admin", "hub_reader", "sup", "sup_admin", "v_reader"]
)
def test_draft_when_the_role_has_no_need_to_know_then_it_is_refused(cast, draft, name):
    with pytest.raises(NotAllowed, match="analysts"):
        draft(name)
    assert Signal.everything.count() == 0


@pytest.mark.parametrize("channel", [Channel.EXPORT, Channel.MAIL_CONTENT, Channel.FEED, Channel.API, Channel.TAXII])
def test_draft_when_the_channel_only_reads_then_it_is_refused(cast, channel):
    with pytest.raises(NotAllowed):
        actions.draft_signal(
            cast.actor("a1", channel), content=WORDS, marking=Marking(TLP.GREEN, entries=frozenset({COMMUNITY}))
        )


def test_draft_when_red_by_a_token_then_it_is_refused(cast):
    marking = Marking(TLP.RED, entries=frozenset({to_person(cast.b1)}))
    with pytest.raises(NotAllowed, match="goes by no token"):
        actions.draft_signal(cast.actor("a1", Channel.API_PERSON_TOKEN), content=WORDS, marking=marking)


REFUSED = {
    "RED to the community": (TLP.RED, Profile.FIRST, "community", "tlp"),
    "RED to an organisation": (TLP.RED, Profile.FIRST, "organisation", "tlp"),
    "RED to an organisation, ISAC": (TLP.RED, Profile.F_ISAC_JP, "organisation", "tlp"),
    "AMBER+STRICT to the community": (TLP.AMBER_STRICT, Profile.FIRST, "community", "tlp"),
    "AMBER+STRICT to the community, ISAC": (TLP.AMBER_STRICT, Profile.F_ISAC_JP, "community", "tlp"),
    "AMBER+STRICT to an organisation, ISAC": (TLP.AMBER_STRICT, Profile.F_ISAC_JP, "organisation", "tlp"),
    "AMBER to nobody": (TLP.AMBER, Profile.FIRST, "nobody", "audience"),
    "GREEN to a group of others": (TLP.GREEN, Profile.FIRST, "foreign_group", "groups"),
    "AMBER to the supervisor": (TLP.AMBER, Profile.FIRST, "supervisor", "organisations"),
    "RED with a frozen line": (TLP.RED, Profile.FIRST, "frozen", "audience"),
    "AMBER with a relay": (TLP.AMBER, Profile.FIRST, "relay", "audience"),
}


@pytest.mark.parametrize(("tlp", "profile", "audience", "field"), REFUSED.values(), ids=REFUSED)
def test_draft_when_audience_and_level_do_not_fit_then_the_field_is_named_and_nothing_written(
    cast, draft, tlp, profile, audience, field
):
    entries = {
        "community": {COMMUNITY},
        "organisation": {to_organisation(cast.bank_b)},
        "nobody": {without(cast.bank_b)},
        "foreign_group": {to_group(cast.wg_incident)},
        "supervisor": {to_organisation(cast.supervisor)},
        "frozen": {to_person(cast.b1, EntryKind.FROZEN), to_person(cast.b1)},
        "relay": {COMMUNITY, to_organisation(cast.vendor, EntryKind.RELAY)},
    }[audience]
    with pytest.raises(InvalidInput) as refusal:
        draft("a2", *entries, tlp=tlp, profile=profile)
    assert refusal.value.field == field
    assert (Signal.everything.count(), AudienceEntry.objects.count(), Observable.objects.count()) == (0, 0, 0)
    assert LedgerEntry.objects.count() == 0


@pytest.mark.parametrize(
    ("tlp", "profile", "audience"),
    [
        (TLP.RED, Profile.FIRST, "group"),
        (TLP.AMBER_STRICT, Profile.FIRST, "organisation"),
        (TLP.AMBER_STRICT, Profile.F_ISAC_JP, "group"),
        (TLP.AMBER, Profile.F_ISAC_JP, "community"),
        (TLP.CLEAR, Profile.FIRST, "nobody"),
    ],
)
def test_draft_when_audience_and_level_fit_then_it_is_written(cast, tlp, profile, audience):
    entries = {
        "group": {to_group(cast.wg_incident)},
        "organisation": {to_organisation(cast.bank_b)},
        "community": {COMMUNITY},
        "nobody": set(),
    }[audience]
    marking = Marking(tlp, profile, frozenset(entries))
    assert actions.draft_signal(cast.actor("a1"), content=WORDS, marking=marking).profile == profile


@pytest.mark.parametrize("field", ["embargo_until", "expires_at"])
@pytest.mark.parametrize("seconds", [0, -1])
def test_draft_when_a_moment_has_passed_then_its_field_is_named(cast, draft, stopped_clock, field, seconds):
    with pytest.raises(InvalidInput) as refusal:
        draft(**{field: stopped_clock.now + timedelta(seconds=seconds)})
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " \u3000\n"}, "title"),
        ({"title": "長" * 201}, "title"),
        ({"title": "\u202e" * 30}, "title"),
        ({"body": "x" * (MAX_BODY + 1)}, "body"),
        ({"kind": "gossip"}, "kind"),
        ({"target": "everybody"}, "target"),
    ],
)
def test_draft_when_the_words_are_wrong_then_the_field_is_named(draft, change, field):
    with pytest.raises(InvalidInput) as refusal:
        draft(content=replace(WORDS, **change))
    assert refusal.value.field == field
    assert Signal.everything.count() == 0


def test_draft_when_unlinkable_is_asked_for_then_it_is_not_offered(draft):
    with pytest.raises(InvalidInput, match="not offered"):
        draft(author_mode=AuthorMode.UNLINKABLE)


def test_draft_when_it_names_thousands_of_values_then_each_is_proposed_once(draft, django_assert_max_num_queries):
    addresses = [f"45.155.{number // 250}.{number % 250 + 1}" for number in range(3000)]
    with django_assert_max_num_queries(60):
        signal = draft(content=replace(WORDS, body=" ".join(addresses + addresses[:5])))
    assert values(signal) == addresses


def test_revise_when_the_draft_changes_then_all_of_it_is_replaced(cast, draft, ledger):
    signal = draft("a1", COMMUNITY, embargo_until=clock.now() + timedelta(days=1))
    actions.revise_draft(
        cast.actor("a1"),
        signal,
        content=Content("news", "own_system", "New", "only 45.155.205.77 now"),
        marking=Marking(TLP.RED, entries=frozenset({to_person(cast.b1)})),
    )
    revised = now(signal)
    assert (revised.kind, revised.title, revised.tlp, revised.embargo_until) == ("news", "New", "RED", None)
    assert revised.as_item().audience == {to_person(cast.b1)}
    assert values(signal) == ["45.155.205.77"]
    assert ledger(signal) == [("sharing.signal.drafted", None), ("sharing.signal.revised", None)]


def test_revise_when_it_is_refused_then_the_draft_stays_as_it_was(cast, draft):
    signal = draft("a1")
    with pytest.raises(InvalidInput):
        actions.revise_draft(cast.actor("a1"), signal, content=replace(WORDS, title=""), marking=Marking(TLP.CLEAR))
    assert (now(signal).title, now(signal).tlp, len(values(signal))) == (WORDS.title, "AMBER", 2)


@pytest.mark.parametrize("verb", ["revise", "publish", "discard"])
def test_draft_when_somebody_else_touches_it_then_it_is_not_there(cast, draft, verb):
    signal = draft("a1")
    marking = Marking(TLP.AMBER, entries=frozenset({COMMUNITY}))
    attempt = {
        "revise": lambda actor: actions.revise_draft(actor, signal, content=WORDS, marking=marking),
        "publish": lambda actor: actions.publish_signal(actor, signal),
        "discard": lambda actor: actions.discard_draft(actor, signal),
    }[verb]
    for name in ("a2", "hub_op", "b1"):
        with pytest.raises(NotFound):
            attempt(cast.actor(name))


def test_discard_when_done_then_the_ledger_alone_remembers_that_there_was_one(cast, draft, ledger):
    signal = draft("a1")
    number = signal.pk
    actions.discard_draft(cast.actor("a1"), signal)
    assert (Signal.everything.count(), SignalObservable.everything.count()) == (0, 0)
    assert not AudienceEntry.objects.filter(item_id=number).exists()
    assert ledger() == [("sharing.signal.drafted", None), ("sharing.signal.discarded", None)]


# Sending


def test_publish_when_nothing_is_grave_then_it_is_out_at_once(cast, draft, ledger):
    signal = actions.publish_signal(cast.actor("a1"), draft("a1"))
    assert (signal.state, signal.published_at is not None, signal.version) == ("published", True, 1)
    assert ledger(signal)[-1] == ("sharing.signal.published", cast.a1.pk)
    assert SearchEntry.objects.filter(item_id=signal.pk).count() == 1


def test_publish_when_twice_then_the_second_is_a_conflict(cast, draft, ledger):
    signal = draft("a1")
    actions.publish_signal(cast.actor("a1"), signal)
    with pytest.raises(Conflict, match="already been sent"):
        actions.publish_signal(cast.actor("a1"), signal)
    assert [action for action, _ in ledger(signal)].count("sharing.signal.published") == 1


def test_publish_when_the_draft_changed_after_it_was_looked_over_then_it_is_a_conflict(cast, draft):
    signal = draft("a1")
    seen = signal.changed_at
    marking = Marking(TLP.CLEAR)
    actions.revise_draft(cast.actor("a1"), signal, content=WORDS, marking=marking)
    with pytest.raises(Conflict, match="Look it over again"):
        actions.publish_signal(cast.actor("a1"), signal, looked_at=seen)
    assert now(signal).state == "draft"
    assert actions.publish_signal(cast.actor("a1"), signal, looked_at=now(signal).changed_at).state == "published"


def test_publish_when_values_are_chosen_then_the_others_do_not_go(cast, draft):
    signal = draft("a1")
    first = SignalObservable.everything.filter(signal=signal).earliest("id")
    actions.publish_signal(cast.actor("a1"), signal, observables=[first.pk])
    assert values(signal) == ["45.155.205.66"]


def test_publish_when_nobody_chose_then_known_harmless_values_do_not_go(cast, draft):
    signal = draft("a1", content=replace(WORDS, body="DNSは8.8.8.8、攻撃元は45.155.205.66"))
    assert values(signal) == ["8.8.8.8", "45.155.205.66"]
    actions.publish_signal(cast.actor("a1"), signal)
    assert values(signal) == ["45.155.205.66"]


def test_publish_when_a_moment_passed_since_the_draft_then_it_is_refused(draft, cast, stopped_clock):
    signal = draft("a1", expires_at=stopped_clock.now + timedelta(minutes=1))
    stopped_clock.advance(minutes=2)
    with pytest.raises(InvalidInput):
        actions.publish_signal(cast.actor("a1"), signal)
    assert now(signal).state == "draft"


def test_publish_when_the_author_has_left_the_group_since_then_it_is_refused(draft, cast):
    signal = draft("a1", to_group(cast.wg_incident))
    leave_group(cast.actor("hub_op"), group=cast.wg_incident, person=cast.a1)
    with pytest.raises(InvalidInput):
        actions.publish_signal(cast.actor("a1"), signal)


@pytest.mark.parametrize("grave", ["red", "anonymous"])
def test_publish_when_grave_then_it_is_held_for_the_author_and_hub_operators_alone(cast, draft, grave, ledger):
    marking = RED if grave == "red" else ANONYMOUS
    entries = [to_person(cast.b1)] if grave == "red" else [COMMUNITY]
    signal = actions.publish_signal(cast.actor("a1"), draft("a1", *entries, **marking))
    assert (signal.state, signal.published_at) == ("held", None)
    seen = {name for name in cast.people if signal in Signal.objects.visible_to(cast.actor(name))}
    assert seen == {"a1", "hub_op", "hub_trusted"}
    assert SearchEntry.objects.count() == 0
    assert ledger(signal)[-1] == ("sharing.signal.held", cast.a1.pk if grave == "red" else None)
    assert LedgerEntry.objects.latest("id").payload == {"reasons": [grave]}


def test_release_when_by_a_second_person_then_it_is_out(cast, draft, ledger):
    held = actions.publish_signal(cast.actor("a1"), draft("a1", to_person(cast.b1), **RED))
    released = actions.release_signal(cast.actor("hub_op"), held)
    assert released.state == "published"
    assert ledger(released)[-2:] == [
        ("sharing.signal.released", cast.hub_op.pk),
        ("sharing.signal.published", cast.hub_op.pk),
    ]


def test_release_when_by_the_author_then_it_is_refused_though_an_operator(cast, draft):
    held = actions.publish_signal(cast.actor("hub_op"), draft("hub_op", to_person(cast.b1), **RED))
    with pytest.raises(NotAllowed, match="did not write it"):
        actions.release_signal(cast.actor("hub_op"), held)
    assert actions.release_signal(cast.actor("hub_trusted"), held).state == "published"


@pytest.mark.parametrize("name", ["a2", "b1", "hub_admin", "auditor"])
def test_release_when_by_nobody_s_operator_then_it_is_not_there(cast, draft, name):
    held = actions.publish_signal(cast.actor("a1"), draft("a1", to_person(cast.b1), **RED))
    with pytest.raises(NotFound):
        actions.release_signal(cast.actor(name), held)


def test_release_when_another_operator_was_first_then_it_is_a_conflict_or_gone(cast, draft):
    open_one = actions.publish_signal(cast.actor("a1"), draft("a1", **ANONYMOUS))
    red_one = actions.publish_signal(cast.actor("a1"), draft("a1", to_person(cast.b1), **RED))
    for held in (open_one, red_one):
        actions.release_signal(cast.actor("hub_op"), held)
    with pytest.raises(Conflict):
        actions.return_signal(cast.actor("hub_trusted"), open_one, reason="late")
    with pytest.raises(NotFound):
        actions.release_signal(cast.actor("hub_trusted"), red_one)


def test_return_when_handed_back_then_it_is_a_draft_with_the_reason_until_it_is_sent_again(cast, draft, ledger):
    held = actions.publish_signal(cast.actor("a1"), draft("a1", to_person(cast.b1), **RED))
    returned = actions.return_signal(cast.actor("hub_op"), held, reason=" names a customer ")
    assert (returned.state, returned.return_reason) == ("draft", "names a customer")
    assert ledger(held)[-1] == ("sharing.signal.returned", cast.hub_op.pk)
    assert actions.publish_signal(cast.actor("a1"), held).state == "held"
    assert now(held).return_reason == ""


def test_return_when_no_reason_is_given_then_it_stays_held(cast, draft):
    held = actions.publish_signal(cast.actor("a1"), draft("a1", to_person(cast.b1), **RED))
    with pytest.raises(InvalidInput):
        actions.return_signal(cast.actor("hub_op"), held, reason=" \n")
    assert now(held).state == "held"


def test_recall_when_the_author_thinks_better_of_it_then_it_is_a_draft_and_cannot_be_released(cast, draft, ledger):
    held = actions.publish_signal(cast.actor("a1"), draft("a1", **ANONYMOUS))
    actions.recall_signal(cast.actor("a1"), held)
    assert ledger(held)[-1] == ("sharing.signal.recalled", None)
    with pytest.raises(NotFound):
        actions.release_signal(cast.actor("hub_op"), held)


def test_red_group_when_published_then_its_members_are_frozen(cast, draft):
    held = actions.publish_signal(cast.actor("a1"), draft("a1", to_group(cast.wg_incident), **RED))
    before = {name for names in [queries.reach(held.as_item())] for name in _names(names)}
    join_group(cast.actor("hub_op"), group=cast.wg_incident, person=cast.i1)
    red = actions.release_signal(cast.actor("hub_op"), held)
    leave_group(cast.actor("hub_op"), group=cast.wg_incident, person=cast.b1)
    join_group(cast.actor("hub_op"), group=cast.wg_incident, person=cast.b2)
    seen = {name for name in cast.people if red in Signal.objects.visible_to(cast.actor(name))}
    assert before == {"a1", "b1", "hub_op"}
    assert seen == {"a1", "b1", "hub_op", "i1"}


def _names(reach):
    return {reader.person.name for readers in reach.by_organisation.values() for reader in readers}


def test_amber_group_when_somebody_leaves_then_it_is_closed_to_them(cast, share):
    amber = share("a1", to_group(cast.wg_incident))
    leave_group(cast.actor("hub_op"), group=cast.wg_incident, person=cast.b1)
    assert amber not in Signal.objects.visible_to(cast.actor("b1"))


def test_share_at_once_when_it_cannot_be_sent_then_no_draft_is_left(cast, monkeypatch):
    monkeypatch.setattr(actions.sending, "keep_chosen", lambda *_: (_ for _ in ()).throw(RuntimeError("killed")))
    marking = Marking(TLP.AMBER, entries=frozenset({COMMUNITY}))
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.share_signal(cast.actor("a1"), content=WORDS, marking=marking)
    assert (Signal.everything.count(), LedgerEntry.objects.count()) == (0, 0)


# Once it is out


def test_amend_when_the_words_change_then_the_old_ones_are_a_version(cast, share, ledger):
    signal = share("a1")
    actions.amend_signal(cast.actor("a1"), signal, title="Corrected", body="now 45.155.205.77", reason="wrong address")
    version = SignalVersion.everything.get()
    assert (version.number, version.title, version.reason) == (1, WORDS.title, "wrong address")
    assert (now(signal).title, now(signal).version) == ("Corrected", 2)
    assert ledger(signal)[-1] == ("sharing.signal.amended", cast.a1.pk)
    assert [row.pk for row in queries.matching(cast.actor("b1"), "Corrected")] == [signal.pk]
    assert list(queries.matching(cast.actor("b1"), "偽の")) == []


def test_amend_when_values_come_and_go_then_those_taken_away_before_stay_away(cast, draft):
    text = "45.155.205.66 45.155.205.67 8.8.8.8"
    signal = draft("a1", content=replace(WORDS, body=text))
    kept = SignalObservable.everything.get(signal=signal, observable__value="45.155.205.66")
    actions.publish_signal(cast.actor("a1"), signal, observables=[kept.pk])
    amend = {"title": WORDS.title, "reason": "more"}
    actions.amend_signal(cast.actor("a1"), signal, body=f"{text} 45.155.205.68 9.9.9.9", **amend)
    assert values(signal) == ["45.155.205.66", "45.155.205.68"]
    actions.amend_signal(cast.actor("a1"), signal, body="45.155.205.67 45.155.205.68", **amend)
    assert values(signal) == ["45.155.205.68"]


def test_amend_when_nothing_changes_then_there_is_no_version(cast, share):
    signal = share("a1")
    with pytest.raises(InvalidInput, match="Nothing has changed"):
        actions.amend_signal(cast.actor("a1"), signal, title=WORDS.title, body=WORDS.body, reason="why not")
    assert SignalVersion.everything.count() == 0


def test_amend_when_a_release_was_needed_then_it_is_refused(cast, share):
    for signal in (share("a1", to_person(cast.b1), **RED), share("a1", **ANONYMOUS)):
        with pytest.raises(NotAllowed, match="withdraw it and share anew"):
            actions.amend_signal(cast.actor("a1"), signal, title="x", body="y", reason="z")


@pytest.mark.parametrize("name", ["a2", "b1", "hub_op"])
def test_amend_when_by_another_reader_then_it_is_refused(cast, share, name):
    with pytest.raises(NotAllowed):
        actions.amend_signal(cast.actor(name), share("a1"), title="x", body="y", reason="z")


@pytest.mark.parametrize("name", ["a1", "hub_op"])
def test_withdraw_when_by_author_or_operator_then_a_tombstone_is_left(cast, share, ledger, name):
    signal = share("a1")
    actions.comment_on_signal(cast.actor("b1"), signal, body="seen")
    actions.withdraw_signal(cast.actor(name), signal, reason="false alarm")
    assert (now(signal).state, now(signal).withdrawal_reason) == ("withdrawn", "false alarm")
    assert ledger(signal)[-1] == ("sharing.signal.withdrawn", cast.people[name].pk)
    reader = cast.actor("b1")
    assert [list(rows) for rows in (queries.published_for(reader), queries.matching(reader, "偽"))] == [[], []]
    assert list(queries.tombstones_for(reader)) == [signal]
    parts = (queries.observables_of, queries.comments_of, queries.versions_of)
    assert [list(part(reader, now(signal))) for part in parts] == [[], [], []]
    assert SearchEntry.objects.count() == 0


def test_withdraw_when_a_reader_wants_to_then_it_is_refused(cast, share):
    with pytest.raises(NotAllowed):
        actions.withdraw_signal(cast.actor("b1"), share("a1"), reason="no")


def test_withdraw_when_twice_then_the_second_is_a_conflict(cast, share):
    signal = share("a1")
    actions.withdraw_signal(cast.actor("hub_op"), signal, reason="false alarm")
    with pytest.raises(Conflict, match="withdrawn"):
        actions.withdraw_signal(cast.actor("a1"), signal, reason="mine")
    assert now(signal).withdrawal_reason == "false alarm"


VERBS_OF_READERS = {
    "comment": lambda actor, signal: actions.comment_on_signal(actor, signal, body="too late"),
    "acknowledge": actions.acknowledge_signal,
    "seen": actions.report_seen,
}


@pytest.mark.parametrize("verb", VERBS_OF_READERS)
def test_answer_when_it_was_withdrawn_in_the_meantime_then_it_is_a_conflict(cast, share, verb):
    stale = share("a1")
    actions.withdraw_signal(cast.actor("a1"), Signal.everything.get(pk=stale.pk), reason="false alarm")
    with pytest.raises(Conflict):
        VERBS_OF_READERS[verb](cast.actor("b1"), stale)
    assert (Comment.everything.count(), Acknowledgement.everything.count(), Sighting.everything.count()) == (0, 0, 0)


@pytest.mark.parametrize("verb", VERBS_OF_READERS)
@pytest.mark.parametrize("name", ["sup", "v1", "t1", "a_reader"])
def test_answer_when_one_does_not_see_it_then_it_is_not_there(cast, share, verb, name):
    with pytest.raises(NotFound):
        VERBS_OF_READERS[verb](cast.actor(name), share("a1"))


@pytest.mark.parametrize("verb", VERBS_OF_READERS)
def test_answer_when_a_public_signal_is_read_by_nobody_of_a_member_then_it_is_refused(cast, share, verb):
    from noroshi.core.actor import Actor

    signal = share("a1", tlp=TLP.CLEAR)
    for actor in (Actor.visitor(Channel.WEB), cast.machine("bank_b", Channel.WEB)):
        with pytest.raises(NotAllowed):
            VERBS_OF_READERS[verb](actor, signal)


def test_comment_when_named_and_anonymous_then_the_ledger_knows_the_one_and_not_the_other(cast, share, ledger):
    signal = share("a1")
    named = actions.comment_on_signal(cast.actor("b1"), signal, body="with name")
    hidden = actions.comment_on_signal(cast.actor("i1"), signal, body="without", anonymous=True)
    assert ledger(signal)[-2:] == [("sharing.signal.commented", cast.b1.pk), ("sharing.signal.commented", None)]
    assert [queries.byline(cast.actor("a1"), row).person for row in (named, hidden)] == ["b1", ""]


@pytest.mark.parametrize("body", ["", " \n ", "x" * 10_001])
def test_comment_when_empty_or_too_long_then_it_is_refused(cast, share, body):
    with pytest.raises(InvalidInput):
        actions.comment_on_signal(cast.actor("b1"), share("a1"), body=body)


def test_acknowledge_when_twice_then_it_counts_once_and_the_author_alone_learns_who(cast, share, ledger):
    signal = share("a1")
    done = [actions.acknowledge_signal(cast.actor(name), signal) for name in ("b1", "b1", "b2", "i1")]
    assert done == [True, False, True, True]
    assert [action for action, _ in ledger(signal)].count("sharing.signal.acknowledged") == 3
    taken = {
        name: queries.organisations_that_acknowledged(cast.actor(name), signal) for name in ("a1", "a2", "b1", "hub_op")
    }
    assert taken == {"a1": {cast.bank_b.pk, cast.insurer.pk}, "a2": set(), "b1": set(), "hub_op": set()}


@pytest.mark.parametrize("verb", ["acknowledge", "seen"])
def test_answer_when_by_the_author_then_it_is_refused(cast, share, verb):
    with pytest.raises(NotAllowed):
        VERBS_OF_READERS[verb](cast.actor("a1"), share("a1"))


def test_seen_when_three_organisations_say_so_then_and_not_before_is_it_told(cast, share):
    from noroshi.intel.queries import organisations_that_saw

    signal = share("a1")
    told = []
    for name in ("b1", "b2", "i1", "o1", "hub_op"):
        actions.report_seen(cast.actor(name), signal)
        told.append(organisations_that_saw(signal.pk))
    assert told == [None, None, None, 3, 3]
    assert {
        person for action, person in LedgerEntry.objects.values_list("action", "person") if "sighting" in action
    } == {None}


def test_embargo_when_it_ends_then_its_readers_are_noted_once(cast, share, stopped_clock, ledger):
    from noroshi.sharing.tasks import tell_of_lifted_embargoes

    signal = share("a1", COMMUNITY, to_person(cast.b1), embargo_until=stopped_clock.now + timedelta(hours=1))
    tell_of_lifted_embargoes()
    assert [name for name in ("b1", "b2") if signal in queries.published_for(cast.actor(name))] == ["b1"]
    stopped_clock.advance(hours=1)
    tell_of_lifted_embargoes()
    tell_of_lifted_embargoes()
    assert [name for name in ("b1", "b2") if signal in queries.published_for(cast.actor(name))] == ["b1", "b2"]
    assert [action for action, _ in ledger(signal)].count("sharing.signal.disclosed") == 1


def test_state_when_listed_then_every_verb_names_one():
    from noroshi.sharing.policy import VERBS

    assert {verb.state for verb in VERBS.values()} == {State.DRAFT, State.HELD, State.PUBLISHED}


def test_entry_when_a_group_is_granted_then_its_line_names_it(cast):
    assert to_group(cast.wg_incident) == Entry(EntryKind.GROUP, cast.wg_incident.pk)
