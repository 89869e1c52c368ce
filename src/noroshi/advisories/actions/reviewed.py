"""The way of every text that one operator writes and another lets out; each kind records its steps under its own name.

A step here checks and changes; whoever calls it holds the transaction and writes the ledger.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final, TypeVar

from django.utils.translation import gettext as _

from noroshi.advisories import policy
from noroshi.advisories.actions.audience import grant, mark
from noroshi.advisories.actions.words import checked_links, checked_names, checked_words
from noroshi.advisories.domain.bulletins import Words
from noroshi.advisories.models import Category, Reviewed, ReviewedText, Template
from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.errors import Conflict, InvalidInput, NotFound
from noroshi.core.models import AudienceEntry
from noroshi.kit import search
from noroshi.kit.markdown import headings_over_nothing
from noroshi.sharing.actions import audience_rows
from noroshi.sharing.actions.words import checked_sentence
from noroshi.sharing.domain.content import MAX_REASON, Marking

R = TypeVar("R", bound=Reviewed)
T = TypeVar("T", bound=ReviewedText)

COPIED: Final = ("category_id", "tlp", "profile", "links", "names", "title_ja", "title_en", "body_ja", "body_en")
"""What the next version begins with."""


@dataclass(frozen=True)
class Draft:
    """What an editor hands over: the words, for whom they are, what they are about."""

    category: Category
    words: Words
    marking: Marking
    links: Sequence[str] = ()
    names: Sequence[str] = ()
    change: str = ""
    """What is new, where it is a later version."""
    template: Template | None = None
    """What it was begun from: its checklist holds for the bulletin as it is now."""
    seen: datetime | None = None
    """When what the editor had before the eyes was last changed; none where there was nothing yet."""


def locked(actor: Actor, row: R) -> R:
    """Return the row as it is now, held until the transaction ends. Raises NotFound where the actor sees it no more."""
    policy.require_editor(actor)
    rows = type(row).objects.visible_to(actor).select_for_update(of=("self",)).select_related("category")
    found: R | None = rows.filter(pk=row.pk).first()
    if found is None:
        raise NotFound
    return found


def to_revise(actor: Actor, row: R, seen: datetime | None = None) -> R:
    """Return a draft to be written on. Raises InvalidInput where it is another than the editor had before the eyes."""
    row = locked(actor, row)
    policy.require(policy.may_revise(actor, row), row)
    if seen is not None and row.changed_at != seen:
        raise InvalidInput(
            "seen",
            _(
                "It was changed elsewhere while you wrote. What you wrote stands below and is not kept yet: "
                "look at the other in a second window, then keep yours in its place."
            ),
        )
    return row


def write(actor: Actor, row: Reviewed, draft: Draft) -> None:
    """Give a draft its words, marking and audience, and save it. Raises InvalidInput that names the field."""
    mark(actor, row, draft.marking)
    for name, text in asdict(checked_words(draft.words)).items():
        setattr(row, name, text)
    if row.replaces_id is None:
        row.category = draft.category  # a later version stays where the first was
    row.links, row.names = checked_links(draft.links), checked_names(draft.names)
    row.change = checked_sentence("change", draft.change, MAX_REASON) if draft.change else ""
    row.changed_at = clock.now()
    row.save()
    grant(row, draft.marking.entries)


def require_whole(row: Reviewed) -> None:
    """Raise InvalidInput where half of the English is missing, a heading stands over nothing, or news go unsaid."""
    if row.words.is_half_translated:
        raise InvalidInput("title_en", _("Write both the English title and the English text, or neither."))
    for field in ("body_ja", "body_en"):
        if empty := headings_over_nothing(getattr(row, field)):
            sentence = _("Nothing stands below these headings: %(headings)s. Write something there, or take them out.")
            raise InvalidInput(field, sentence % {"headings": " / ".join(empty)})
    if row.replaces_id and not row.change:
        raise InvalidInput("change", _("Say what is new against the version before."))


def hand_over(row: Reviewed) -> None:
    """Have a draft wait for another operator."""
    require_whole(row)
    row.return_reason = ""
    move(row, State.HELD)


def hand_back(actor: Actor, row: Reviewed, reason: str) -> None:
    """Make a draft of it again: its author takes it back, or another operator says in a sentence what to change."""
    policy.require(policy.may_hand_back(actor, row), row)
    if row.author_id != actor.person:
        row.return_reason = checked_sentence("reason", reason, MAX_REASON)
    move(row, State.DRAFT)


def let_out(actor: Actor, row: Reviewed, kind: str, texts: Iterable[str]) -> None:
    """Let it out, found by its words and `texts`; it takes the place of the version before."""
    require_whole(row)
    row.published_at, row.published_by_id = clock.now(), actor.acting_person
    supersede(row)
    move(row, State.PUBLISHED)
    search.index(kind, row.pk, *asdict(row.words).values(), *row.names, *texts, at=row.published_at)


def take_back(actor: Actor, row: Reviewed, reason: str) -> None:
    """Withdraw what is out with every version before it: the date and the reason are left of each."""
    policy.require(policy.may_follow_up(actor, row), row)
    said = checked_sentence("reason", reason, MAX_REASON)
    for version in [row, *versions_before(row)]:
        version.withdrawal_reason = said
        move(version, State.WITHDRAWN)
        search.forget(version.pk)


def versions_before(row: R) -> list[R]:
    """Return the versions whose place it took, the last first, held until the transaction ends."""
    found: list[R] = []
    number = row.replaces_id
    while number is not None:
        found.append(type(row).everything.select_for_update().get(pk=number))
        number = found[-1].replaces_id
    return found


def erase(row: Reviewed) -> None:
    """Throw a draft away; the caller has written that it existed."""
    AudienceEntry.objects.filter(item_id=row.pk).delete()
    row.delete()


def supersede(row: Reviewed) -> Reviewed | None:
    """Let the version before know that it is not the last any more; return it.

    Raises Conflict where another version has taken that place meanwhile.
    """
    if row.replaces_id is None:
        return None
    before = type(row).everything.select_for_update().get(pk=row.replaces_id)
    if before.state != State.PUBLISHED or before.superseded_at is not None:
        raise Conflict(_("The version before was withdrawn, or another has taken its place."))
    before.superseded_at = row.published_at
    before.save(update_fields=["superseded_at"])
    row.version = before.version + 1
    return before


def next_version(actor: Actor, before: R, copied: Iterable[str]) -> R:
    """Return the draft of the version after what is out: with the same words and audience."""
    policy.require(policy.may_follow_up(actor, before), before)
    version = type(before)(
        owner_id=actor.acting_organisation,
        author_id=actor.acting_person,
        world=before.world,
        replaces=before,
        **{name: getattr(before, name) for name in (*COPIED, *copied)},
    )
    version.save(force_insert=True)
    AudienceEntry.objects.bulk_create(audience_rows(version, before.known_audience))
    return version


def next_text(actor: Actor, before: T, copied: Iterable[str]) -> T:
    """Return the draft of the next version of a text that has no number."""
    version = next_version(actor, before, copied)
    version.first_id = before.root
    version.save(update_fields=["first"])
    return version


def move(row: Reviewed, state: State) -> None:
    """Bring it into a state."""
    row.state, row.changed_at = state, clock.now()
    row.save()
