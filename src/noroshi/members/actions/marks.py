"""What an organisation says of itself, so that its people do not give it away: names, domains, address ranges."""

from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput
from noroshi.members import policy
from noroshi.members.domain import marks
from noroshi.members.models import MarkKind, Organisation, OrganisationMark


@transaction.atomic
def state_marks(
    actor: Actor,
    *,
    organisation: Organisation,
    names: str = "",
    domains: str = "",
    ranges: str = "",
    usual_tlp: str = "",
) -> None:
    """Replace what the organisation is known by (one a line), and the level from which its people start.

    The ledger has how many there are, not what they are: a list of ranges is a map for an attacker.
    """
    policy.require_own(actor, organisation)
    stated = {
        MarkKind.NAME: _each("names", names, marks.name),
        MarkKind.DOMAIN: _each("domains", domains, marks.domain),
        MarkKind.RANGE: _each("ranges", ranges, marks.address_range),
    }
    organisation.usual_tlp = _level(usual_tlp)
    organisation.save(update_fields=["usual_tlp"])
    OrganisationMark.objects.filter(organisation=organisation).delete()
    OrganisationMark.objects.bulk_create(
        OrganisationMark(organisation=organisation, kind=kind, value=value)
        for kind, values in stated.items()
        for value in values
    )
    counts = {kind.value: len(values) for kind, values in stated.items()}
    ledger.record(actor, "members.organisation.marked", organisation, usual_tlp=organisation.usual_tlp, marks=counts)


def _each(field: str, text: str, read: Callable[[str], str]) -> list[str]:
    wanted = marks.lines(text)
    if len(wanted) > marks.MAX_MARKS:
        raise InvalidInput(field, _("Give at most %(limit)s lines.") % {"limit": marks.MAX_MARKS})
    return list(dict.fromkeys(_read(field, line, read) for line in wanted))


def _read(field: str, line: str, read: Callable[[str], str]) -> str:
    try:
        return read(line)
    except ValueError:
        raise InvalidInput(field, _("This line cannot be read: %(line)s") % {"line": line[:80]}) from None


def _level(usual_tlp: str) -> str:
    if usual_tlp and (usual_tlp not in set(TLP) or usual_tlp == TLP.CLEAR):
        raise InvalidInput("usual_tlp", _("Choose a level above TLP:CLEAR: nothing becomes public by habit."))
    return usual_tlp
