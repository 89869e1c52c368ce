"""Outputs for tools: asked for anew each time, through the policy, and written only where something changed."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import InvalidInput, NotAllowed, NotFound
from noroshi.intel.domain.observables import InvalidObservable, Observable, ObservableType, parse_observable
from noroshi.intel.domain.outputs.formats import FORMATS, Format
from noroshi.intel.domain.outputs.indicators import Indicator, Sheet, digest_of, gather
from noroshi.kit.domain.plain_text import one_line
from noroshi.sharing.actions.receipts import note_read
from noroshi.sharing.models import Deployment, ToolAnswer
from noroshi.sharing.queries import outputs as queries

EDITION: Final = b"1"
"""Counted up where a format is written otherwise than before: whoever has the old answer is given the new one."""

MOST_REPORTED: Final = 10_000
MOST_HITS: Final = 10**15


@dataclass(frozen=True)
class Wanted:
    """Which output is asked for: of a collection, in a format, all values or those of one type."""

    collection: str
    form: str
    type: str = ""

    @property
    def format(self) -> Format:
        """The format; raises NotFound where there is none of that name."""
        if self.form not in FORMATS:
            raise NotFound
        return FORMATS[self.form]

    @property
    def types(self) -> frozenset[ObservableType]:
        """The types of value that it can have; raises InvalidInput where the format has none of them."""
        chosen = self.format.types & {self.type} if self.type else self.format.types
        if not chosen:
            known = ", ".join(sorted(self.format.types))
            raise InvalidInput("type", _("This format has these types of value: %(known)s.") % {"known": known})
        return frozenset(map(ObservableType, chosen))

    @property
    def name(self) -> str:
        """What tells it from the others of the same token."""
        return f"{self.collection}/{self.form}/{self.type}"


@dataclass(frozen=True)
class Answered:
    """What an output says; `body` is None where the caller has it already."""

    tag: str
    changed_at: datetime
    body: bytes | None


def fetch_output(actor: Actor, wanted: Wanted, *, known_tags: Sequence[str] = ()) -> Answered:
    """Return an output as it is for `actor` now, and note that it got the signals whose values stand in it.

    `actor` asks by a token and the channel TOOLS. As long as the signals that it sees are the same, no value is read:
    whoever has the answer is told so.
    """
    types, rows = wanted.types, queries.signals_for_tools(actor, wanted.collection)
    basis = queries.basis_of(rows)
    last = _last(actor, wanted)
    if last is not None and last.basis == basis and last.tag in known_tags:
        return Answered(last.tag, last.changed_at, None)
    found = list(queries.namings_in(actor, rows, types))
    indicators = [
        each for each in gather(naming for _signal, naming in found) if each.blocks or not wanted.format.only_blocks
    ]
    answer = _kept(actor, wanted, basis, _tag_of(indicators))
    if answer.tag in known_tags:
        return Answered(answer.tag, answer.changed_at, None)
    said = {reference for each in indicators for reference in each.references}
    note_read(actor, {signal for signal, _naming in found if signal.reference in said})
    return Answered(answer.tag, answer.changed_at, wanted.format.write(Sheet(indicators, answer.changed_at)))


def _tag_of(indicators: Iterable[Indicator]) -> str:
    """Return a digest of what is said, and how it is written: nothing else tells two answers apart."""
    digest = hashlib.sha256(EDITION)
    for each in indicators:
        digest.update(digest_of(each.observable, each.note))
    return digest.hexdigest()


def _last(actor: Actor, wanted: Wanted) -> ToolAnswer | None:
    return ToolAnswer.objects.filter(token=actor.token, output=wanted.name).first()


def _kept(actor: Actor, wanted: Wanted, basis: str, tag: str) -> ToolAnswer:
    """Keep what the output says now. It says it since now, or since before; its moments grow by a second at least."""
    if actor.token is None:
        raise NotAllowed(_("Outputs are for programs with a token."), rule="sharing.tools")
    last = _last(actor, wanted)
    moment = clock.now().replace(microsecond=0)
    if last is not None:
        moment = last.changed_at if last.tag == tag else max(moment, last.changed_at + timedelta(seconds=1))
    values = {"basis": basis, "tag": tag, "changed_at": moment}
    row, _new = ToolAnswer.objects.update_or_create(token_id=actor.token, output=wanted.name, defaults=values)
    return row


@dataclass(frozen=True)
class Report:
    """What a tool says of one value: whether it has it, and how often it hit so far."""

    type: str
    value: str
    deployed: bool = True
    hits: int = 0
    last_hit_at: datetime | None = None


@dataclass(frozen=True)
class Reported:
    """How many reports were taken; of each other its place and the reason."""

    accepted: int
    refused: list[tuple[int, str]] = field(default_factory=list)


@transaction.atomic
def report_deployments(actor: Actor, *, tool: str, reports: Sequence[Report]) -> Reported:
    """Take what a tool of the actor's organisation says of its values. One bad report never stops the others.

    The last report of a value counts. The ledger keeps how many there were, not whose tool it is.
    """
    if actor.is_supervisor or actor.organisation is None:
        raise NotFound
    if not actor.needs_to_know:
        raise NotAllowed(_("Tools report for people and machines that need to know."), rule="sharing.tools")
    name = one_line(tool)
    if not name or len(name) > 60:  # noqa: PLR2004 - as the field says
        raise InvalidInput("tool", _("A name has 1 to 60 characters."))
    if len(reports) > MOST_REPORTED:
        raise InvalidInput("reports", _("At most %(limit)s values at a time.") % {"limit": f"{MOST_REPORTED:,}"})
    read = [_read(report) for report in reports]
    digests = {digest_of(value).hex() for value in read if isinstance(value, Observable)}
    known = queries.values_known_to(actor, digests)
    rows, refused = {}, []
    for place, (report, value) in enumerate(zip(reports, read, strict=True)):
        number = known.get(digest_of(value).hex()) if isinstance(value, Observable) else None
        if number is None:
            reason = value if isinstance(value, str) else _("No signal that you may read names this value.")
            refused.append((place, reason))
            continue
        rows[number] = _row(actor, name, number, report)
    _store(rows.values())
    if rows:
        ledger.record(actor.veiled(), "sharing.deployments.reported", values=len(rows))
    return Reported(len(reports) - len(refused), refused)


def _read(report: Report) -> Observable | str:
    """Return the value in canonical form, or the sentence that refuses it."""
    try:
        if not 0 <= report.hits <= MOST_HITS:
            return _("Hits are a number from 0 on.")
        return parse_observable(ObservableType(report.type), report.value)
    except InvalidObservable as error:
        return error.reason
    except ValueError:
        return _("There is no such type of value.")


def _row(actor: Actor, tool: str, number: UUID, report: Report) -> Deployment:
    now = clock.now()
    return Deployment(
        organisation_id=actor.acting_organisation,
        tool=tool,
        observable_id=number,
        deployed_at=now,
        removed_at=None if report.deployed else now,
        hits=report.hits,
        last_hit_at=report.last_hit_at,
        reported_at=now,
        world=actor.world,
    )


def _store(rows: Iterable[Deployment]) -> None:
    """Write the rows; of a value that the tool had already, since when it has it stays."""
    Deployment.everything.bulk_create(
        list(rows),
        update_conflicts=True,
        unique_fields=["organisation", "tool", "observable"],
        update_fields=["removed_at", "hits", "last_hit_at", "reported_at"],
        batch_size=1_000,
    )
