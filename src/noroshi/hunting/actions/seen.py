"""“Have you seen this?”: a few values, answered at once from the own organisation's lake."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import InvalidInput, TooLarge
from noroshi.hunting import policy, queries
from noroshi.hunting.domain.harmless import without_harmless
from noroshi.hunting.domain.seen import Sight, sights_of
from noroshi.hunting.domain.value_list import read_values
from noroshi.hunting.engine import Needle
from noroshi.hunting.lake import open_lake
from noroshi.members.models import Organisation

MAX_ASKED: Final = 1_000


@dataclass(frozen=True)
class Answer:
    """What became of the values: seen or not; seen, but allowed; and passed over, with the reason.

    The reason is empty where no value was recognised.
    """

    sights: list[Sight]
    suppressed: list[queries.Suppressed]
    passed: list[tuple[str, str]]


def ask_own_lake(
    actor: Actor,
    *,
    values: Sequence[str],
    since: datetime | None = None,
    until: datetime | None = None,
    harmless_too: bool = False,
) -> Answer:
    """Return whether the own logs have seen some values, in events of since <= time < until.

    Values that a warning list calls harmless are passed over where they were seen, but for a question for
    `harmless_too`. The ledger keeps how many values were asked for, not which.
    """
    organisation = Organisation.objects.get(pk=policy.require_hunter(actor))
    if len(values) > MAX_ASKED:
        raise TooLarge(_("Ask for at most %(limit)s values at once, or for a search.") % {"limit": f"{MAX_ASKED:,}"})
    if since and until and since >= until:
        raise InvalidInput("until", _("The time ends before it begins."))
    known = read_values(values)
    needles = [Needle(value.type, value.value) for value in known.values]
    result = open_lake().hunt(needles, organisations=[organisation.slug], since=since, until=until, samples=False)
    if not harmless_too:
        result = without_harmless(result)
    result, suppressed = queries.Judge().judged(result)
    with transaction.atomic():
        ledger.record(actor, "hunting.lake.asked", organisation, values=len(needles), hits=len(result.hits))
    kept = {(each.found.type, each.found.value) for each in suppressed}
    asked = [needle for needle in needles if (needle.type, needle.value) not in kept]
    return Answer(sights_of(asked, result), suppressed, [*((line, "") for line in known.refused), *result.refused])
