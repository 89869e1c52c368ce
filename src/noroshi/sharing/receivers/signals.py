"""Who is told about a signal, and what a notice may say of it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode, EntryKind, State
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.tlp import TLP
from noroshi.core.models import AudienceEntry, LedgerEntry
from noroshi.core.policy import seen_by_each
from noroshi.intel.domain.extract import extract
from noroshi.intel.queries import organisations_that_saw
from noroshi.members.models import Person
from noroshi.members.queries import active_people, hub_operators
from noroshi.notify.actions import post_notices
from noroshi.notify.domain.topics import Topic
from noroshi.notify.models import Notice, NoticeKind, Subscription
from noroshi.notify.presenters import (
    FEED,
    TAXII,
    Presentation,
    Shown,
    describes,
    hears_of,
    presents,
    presents_to_many,
    reads_values,
)
from noroshi.sharing.actions import note_read
from noroshi.sharing.domain.moments import to_the_hour
from noroshi.sharing.models import Comment, Kind, QuestionItem, Signal, SignalObservable
from noroshi.sharing.plain_words import in_plain_words
from noroshi.sharing.queries import (
    PlainReader,
    contacts,
    got_by,
    mailed_readers,
    people_reached,
    people_who_see,
    plain_readers,
    readers_of,
    values_of_each,
)
from noroshi.sharing.wording import OUTLINE, recalled

SUBJECT: Final = "sharing.signal"
LOOK: Final = "sharing.look"
RECALL: Final = "sharing.recall"
COMMENTED: Final = "sharing.signal.commented"
VEILED: Final = Actor().veiled().label

KINDS: Final = {
    "sharing.signal.published": NoticeKind.SIGNAL,
    "sharing.signal.amended": NoticeKind.AMENDED,
    "sharing.signal.withdrawn": NoticeKind.WITHDRAWN,
}
CHANGES: Final = {
    "sharing.signal.amended": NoticeKind.AMENDED,
    "sharing.signal.lowered": NoticeKind.AMENDED,
    "sharing.signal.withdrawn": NoticeKind.WITHDRAWN,
}
"""What is told of a signal to those who got it and lost it since."""


@presents_to_many(SUBJECT, kinds=Kind.choices)
def present_signals(actors: Iterable[Actor], ids: Collection[UUID]) -> Iterator[tuple[Actor, Shown]]:
    """Yield to each reader title, address and words of those signals that it sees; of a withdrawn one, its number."""
    readers = list(actors)
    plain = plain_readers({each.person for each in readers if each.person and each.channel is Channel.MAIL_CONTENT})
    values = values_of_each(ids) if plain else {}
    for actor, signals in seen_by_each(readers, Signal, ids):
        shown = {signal.pk: _presentation(signal) for signal in signals}
        if actor.channel is Channel.MAIL_CONTENT and actor.person in plain:
            shown |= {
                number: replace(shown[number], text=text, stands_alone=True)
                for number, text in _in_plain_words(plain[actor.person], signals, values)
            }
        yield actor, shown


def _in_plain_words(
    reader: PlainReader, signals: Iterable[Signal], values: Mapping[UUID, Collection[SignalObservable]]
) -> Iterator[tuple[UUID, str]]:
    """Yield the text of each of the signals that are not withdrawn, in the reader's language."""
    with translation.override(reader.language):
        lines = contacts(reader.contact)
        texts = {
            each.pk: in_plain_words(each, lines, values[each.pk]) for each in signals if each.state == State.PUBLISHED
        }
    yield from texts.items()


def _presentation(signal: Signal) -> Presentation:
    url = reverse("sharing:detail", args=[signal.pk])
    if signal.state == State.WITHDRAWN:
        return Presentation(signal.reference, url, TLP(signal.tlp), signal.withdrawal_reason)
    return Presentation(signal.title, url, TLP(signal.tlp), _text_of(signal))


def _text_of(signal: Signal) -> str:
    """The words in plain text, the answers of the fixed form each under its question."""
    answers = [f"{OUTLINE[name]}\n{text}" for name, text in signal.answers.stored.items()]
    return "\n\n".join([*answers, signal.body]).strip()


@describes(SUBJECT)
def describe_signals(ids: Collection[UUID]) -> Mapping[UUID, Topic]:
    """Return what people choose mail by. Who is anonymous has no sector; what is withdrawn has nothing left."""
    signals = Signal.objects.unrestricted(reason="what a notice is about, held against what its reader asked for")
    lines = AudienceEntry.objects.filter(item_id__in=ids, kind=EntryKind.GROUP, target__isnull=False)
    groups = _gathered(lines.values_list("item_id", "target"))
    named = SignalObservable.objects.unrestricted(reason="as above").filter(signal__in=ids)
    values = _gathered(named.values_list("signal_id", "observable__value"))
    filed = QuestionItem.objects.unrestricted(reason="as above").filter(signal__in=ids)
    items = _gathered((item.signal_id, str(item)) for item in filed)
    return {
        signal.pk: Topic(
            signal.kind,
            frozenset(groups[signal.pk]),
            signal.owner.kind if signal.author_mode == AuthorMode.NAMED else "",
            "\n".join([signal.title, _text_of(signal), *sorted(items[signal.pk])]),
            frozenset(values[signal.pk]),
        )
        for signal in signals.filter(pk__in=ids).exclude(state=State.WITHDRAWN).select_related("owner")
    }


def _gathered(pairs: Iterable[tuple[UUID, Any]]) -> defaultdict[UUID, set[Any]]:
    found: defaultdict[UUID, set[Any]] = defaultdict(set)
    for number, each in pairs:
        found[number].add(each)
    return found


@reads_values
def values_named(text: str) -> set[str]:
    """Return the observables that a text names, as signals have them."""
    return {proposal.observable.value for proposal in extract(text)}


@ledger.subscribe("sharing.tell-readers", *KINDS)
def tell_readers(entry: LedgerEntry) -> None:
    """Tell everybody who sees it, but the author, that a signal came, changed or went."""
    signal = signal_of(entry)
    if signal is not None:
        post(entry, signal, KINDS[entry.action], readers_but_author(signal))


@hears_of(SUBJECT, NoticeKind.SIGNAL, NoticeKind.AMENDED, NoticeKind.SEARCH, FEED, TAXII)
def note_what_left(actor: Actor, ids: Collection[UUID]) -> None:
    """Note that the content of these signals went to somebody by mail, feed or TAXII.

    Mail about comments goes to those who spoke, the anonymous ones too: who got it would say who they are.
    """
    note_read(actor, Signal.objects.unrestricted(reason="what has just been shown to the reader").filter(pk__in=ids))


@presents(RECALL)
def present_recalls(actor: Actor, ids: Collection[UUID]) -> Mapping[UUID, Presentation]:
    """Say of what somebody got, and cannot see any more, its number alone and that it does not hold any more."""
    if actor.person is None or actor.channel is Channel.MAIL_CONTENT:
        return {}
    got = Signal.objects.unrestricted(reason="the number of what the reader has got").filter(
        pk__in=got_by(actor).filter(signal__in=ids).values("signal")
    )
    return {
        signal.pk: Presentation(
            recalled(signal.reference), reverse("sharing:withdrawn"), TLP(signal.tlp), is_private=True
        )
        for signal in got
    }


@ledger.subscribe("sharing.tell-former-readers", *CHANGES)
def tell_former_readers(entry: LedgerEntry) -> None:
    """Tell those who got a signal and cannot see it any more that it changed or went: no content, a neutral subject."""
    signal = signal_of(entry)
    if signal is None:
        return
    got = _but_named_author(signal, readers_of(signal))
    still = {person.pk for person in readers_but_author(signal, got)}
    post_notices(
        people=[person for person in got if person.pk not in still],
        kind=CHANGES[entry.action],
        subject=RECALL,
        subject_id=signal.pk,
        event=entry,
        world=entry.world,
        told_at=to_the_hour(clock.now()) if signal.author_mode != AuthorMode.NAMED else None,
        mail_now=mailed_readers(signal),
    )


@ledger.subscribe("sharing.tell-of-lowering", "sharing.signal.lowered")
def tell_of_lowering(entry: LedgerEntry) -> None:
    """Tell those whom a lower level newly reaches that there is a signal, and those who had it that it changed."""
    signal = signal_of(entry)
    if signal is None:
        return
    item = signal.as_item().without_hidden_author()
    had, has = (
        {person.pk for person in people_who_see(replace(item, tlp=TLP(entry.payload[when])))}
        for when in ("before", "after")
    )
    readers = readers_but_author(signal)
    post(entry, signal, NoticeKind.SIGNAL, [person for person in readers if person.pk in has - had])
    post(entry, signal, NoticeKind.AMENDED, [person for person in readers if person.pk in had])


@ledger.subscribe("sharing.tell-disclosed", "sharing.signal.disclosed")
def tell_disclosed(entry: LedgerEntry) -> None:
    """Tell those who see it since its embargo has ended; whoever was named in person was told before."""
    signal = signal_of(entry)
    if signal is not None:
        named = {line.target for line in signal.as_item().audience if line.kind is EntryKind.PERSON}
        readers = [person for person in readers_but_author(signal) if person.pk not in named]
        post(entry, signal, NoticeKind.SIGNAL, readers)


@ledger.subscribe(
    "sharing.tell-operators", "sharing.signal.held", "sharing.signal.approved", "sharing.signal.explained"
)
def tell_operators(entry: LedgerEntry) -> None:
    """Tell the hub's operators that something waits for them: new, for a second one, or with the author's answer."""
    signal = signal_of(entry)
    if signal is None or signal.state != State.HELD:
        return
    operators = hub_operators()
    others = operators.exclude(pk=entry.person) if entry.person is not None else operators
    post(entry, signal, NoticeKind.RELEASE, _but_author(signal, others))


@ledger.subscribe("sharing.tell-sender", "sharing.signal.released", "sharing.signal.returned", "sharing.signal.asked")
def tell_sender(entry: LedgerEntry) -> None:
    """Tell the author what became of what waited for release, and what the hub asks of it."""
    signal = signal_of(entry)
    if signal is not None:
        post(entry, signal, NoticeKind.AMENDED, author_of(signal))


@ledger.subscribe("sharing.tell-thread", "sharing.signal.commented")
def tell_thread(entry: LedgerEntry) -> None:
    """Tell the author and those who have commented, as far as they still see it, that there is another comment."""
    signal = signal_of(entry)
    comment = Comment.everything.filter(pk=entry.payload["comment"]).first()
    if signal is None or comment is None:
        return
    thread = Comment.everything.filter(signal=signal, created_at__lte=comment.created_at).values("author")
    others = active_people().filter(Q(pk__in=thread) | Q(pk=signal.author_id))
    if comment.author_id is not None:
        others = others.exclude(pk=comment.author_id)
    post(entry, signal, NoticeKind.COMMENT, people_reached(signal, others))


@presents(LOOK)
def present_looks(actor: Actor, ids: Collection[UUID]) -> Mapping[UUID, Presentation]:
    """Say that a trusted operator looked up the author; where the mail ends up, nobody learns what was written."""
    title = _("A trusted operator looked up who wrote something of yours. The page of the signal says who, and why.")
    return {
        signal.pk: Presentation(title, reverse("sharing:detail", args=[signal.pk]), TLP(signal.tlp), is_private=True)
        for signal in Signal.objects.visible_to(actor.by(Channel.WEB)).filter(pk__in=ids)
    }


@ledger.subscribe("sharing.tell-unmasked", "sharing.author.unmasked")
def tell_unmasked(entry: LedgerEntry) -> None:
    """Tell an anonymous author at once that somebody looked up who it is."""
    signal = signal_of(entry)
    if signal is None:
        return
    number = entry.payload.get("comment")
    author = Comment.everything.get(pk=number).author_id if number else signal.author_id
    post_notices(
        people=active_people().filter(pk__in=[author]),
        kind=NoticeKind.UNMASKED,
        subject=LOOK,
        subject_id=signal.pk,
        event=entry,
        world=entry.world,
    )


@ledger.subscribe("sharing.tell-author", "intel.sighting.recorded")
def tell_author(entry: LedgerEntry) -> None:
    """Tell the author how many organisations saw it too, each time that number rises: it moves in steps of three."""
    signal = _find(entry.payload["item"])
    count = organisations_that_saw(signal.pk) if signal is not None else None
    if signal is None or count is None:
        return
    notices = Notice.objects.unrestricted(reason="whether the author knows the number")
    if not notices.filter(kind=NoticeKind.SIGHTING, subject_id=signal.pk, count__gte=count).exists():
        post(entry, signal, NoticeKind.SIGHTING, author_of(signal), count)


def post(
    entry: LedgerEntry,
    signal: Signal,
    kind: NoticeKind,
    people: Iterable[Person],
    count: int = 1,
    by: Mapping[UUID, Sequence[Subscription]] | None = None,
) -> None:
    """Put a notice about `signal` into people's inboxes; of what is anonymous they learn the hour alone."""
    hidden = entry.actor_label == VEILED
    later = hidden and entry.action == COMMENTED
    post_notices(
        people=people,
        kind=kind,
        subject=SUBJECT,
        subject_id=signal.pk,
        event=entry,
        world=entry.world,
        count=count,
        told_at=to_the_hour(clock.now()) if hidden or signal.author_mode != AuthorMode.NAMED else None,
        mail_now=mailed_readers(signal) if kind in (NoticeKind.AMENDED, NoticeKind.WITHDRAWN) else (),
        mail_from=to_the_hour(clock.now()) + timedelta(hours=1) if later else None,
        by=by,
    )


def readers_but_author(signal: Signal, people: Iterable[Person] | None = None) -> list[Person]:
    """Everybody (of `people`) who sees it but the author.

    An anonymous one is told like the others where the audience lets them in anyway: the one reader without a mail, in
    the log of a mail server or among the receipts, would be known by that.
    """
    return _but_named_author(signal, people_who_see(signal.as_item().without_hidden_author(), people))


def _but_named_author(signal: Signal, people: Iterable[Person]) -> list[Person]:
    return list(people) if signal.author_mode != AuthorMode.NAMED else _but_author(signal, people)


def _but_author(signal: Signal, people: Iterable[Person]) -> list[Person]:
    return [person for person in people if person.pk != signal.author_id]


def author_of(signal: Signal) -> list[Person]:
    """Return the author, where it is somebody who takes part here."""
    return list(active_people().filter(pk=signal.author_id)) if signal.author_id else []


def signal_of(entry: LedgerEntry) -> Signal | None:
    """Return the signal that an event is about; None where it is no more."""
    return _find(entry.subject_id) if entry.subject_id else None


def _find(signal_id: UUID | str) -> Signal | None:
    return Signal.objects.unrestricted(reason="the policy chooses the readers next").filter(pk=signal_id).first()
