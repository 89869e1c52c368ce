"""A receipt as a signed file, taken by an author or an auditor."""

from typing import Any

from django.db import transaction

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.models import LedgerEntry, Seal
from noroshi.core.signing import signing_key
from noroshi.members.domain.authority import operates_machine
from noroshi.sharing import policy
from noroshi.sharing.actions.rows import named
from noroshi.sharing.domain.receipt_file import sign
from noroshi.sharing.models import Receipt, Signal
from noroshi.sharing.queries import (
    disclosure_of,
    ledger_of,
    reach_of_published,
    receipts_of,
)

OF_AN_AUTHOR = frozenset(
    f"sharing.signal.{deed}" for deed in ("held", "published", "amended", "remarked", "withdrawn", "recalled")
)
"""What an author's file has of the ledger: how the signal went out, without names. What readers did is not theirs."""


@transaction.atomic
def export_receipt(actor: Actor, signal: Signal) -> bytes:
    """Return the signed file of a signal, as far as `actor` may know it; that it was taken is in the ledger.

    `signal` comes of `queries.disclosed_signal`, or of the command line.
    """
    full = policy.audits_readers(actor) or operates_machine(actor)
    content = _for_auditor(signal) if full else _for_author(signal)
    ledger.record(named(actor, signal), "sharing.receipt.exported", signal)
    return sign(
        {**content, "made_at": clock.now().isoformat(timespec="seconds"), "signal": _signal(signal)}, signing_key()
    )


def _signal(signal: Signal) -> dict[str, Any]:
    """What stands of the signal itself: no content."""
    return {
        "id": str(signal.pk),
        "reference": signal.reference,
        "tlp": signal.tlp,
        "profile": signal.profile,
        "state": signal.state,
        "version": signal.version,
        "published_at": signal.published_at.isoformat() if signal.published_at else None,
        "changed_at": signal.changed_at.isoformat(),
    }


def _for_author(signal: Signal) -> dict[str, Any]:
    known, reached = disclosure_of(signal), reach_of_published(signal)
    counts = known.counts
    entries = list(ledger_of(signal).filter(action__in=OF_AN_AUTHOR))
    seals = _seals(entries)
    return {
        "made_for": "author",
        "could_see": {"organisations": reached.organisations, "people": reached.people},
        "did_see": {
            "organisations": counts.organisations,
            "people": counts.people,
            "since": counts.since.isoformat() if counts.since else None,
            "channels": counts.channels,
            "named": [
                {
                    "person": row.person,
                    "organisation": row.organisation,
                    "channel": row.channel,
                    "since": row.since.isoformat(),
                }
                for row in known.named
            ],
        },
        "entries": [
            {
                "action": entry.action,
                "at": entry.at.isoformat(),
                "reason": entry.reason,
                "digest": seals[entry.pk].digest,
            }
            for entry in entries
            if entry.pk in seals
        ],
        "head": {"digest": ledger.head()[1]},
    }


def _for_auditor(signal: Signal) -> dict[str, Any]:
    entries = list(ledger_of(signal))
    seals = _seals(entries)
    before = {
        seal.position: seal.digest
        for seal in Seal.objects.filter(position__in=[s.position - 1 for s in seals.values()])
    }
    position, digest = ledger.head()
    return {
        "made_for": "auditor",
        "could_see": [
            {"organisation": home.slug, "person": str(reader.person.pk), "way": reader.way.value}
            for home, readers in reach_of_published(signal).by_organisation.items()
            for reader in readers
        ],
        "did_see": [_row(row) for row in receipts_of(signal)],
        "entries": [
            {
                "position": seals[entry.pk].position,
                "previous": before.get(seals[entry.pk].position - 1, ledger.GENESIS),
                "digest": seals[entry.pk].digest,
                "entry": ledger.fields_of(entry),
            }
            for entry in entries
            if entry.pk in seals
        ],
        "head": {"position": position, "digest": digest},
    }


def _row(row: Receipt) -> dict[str, Any]:
    return {
        "organisation": row.organisation.slug,
        "person": str(row.person_id) if row.person_id else None,
        "channel": row.channel,
        "rule": row.rule,
        "first_at": row.first_at.isoformat(),
        "last_at": row.last_at.isoformat(),
        "count": row.count,
    }


def _seals(entries: list[LedgerEntry]) -> dict[int, Seal]:
    """Return the link of each entry; one that was written a moment ago may have none yet."""
    return {seal.entry_id: seal for seal in Seal.objects.filter(entry__in=entries)}
