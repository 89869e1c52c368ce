"""Running rules over what is new in an organisation's logs, and what its people make of the detections.

A run is asked for (`ask_for_run`, by a person or by the schedule), and a subscriber of "hunting.run.requested" puts it
on the job queue. `run_rules` asks the lake outside any transaction, then writes each rule's detections and how far it
has come in one: killed at any moment, it goes on with the next rule and writes nothing twice. Events of one key that
belong together are one detection, also where a later run sees more of them: the row grows.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict, InvalidInput
from noroshi.hunting import policy, queries
from noroshi.hunting.engine import Lake
from noroshi.hunting.engine.detections.running import Episode, Outcome, Session, Window
from noroshi.hunting.lake import open_lake
from noroshi.hunting.models import (
    Detection,
    DetectionLevel,
    DetectionRun,
    DetectionState,
    HuntState,
    RuleUse,
    Trouble,
)
from noroshi.hunting.queries import RuleLine
from noroshi.hunting.rulebook import KnownRule
from noroshi.members.models import Organisation

GRAVE: Final = (DetectionLevel.HIGH, DetectionLevel.CRITICAL)
TOLD: Final = (DetectionLevel.LOW, DetectionLevel.MEDIUM)
"""What is told, but not mailed at once; what is informational is in the list alone."""
LOOK_BACK: Final = 31 * 86_400_000_000
"""A run looks at so many microseconds before the newest event that is new to it, and no further."""
MAX_KEY: Final = 500
MAX_REASON: Final = 2_000


@transaction.atomic
def ask_for_run(organisation: Organisation, *, actor: Actor | None = None) -> DetectionRun | None:
    """Ask for the rules to be run over what is new; return None where a run is under way already."""
    if queries.runs_waiting(organisation.pk).exists():
        return None
    by = actor or Actor.system("detections")
    run = DetectionRun.everything.create(
        organisation=organisation, requested_by_id=actor.person if actor else None, world=by.world
    )
    ledger.record(by, "hunting.run.requested", run)
    return run


def ask_for_own_run(actor: Actor) -> DetectionRun:
    """Ask for the rules to be run over what is new in the logs of the actor's own organisation."""
    organisation = Organisation.objects.get(pk=policy.require_hunter(actor))
    run = ask_for_run(organisation, actor=actor)
    if run is None:
        raise Conflict(_("The rules are being run already."))
    return run


def run_for_shell(*, organisation: str = "", only: UUID | None = None) -> list[dict[str, Any]]:
    """Run the rules over what is new at once, for the installation's own shell; return what was detected.

    `organisation` is a slug ("": all), `only` the id of one rule. An organisation whose run is under way is left to it.
    """
    found: list[dict[str, Any]] = []
    for each in queries.organisations_with_news(organisation):
        run = ask_for_run(each)
        if run is not None:
            run_rules(run, only=only)
            rows = Detection.everything.filter(run=run.pk).order_by("-level", "first_seen", "pk")
            found += [_as_plain(each, row) for row in rows]
    return found


def _as_plain(organisation: Organisation, row: Detection) -> dict[str, Any]:
    """Return a detection as a script reads it; no value of the logs leaves by a terminal's history."""
    return {
        "organisation": organisation.slug,
        "id": str(row.pk),
        "rule": row.title_en,
        "rule_id": str(row.rule),
        "level": DetectionLevel(row.level).name.lower(),
        "count": row.count,
        "first_seen": row.first_seen,
        "last_seen": row.last_seen,
    }


def run_rules(run: DetectionRun, *, only: UUID | None = None) -> None:
    """Run the organisation's rules (or the one of that id) over what is new to them; a run that is done stays so."""
    rows = DetectionRun.everything.filter(pk=run.pk).exclude(state=HuntState.DONE)
    if not rows.update(state=HuntState.RUNNING):
        return
    lake = open_lake()
    tasks = [task for line in _lines(run, only) if (task := _task(lake, run, line))]
    rows.update(rules=len(tasks), done=0)
    try:
        with lake.detections(run.organisation.slug, _around(tasks), timezone=settings.TIME_ZONE) as session:
            for number, task in enumerate(tasks, start=1):
                _carry_out(run, session, task)
                rows.update(done=number)
    except Exception:  # isolation point: the page says that it failed, the queue tries again
        rows.update(state=HuntState.FAILED)
        raise
    _finish(run)


@dataclass(frozen=True)
class _Task:
    """One rule, what it looks at, and the arrival up to which it has then looked."""

    line: RuleLine
    window: Window
    arrival: int


def _lines(run: DetectionRun, only: UUID | None) -> list[RuleLine]:
    lines = queries.lines_of(run.organisation_id)
    return [line for line in lines if line.enabled and only in {None, line.known.rule.id}]


def _task(lake: Lake, run: DetectionRun, line: RuleLine) -> _Task | None:
    """Return what a rule has to look at: what is new, a time span around it, and what it may go on with."""
    news = lake.arrived(run.organisation.slug, line.use.arrival if line.use else 0)
    if news is None:
        return None
    span = line.known.rule.span
    window = Window(news.first_time, news.last_time + 1).widened(span)
    since = max(_continued(run, line.known, window), news.last_time - LOOK_BACK)
    return _Task(line, Window(since, window.until), news.number)


def _continued(run: DetectionRun, known: KnownRule, window: Window) -> int:
    """Return where the window begins if it is to hold the whole of each detection that may go on in it."""
    touching = Detection.everything.filter(
        organisation=run.organisation_id,
        rule=known.rule.id,
        last_seen__gte=_moment(window.since) - timedelta(seconds=known.rule.span),
        first_seen__lt=_moment(window.since),
    )
    first = touching.order_by("first_seen").values_list("first_seen", flat=True).first()
    return min(window.since, queries.microseconds(first)) if first else window.since


def _around(tasks: Sequence[_Task]) -> Window:
    if not tasks:
        return Window(0, 0)
    return Window(min(task.window.since for task in tasks), max(task.window.until for task in tasks))


def _carry_out(run: DetectionRun, session: Session, task: _Task) -> None:
    """Ask the lake; then, in one transaction, write what was found and how far the rule has come."""
    outcome = session.detect(task.line.known.rule, task.window, threshold=task.line.threshold)
    if outcome.moved:
        return  # the next run looks again
    with transaction.atomic():
        use, _new = RuleUse.everything.select_for_update().get_or_create(
            organisation=run.organisation, rule=task.line.known.rule.id, defaults={"world": run.world}
        )
        _write(run, task.line.known, outcome.episodes)
        use.arrival = max(use.arrival, task.arrival)
        use.ran_at, use.trouble, use.error = clock.now(), _trouble(outcome), outcome.error
        use.save()


def _trouble(outcome: Outcome) -> str:
    if outcome.late:
        return Trouble.LATE
    if outcome.error:
        return Trouble.BROKEN
    return Trouble.CAPPED if outcome.capped else ""


def _write(run: DetectionRun, known: KnownRule, episodes: Sequence[Episode]) -> None:
    """Write new detections, and bring those up to date of which an episode tells more."""
    span = timedelta(seconds=known.rule.span)
    digests = {_digest(episode.keys) for episode in episodes}
    rows = Detection.everything.filter(organisation=run.organisation_id, rule=known.rule.id, key_digest__in=digests)
    by_key: dict[str, list[Detection]] = {}
    for row in rows.order_by("first_seen", "pk"):
        by_key.setdefault(row.key_digest, []).append(row)
    fresh: list[Detection] = []
    grown: list[Detection] = []
    for episode in episodes:
        mine = by_key.setdefault(_digest(episode.keys), [])
        known_already = next((row for row in mine if _touches(row, episode, span)), None)
        if known_already is None:
            mine.append(new := _new(run, known, episode, mine))
            fresh.append(new)
        elif _grow(known_already, episode) and known_already not in fresh:
            grown.append(known_already)
    Detection.everything.bulk_create(fresh, batch_size=500)
    Detection.everything.bulk_update(grown, ["first_seen", "last_seen", "count", "measure", "samples"], batch_size=500)


def _touches(row: Detection, episode: Episode, span: timedelta) -> bool:
    return row.last_seen + span >= _moment(episode.first) and row.first_seen - span <= _moment(episode.last)


def _new(run: DetectionRun, known: KnownRule, episode: Episode, earlier: Sequence[Detection]) -> Detection:
    """Return a detection; what was set aside before of the same key is set aside again, for the same reason."""
    aside = next((row for row in reversed(earlier) if row.state == DetectionState.SUPPRESSED), None)
    return Detection(
        organisation_id=run.organisation_id,
        run=run,
        rule=known.rule.id,
        title_en=known.rule.title.en,
        title_ja=known.rule.title.ja,
        level=DetectionLevel[known.rule.level.name],
        keys=_named_keys(known, episode.keys),
        key_digest=_digest(episode.keys),
        first_seen=_moment(episode.first),
        last_seen=_moment(episode.last),
        count=episode.count,
        measure=episode.measure,
        samples=_samples(episode),
        state=DetectionState.SUPPRESSED if aside else DetectionState.NEW,
        reason=aside.reason if aside else "",
        handled_by_id=aside.handled_by_id if aside else None,
        handled_at=aside.handled_at if aside else None,
        world=run.world,
    )


def _grow(row: Detection, episode: Episode) -> bool:
    """Take over what an episode tells more of a detection; return whether it tells anything."""
    before = (row.first_seen, row.last_seen, row.count, row.measure)
    if _moment(episode.first) <= row.first_seen:
        row.first_seen, row.samples = _moment(episode.first), _samples(episode)
    row.last_seen = max(row.last_seen, _moment(episode.last))
    row.count, row.measure = max(row.count, episode.count), max(row.measure, episode.measure)
    return before != (row.first_seen, row.last_seen, row.count, row.measure)


def _named_keys(known: KnownRule, keys: Sequence[str | None]) -> list[list[str | None]]:
    return [[name, key if key is None else key[:MAX_KEY]] for name, key in zip(known.rule.keys, keys, strict=False)]


def _digest(keys: Sequence[str | None]) -> str:
    return hashlib.sha256(json.dumps(list(keys)).encode()).hexdigest()


def _samples(episode: Episode) -> list[dict[str, Any]]:
    return [
        {"time": _moment(at["time"]).isoformat(), "source": at["source"], "file": str(at["file"]), "line": at["line"]}
        for at in episode.samples
    ]


def _moment(microseconds: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=microseconds)


@transaction.atomic
def _finish(run: DetectionRun) -> None:
    """End a run, and tell of what is new in it; one that came round by itself and found nothing leaves no trace."""
    run = DetectionRun.everything.select_for_update().get(pk=run.pk)
    if run.state == HuntState.DONE:
        return
    run.state, run.finished_at = HuntState.DONE, clock.now()
    run.save()
    new = Detection.everything.filter(run=run, state=DetectionState.NEW)
    grave, other = (new.filter(level__in=levels).count() for levels in (GRAVE, TOLD))
    if grave or other:
        by = Actor.system("detections", world=run.world)
        house = run.organisation_id
        ledger.record(by, "hunting.detection.made", run, run=run.pk, organisation=house, grave=grave, other=other)
    elif run.requested_by_id is None and not Detection.everything.filter(run=run).exists():
        run.delete()


@transaction.atomic
def handle_detection(actor: Actor, detection: Detection, *, state: str, reason: str) -> Detection:
    """Acknowledge a detection, set it aside together with what comes of the same key, or open it again.

    The reason stays with the organisation; the ledger has that there was one.
    """
    policy.require_hunter(actor)
    if state not in DetectionState.values:
        raise InvalidInput("state", _("Choose one of the states."))
    text = stated_reason(reason)
    row = Detection.everything.select_for_update().get(pk=detection.pk)
    if row.state == state:
        raise Conflict(_("Somebody has done that already."))
    row.state, row.reason, row.handled_by_id, row.handled_at = state, text, actor.person, clock.now()
    row.save(update_fields=["state", "reason", "handled_by", "handled_at"])
    ledger.record(actor, "hunting.detection.handled", row, state=state, of_rule=row.rule)
    return row


def stated_reason(reason: str) -> str:
    """Return why something is to be known as harmless; raise InvalidInput where nothing is said, or too much."""
    text = reason.strip()
    if not text or len(text) > MAX_REASON:
        raise InvalidInput("reason", _("Give a reason of at most %(limit)s characters.") % {"limit": f"{MAX_REASON:,}"})
    return text
