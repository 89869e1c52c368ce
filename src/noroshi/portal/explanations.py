"""The rules of the policy in words: what each asks, and its answer about somebody else."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from noroshi.core.domain.rules import DEFAULT_DENY
from noroshi.core.domain.tlp import TLP

QUESTIONS: Final = {
    "world": _("Does it belong to another world, an exercise or the real one?"),
    "channel": _("Is it marked too narrow for this channel?"),
    "wall": _("Does a supervisor ask?"),
    "standing": _("Is the account or its organisation suspended, or has it left?"),
    "author": _("Is the reader its author?"),
    "release": _("Does it wait for release, and does a hub operator ask?"),
    "state": _("Is it a draft, or does it wait for release?"),
    "exclusion": _("Is the reader left out by name?"),
    "embargo": _("Is it under an embargo that does not name the reader?"),
    "owner": _("Is it a named colleague's, and does the reader need to know?"),
    "grant": _("Do its audience and its marking together reach the reader?"),
}
"""What each rule asks. The first to answer yes decides."""

OF_OTHERS: Final = {
    "world": _("It belongs to another world: an exercise and the real one never meet."),
    "channel": _("Content of this marking does not travel by this channel."),
    "wall": _("A supervisor sees nothing of what members share with each other."),
    "standing": _("The account or its organisation is suspended or has left."),
    "author": _("This person wrote it."),
    "release": _("A hub operator sees it to release it."),
    "state": _("It is not published."),
    "exclusion": _("Left out by name: the person or the organisation."),
    "embargo": _("It is under embargo: until then only the people named see it."),
    "owner": _("A colleague of the author whose role needs to know."),
    "grant": _("Its audience and marking reach this person."),
    DEFAULT_DENY: _("Neither its audience nor its marking reaches this person."),
}
"""The answer about somebody else, as its author or releaser reads it."""

MEANINGS: Final = {
    TLP.CLEAR: _("Anybody may read it and pass it on."),
    TLP.GREEN: _("For the community: everybody of the member organisations it was given to."),
    TLP.AMBER: _("For those who need to know, only to protect members' systems and services."),
    TLP.AMBER_STRICT: _("For the groups, organisations and people it was given to, and nobody beyond."),
    TLP.RED: _("For the people it was given to by name, and nobody else."),
}
"""What a level means, in a sentence (FIRST, TLP 2.0)."""
