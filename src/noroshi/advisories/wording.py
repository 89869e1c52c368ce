"""Words that the room's pages share."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from noroshi.advisories.domain.bulletins import Stage

STAGES: Final[dict[Stage, Promise]] = {
    Stage.DRAFT: _("Draft"),
    Stage.REVIEW: _("Waits for review"),
    Stage.APPROVED: _("Approved"),
    Stage.PUBLISHED: _("In force"),
    Stage.SUPERSEDED: _("Superseded"),
    Stage.WITHDRAWN: _("Withdrawn"),
}

TONES: Final[dict[Stage, str]] = {
    Stage.DRAFT: "off",
    Stage.REVIEW: "waiting",
    Stage.APPROVED: "running",
    Stage.PUBLISHED: "ok",
    Stage.SUPERSEDED: "off",
    Stage.WITHDRAWN: "failing",
}
