"""Findings of configuration checks: imported, and forgotten again."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from noroshi.advisories import policy
from noroshi.advisories.domain.findings import SEVERITIES, Checked, Findings
from noroshi.advisories.domain.inventory.assets import cleaned
from noroshi.advisories.models import Finding, FindingStage
from noroshi.core import clock, ids, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import NotFound
from noroshi.kit import bulk

MOST_ROWS: Final = 200_000
_KEPT: Final = ("id", "world", "organisation", "key", "first_seen")
_COLUMNS: Final = [field.attname for field in Finding._meta.concrete_fields]
_CHANGING: Final = [field.name for field in Finding._meta.concrete_fields if field.name not in _KEPT]

Scan = tuple[str, str]
"""A product and the account that it looked through."""


class TooManyFindingsError(ValueError):
    """The organisation would have more findings than are kept of one."""


@dataclass(frozen=True)
class ImportedFindings:
    """What came of an import."""

    fresh: int
    renewed: int
    older: int
    """What was known by a newer scan, and stands as that says."""
    closed: int
    unread: int


@dataclass(frozen=True, slots=True)
class _Known:
    number: UUID
    scan: Scan
    stage: str
    stands_since: datetime


@transaction.atomic
def import_findings(actor: Actor, read: Findings, *, is_whole: bool) -> ImportedFindings:
    """Take in what checks found, one import of an organisation at a time; a newer scan takes the place of an older one.

    Where the file is a whole scan, what it names no more is closed; not while an item of it could not be read, which
    might be the very one, and not where no account is named, because another cluster may be meant. Raises
    TooManyFindingsError.
    """
    policy.require_inventory_keeper(actor)
    checked = {_digest(each): each for each in read.checked}
    known = _known(actor, {_scan(each) for each in read.checked})
    current = {
        key: each for key, each in checked.items() if key not in known or known[key].stands_since <= each.seen_at
    }
    fresh = len(current.keys() - known.keys())
    if fresh and _mine(actor).count() + fresh > MOST_ROWS:
        raise TooManyFindingsError
    _write(actor, current, known)
    closed = _close(checked, known) if is_whole and not read.unread else 0
    done = ImportedFindings(fresh, len(current) - fresh, len(checked) - len(current), closed, len(read.unread))
    ledger.record(
        actor, "advisories.findings.imported", fresh=fresh, renewed=done.renewed, closed=closed, unread=done.unread
    )
    return done


@transaction.atomic
def forget_findings(actor: Actor, *, product: str, account: str) -> int:
    """Forget what a product found in an account; return how many rows that were."""
    policy.require_inventory_keeper(actor)
    count, _models = (
        Finding.objects.visible_to(actor).filter(product=cleaned(product), account=cleaned(account)).delete()
    )
    if not count:
        raise NotFound
    ledger.record(actor, "advisories.findings.forgotten", findings=count)
    return count


def _digest(checked: Checked) -> str:
    return hashlib.sha256(json.dumps(checked.key).encode()).hexdigest()


def _scan(checked: Checked) -> Scan:
    return checked.product, checked.account


def _mine(actor: Actor) -> QuerySet[Finding]:
    return Finding.everything.filter(organisation=actor.acting_organisation, world=actor.world)


def _known(actor: Actor, scans: set[Scan]) -> dict[str, _Known]:
    found = {}
    for product, account in sorted(scans):
        rows = _mine(actor).select_for_update().filter(product=product, account=account)
        for number, key, stage, since in rows.values_list("pk", "key", "stage", "stands_since"):
            found[key] = _Known(number, (product, account), stage, since)
    return found


def _write(actor: Actor, current: Mapping[str, Checked], known: Mapping[str, _Known]) -> None:
    """Write findings: new ones quickly, for nothing of theirs is there; those that are known in their place."""
    now = clock.now()
    rows = {key: _row(actor, key, each, now) for key, each in current.items()}
    fresh = ({**row, "id": ids.new_id()} for key, row in rows.items() if key not in known)
    again = ({**row, "id": known[key].number} for key, row in rows.items() if key in known)
    bulk.write_values(Finding, _COLUMNS, _in_order(fresh))
    bulk.write_values(Finding, _COLUMNS, _in_order(again), update=_CHANGING)


def _in_order(rows: Iterator[Mapping[str, Any]]) -> Iterator[list[Any]]:
    return ([row[name] for name in _COLUMNS] for row in rows)


def _row(actor: Actor, key: str, each: Checked, now: datetime) -> dict[str, Any]:
    return {
        "organisation_id": actor.acting_organisation,
        "world": actor.world,
        "key": key,
        "product": each.product,
        "account": each.account,
        "check_name": each.check,
        "title": each.title,
        "severity": SEVERITIES.index(each.severity),
        "stage": each.outcome.value,
        "resource_uid": each.resource.uid,
        "resource_name": each.resource.name,
        "resource_kind": each.resource.kind,
        "region": each.resource.region,
        "detail": each.detail,
        "remediation": each.remediation,
        "references": each.references,
        "cves": f" {' '.join(each.cves)} " if each.cves else "",
        "frameworks": each.frameworks,
        "first_seen": each.seen_at,
        "seen_at": each.seen_at,
        "stands_since": each.seen_at,
        "imported_at": now,
        "imported_by_id": actor.person,
    }


def _close(checked: Mapping[str, Checked], known: Mapping[str, _Known]) -> int:
    """Close what a newer scan of the same product and account names no more."""
    newest: dict[Scan, datetime] = {}
    for each in checked.values():
        newest[_scan(each)] = max(each.seen_at, newest.get(_scan(each), each.seen_at))
    gone: dict[Scan, list[UUID]] = defaultdict(list)
    for key, row in known.items():
        _product, account = row.scan
        if account and key not in checked and row.stage != FindingStage.CLOSED and row.stands_since < newest[row.scan]:
            gone[row.scan].append(row.number)
    for scan, numbers in gone.items():
        for part in bulk.parts(numbers):
            rows = Finding.everything.filter(pk__in=part)
            rows.update(stage=FindingStage.CLOSED, stands_since=newest[scan])
    return sum(map(len, gone.values()))
