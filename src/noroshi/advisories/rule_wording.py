"""How a rule stands, in words."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from noroshi.advisories.domain.rule_packs import Standing

STANDINGS: Final[dict[Standing, Promise]] = {
    Standing.EXISTS: _("a rule exists"),
    Standing.ENABLED: _("on"),
    Standing.MISSING: _("not on"),
    Standing.EXPIRED: _("to be looked at again"),
}

STANDING_TONES: Final[dict[Standing, str]] = {
    Standing.EXISTS: "off",
    Standing.ENABLED: "ok",
    Standing.MISSING: "failing",
    Standing.EXPIRED: "waiting",
}
