"""Words of the triage pages: why a story is where it is, how it stands, why it is dropped."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from noroshi.advisories.domain.triage import Because, Routing
from noroshi.advisories.models import JoinedBy, Membership, Priority, Story, StoryState
from noroshi.advisories.queries import Suggestion
from noroshi.core import clock

DROP_REASONS: Final[dict[str, Promise]] = {
    "not-ours": gettext_lazy("It does not concern our sector"),
    "known": gettext_lazy("It is known and dealt with"),
    "minor": gettext_lazy("It is too small a matter"),
    "advertising": gettext_lazy("It is advertising or an event"),
    "not-credible": gettext_lazy("It is not credible"),
}
"""What stories are usually dropped for, the most frequent first."""

STATE_TONES: Final = {
    StoryState.NEW: "waiting",
    StoryState.HELD: "off",
    StoryState.TAKEN: "running",
    StoryState.DROPPED: "off",
}
PRIORITY_TONES: Final = {
    Priority.URGENT: "failing",
    Priority.HIGH: "late",
    Priority.NORMAL: "off",
    Priority.LOW: "off",
}

_EVIDENCE: Final[Mapping[Because, Callable[[str], str]]] = {
    Because.WORD: lambda what: _("the word “%(what)s”") % {"what": what},
    Because.NAME: lambda what: _("the identifier %(what)s") % {"what": what},
    Because.PRODUCT: lambda what: _("the product “%(what)s”") % {"what": what},
    Because.EXPLOITED: lambda _what: _("a catalogue of exploited vulnerabilities"),
    Because.SOURCE: lambda what: _("the source “%(what)s”") % {"what": what},
}


def why_here(story: Story) -> str:
    """Return the sentence that says which rule put a story where it is, and by what."""
    return said_of(story.because) if story.because else _("No rule fired: it waits in the queue as everything does.")


def why(routing: Routing) -> str:
    """Return the sentence that says which rule fires, and by what."""
    return said_of(routing.said)


def said_of(said: Mapping[str, Any]) -> str:
    """Return the sentence for what was kept of a rule that fired."""
    listed = [_EVIDENCE[Because(kind)](what) for kind, what in said["by"]]
    return _("The rule “%(rule)s” fired: %(by)s.") % {"rule": said["rule"], "by": _(", ").join(listed)}


def state_of(story: Story) -> str:
    """Return how a story stands, in words: one that was held until now is back."""
    if story.state == StoryState.HELD and story.held_until is not None and story.held_until <= clock.now():
        return _("Back from being held")
    return str(StoryState(story.state).label)


def tone_of(story: Story) -> str:
    """Return the tone in which it is shown how a story stands."""
    is_back = story.state == StoryState.HELD and story.held_until is not None and story.held_until <= clock.now()
    return "waiting" if is_back else STATE_TONES[StoryState(story.state)]


def how_joined(member: Membership) -> str:
    """Return how an item came into its story, and by what."""
    how = str(JoinedBy(member.joined_by).label)
    if member.joined_by == JoinedBy.NAME:
        return f"{how}: {' '.join(member.names[:5])}"
    return f"{how}: {member.by}" if member.by is not None else how


def why_suggested(found: Suggestion) -> str:
    """Return why another story may be the same."""
    if found.names:
        return _("Both are about %(names)s.") % {"names": " ".join(found.names[:5])}
    return _("%(percent)s %% of the pairs of characters in the titles are the same.") % {
        "percent": round(found.likeness * 100)
    }
