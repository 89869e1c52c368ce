"""What pages say of the mail magazine: why a line or an address is refused, what keeps a mailing, in which tone."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from noroshi.advisories.domain.addresses import LONGEST_ADDRESS, NoLine, Wrong
from noroshi.advisories.domain.magazine import Obstacle
from noroshi.advisories.models import DeliveryState, Fate, MailingStage, Standing

_WRONG: Final[dict[Wrong, Promise]] = {
    Wrong.SHAPE: _("This is no mail address."),
    Wrong.LETTERS: _("Before the @ there may be letters, digits and signs of ASCII alone."),
}

_NO_LINE: Final[dict[NoLine, Promise]] = {
    NoLine.NO_ADDRESS: _("There is no mail address in the first column."),
    NoLine.TWICE: _("The same address stands further up."),
    NoLine.LANGUAGE: _("The language is neither ja nor en."),
}

OBSTACLES: Final[dict[Obstacle, Promise]] = {
    Obstacle.ABOVE: _("Its marking is above what this list may carry: nothing was mailed."),
    Obstacle.NARROW: _("It is for some members alone: nothing is mailed to addresses without an account."),
    Obstacle.EMBARGO: _("It waits for the end of the embargo."),
    Obstacle.WITHDRAWN: _("The bulletin was withdrawn: who did not have it yet gets nothing."),
    Obstacle.SUPERSEDED: _("Another version has taken its place: who did not have it yet gets that one."),
    Obstacle.STOPPED: _("An operator has stopped it."),
}

STANDING_TONES: Final[dict[str, str]] = {
    Standing.WAITING: "waiting",
    Standing.CONFIRMED: "ok",
    Standing.LEFT: "off",
    Standing.BOUNCED: "failing",
}

STAGE_TONES: Final[dict[str, str]] = {
    MailingStage.UNDER_WAY: "running",
    MailingStage.ENDED: "ok",
    MailingStage.STOPPED: "off",
}

DELIVERY_TONES: Final[dict[str, str]] = {
    DeliveryState.WAITING: "waiting",
    DeliveryState.CLAIMED: "running",
    DeliveryState.SENT: "ok",
    DeliveryState.REFUSED: "failing",
    DeliveryState.BOUNCED: "failing",
    DeliveryState.UNKNOWN: "late",
    DeliveryState.DROPPED: "off",
}

FATE_TONES: Final[dict[str, str]] = {
    Fate.COUNTED: "ok",
    Fate.KNOWN: "off",
    Fate.NOT_OURS: "late",
    Fate.NO_BOUNCE: "late",
    Fate.BROKEN: "failing",
}


def wrong_address(wrong: Wrong) -> str:
    """Return the sentence for an address that cannot be written to."""
    if wrong is Wrong.LONG:
        return _("A mail address has at most %(most)d characters.") % {"most": LONGEST_ADDRESS}
    return str(_WRONG[wrong])


def refused_line(reason: NoLine | Wrong) -> str:
    """Return the sentence for a line of a file that brings nobody in."""
    return wrong_address(reason) if isinstance(reason, Wrong) else str(_NO_LINE[reason])
