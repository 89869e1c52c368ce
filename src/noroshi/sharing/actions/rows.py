"""The row of a signal: locked, named in the ledger, moved from state to state, made searchable with its comments."""

from collections.abc import Iterable
from datetime import datetime

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode, Entry, State
from noroshi.core.errors import NotFound
from noroshi.core.models import AudienceEntry, Shareable
from noroshi.intel.models import Tag
from noroshi.kit import search
from noroshi.sharing import policy
from noroshi.sharing.domain.content import Content
from noroshi.sharing.domain.moments import to_the_hour
from noroshi.sharing.domain.outline import Form
from noroshi.sharing.models import Attachment, Comment, Signal, SignalObservable, SignalTag, SignalVersion
from noroshi.sharing.queries import COMMENT_KIND, SEARCH_KIND


def locked(actor: Actor, signal: Signal) -> Signal:
    """Return the row as it is now, held until the transaction ends: two editors cannot both be first.

    Raises NotFound where the actor does not see it, or not any more.
    """
    row = Signal.objects.visible_to(actor).select_for_update().filter(pk=signal.pk).first()
    if row is None:
        raise NotFound
    return row


def named(actor: Actor, signal: Signal) -> Actor:
    """Return whom the ledger names: the author of an anonymous signal stays nobody there too."""
    return actor.veiled() if policy.is_hidden_author(actor, signal) else actor


def move(signal: Signal, state: State) -> None:
    """Put a signal into another state, now."""
    signal.state, signal.changed_at = state, moment_of(signal, state)
    signal.save(update_fields=["state", "changed_at", "return_reason", "withdrawal_reason"])


def moment_of(signal: Signal, state: State) -> datetime:
    """Return the moment to write down for what happens to a signal now: of an anonymous one, the hour alone.

    The exact one is not kept beside it, so no page, list, file, feed or order can tell it. A draft is nobody's but its
    author's, and two revisions of it must differ.
    """
    exact = signal.author_mode == AuthorMode.NAMED or state is State.DRAFT
    return clock.now() if exact else to_the_hour(clock.now())


def audience_rows(item: Shareable, entries: Iterable[Entry]) -> list[AudienceEntry]:
    """Return a row, not yet written, for each line of an audience."""
    return [
        AudienceEntry(item_id=item.pk, kind=entry.kind, target=entry.target, organisation=entry.organisation)
        for entry in sorted(entries, key=str)
    ]


def tag_names(signal: Signal) -> list[str]:
    """Return the names of what a signal is tagged with, in their order."""
    return list(SignalTag.everything.filter(signal=signal).order_by("tag__name").values_list("tag__name", flat=True))


def content_of(signal: Signal) -> Content:
    """Return what a signal says, as its author handed it over."""
    return Content(
        kind=signal.kind,
        target=signal.target,
        title=signal.title,
        body=signal.body,
        form=Form(signal.form),
        outline=signal.answers,
        plain_words=signal.plain_words,
        grading=signal.grading,
        tags=frozenset(tag_names(signal)),
    )


def tag_signal(signal: Signal, tags: Iterable[Tag]) -> None:
    """Put these tags in the place of those that a signal has."""
    SignalTag.everything.filter(signal=signal).delete()
    SignalTag.everything.bulk_create([SignalTag(signal=signal, tag=tag) for tag in tags])


def make_searchable(signal: Signal) -> None:
    """Put the words of a signal, its values, its tags and the names of its files into the search index."""
    values = SignalObservable.everything.filter(signal=signal).values_list("observable__value", flat=True)
    files = Attachment.everything.filter(signal=signal, comment=None).values_list("name", flat=True)
    tags = SignalTag.everything.filter(signal=signal).values_list("tag__words", flat=True)
    search.index(SEARCH_KIND, signal.pk, signal.title, signal.words, *values, *files, *tags, at=signal.published_at)


def make_comment_searchable(comment: Comment) -> None:
    """Put the words of a comment and the names of its files into the search index."""
    files = Attachment.everything.filter(comment=comment).values_list("name", flat=True)
    search.index(COMMENT_KIND, comment.pk, comment.body, *files, at=comment.signal.published_at)


def make_unsearchable(signal: Signal) -> None:
    """Take a signal and what was said under it out of the search index."""
    search.forget(signal.pk, *Comment.everything.filter(signal=signal).values_list("pk", flat=True))


def keep_version(signal: Signal, reason: str) -> None:
    """Keep what a signal says, and its level, before either changes."""
    SignalVersion.everything.create(
        signal=signal,
        number=signal.version,
        title=signal.title,
        body=signal.body,
        form=signal.form,
        outline=signal.outline,
        plain_words=signal.plain_words,
        reliability=signal.reliability,
        credibility=signal.credibility,
        tags=tag_names(signal),
        tlp=signal.tlp,
        replaced_at=moment_of(signal, State.PUBLISHED),
        reason=reason,
    )
