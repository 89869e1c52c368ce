"""For whom something of the centre's own is: its marking checked and kept, its audience written anew."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from noroshi.advisories import policy
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import Entry
from noroshi.core.errors import InvalidInput
from noroshi.core.models import AudienceEntry, Shareable
from noroshi.sharing.actions import audience_rows, check_marking
from noroshi.sharing.domain.content import Marking


def mark(actor: Actor, row: Shareable, marking: Marking) -> None:
    """Give a row its marking; the caller saves it. Raises InvalidInput that names the field."""
    if marking.tlp not in policy.BULLETIN_LEVELS:
        raise InvalidInput("tlp", _("What is for named people alone is shared as a signal."))
    check_marking(actor, marking)
    row.tlp, row.profile = marking.tlp, marking.profile
    row.embargo_until, row.expires_at = marking.embargo_until, marking.expires_at


def grant(row: Shareable, entries: Iterable[Entry]) -> None:
    """Make `entries` the audience of a saved row, in place of the one that it had."""
    AudienceEntry.objects.filter(item_id=row.pk).delete()
    AudienceEntry.objects.bulk_create(audience_rows(row, entries))
