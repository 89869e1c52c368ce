"""What an organisation says of its log sources."""

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import InvalidInput
from noroshi.hunting import policy
from noroshi.hunting.engine import LakeError
from noroshi.hunting.engine.mapping import read_mapping
from noroshi.hunting.models import LogSource


def set_source(actor: Actor, *, source: str, mapping: str, keep_days: int | None) -> LogSource:
    """Say how the logs of an own source are read from now on, and how long they are kept.

    Raises InvalidInput where the mapping is none, or would keep nothing.
    """
    organisation = policy.require_hunter(actor)
    _check(mapping, keep_days)
    with transaction.atomic():
        row, _created = LogSource.everything.update_or_create(
            organisation_id=organisation,
            name=source,
            defaults={
                "mapping": mapping,
                "keep_days": keep_days,
                "changed_by_id": actor.person,
                "changed_at": clock.now(),
                "world": actor.world,
            },
        )
        ledger.record(actor, "hunting.source.set", row, source=source, keep_days=keep_days)
    return row


def _check(mapping: str, keep_days: int | None) -> None:
    if keep_days is not None and keep_days < 1:
        raise InvalidInput("keep_days", _("Keep logs for a day at least."))
    if mapping.strip():
        try:
            read_mapping(mapping.encode(), "mapping")
        except LakeError as error:
            raise InvalidInput("mapping", str(error)) from error
