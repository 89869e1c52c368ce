"""The hunting room's jobs, and what puts them on the queue.

The queue is filled by events, in the transaction that delivers them: whoever asks for a hunt writes one ledger entry,
whether it is a page, a subscriber or a script.
"""

from datetime import timedelta
from uuid import UUID

from noroshi.core.actor import Actor
from noroshi.core.ledger import subscribe
from noroshi.core.models import LedgerEntry
from noroshi.hunting import actions, queries
from noroshi.hunting.models import DetectionRun, Hunt, LogFile
from noroshi.kit.jobs import job, recurring
from noroshi.members.models import Organisation


@job()
def look_back(hunt_id: str) -> None:
    """Run one hunt."""
    actions.run_hunt(Hunt.objects.unrestricted(reason="the job runs it").get(pk=UUID(hunt_id)))


@job(retries=0)
def watch(organisation_id: str) -> None:
    """Look at what has arrived of an organisation's logs; `look_at_arrivals` asks again for what has failed."""
    actions.watch_arrivals(Organisation.objects.get(pk=UUID(organisation_id)))


@job()
def judge_hits(organisation_id: str) -> None:
    """Judge an organisation's hits by its allow-list."""
    actions.judge_hits(Organisation.objects.get(pk=UUID(organisation_id)))


@job()
def take_in(file_id: str) -> None:
    """Bring one log file into the lake."""
    actions.take_in(LogFile.objects.unrestricted(reason="the job takes it in").get(pk=UUID(file_id)))


@job()
def replay(organisation_id: str, source: str) -> None:
    """Read the quarantine of a source again."""
    organisation = Organisation.objects.get(pk=UUID(organisation_id))
    actions.replay_quarantine(Actor.system("replay"), organisation=organisation, source=source)


@job()
def run_rules(run_id: str) -> None:
    """Run an organisation's rules over what is new in its logs."""
    found = DetectionRun.objects.unrestricted(reason="the job runs it").filter(pk=UUID(run_id)).first()
    if found is not None:  # an uneventful run leaves no row: there is nothing to do again
        actions.run_rules(found)


@subscribe("hunting.queue-hunts", "hunting.hunt.requested")
def queue_hunt(entry: LedgerEntry) -> None:
    """Put a hunt on the job queue."""
    look_back.enqueue(str(entry.subject_id))


@subscribe("hunting.queue-judgements", "hunting.value.allowed")
def queue_judgement(entry: LedgerEntry) -> None:
    """Have a job judge the hits of an organisation that allows something more, or for longer."""
    judge_hits.enqueue(str(entry.subject_id))


@recurring("hunting.ended-allowances", every=timedelta(minutes=1))
def judge_what_has_ended() -> None:
    """Have a job judge the hits of organisations that allowed something up to now."""
    for organisation in queries.organisations_to_judge():
        judge_hits.enqueue(str(organisation.pk))


@subscribe("hunting.queue-log-files", "hunting.log.sent")
def queue_log_file(entry: LedgerEntry) -> None:
    """Put a log file on the job queue."""
    take_in.enqueue(str(entry.subject_id))


@subscribe("hunting.queue-replays", "hunting.replay.requested")
def queue_replay(entry: LedgerEntry) -> None:
    """Put the replay of a quarantine on the job queue."""
    replay.enqueue(str(entry.subject_id), entry.payload["source"])


@subscribe("hunting.queue-watch", "hunting.log.ingested", "hunting.quarantine.replayed")
def queue_watch(entry: LedgerEntry) -> None:
    """Have a job look at logs as they arrive."""
    watch.enqueue(str(entry.subject_id))


@recurring("hunting.watch", every=timedelta(seconds=30))
def look_at_arrivals() -> None:
    """Have a job look at what nobody was told of, or could not be looked at: an ingest or a watch was killed."""
    for organisation in queries.organisations_with_arrivals():
        watch.enqueue(str(organisation.pk))


@job()
def tend_lakes() -> None:
    """Take out what has aged and what was left behind, and make small parts one."""
    actions.age_lakes(Actor.system("lake"))
    actions.clear_waiting_rooms()
    actions.compact_lakes()


@job()
def gather_index() -> None:
    """Merge the small parts of the index."""
    actions.gather_index()


@recurring("hunting.gather-index", every=timedelta(hours=1))
def queue_gathering() -> None:
    """Have a job gather the index."""
    gather_index.enqueue()


@recurring("hunting.tend-lakes", every=timedelta(days=1))
def queue_tending() -> None:
    """Have a job tend the lakes: it may take longer than warnings can wait."""
    tend_lakes.enqueue()


@recurring("hunting.drop-folders", every=timedelta(seconds=15))
def look_into_drop_folders() -> None:
    """Ask for the ingest of what was dropped."""
    for organisation, source, path in queries.dropped_files():
        actions.notice_dropped_file(organisation=organisation, source=source, name=path.name)


@subscribe("hunting.queue-runs", "hunting.run.requested")
def queue_run(entry: LedgerEntry) -> None:
    """Put a run of rules on the job queue."""
    run_rules.enqueue(str(entry.subject_id))


@recurring("hunting.detections", every=timedelta(minutes=2))
def look_at_news() -> None:
    """Ask for the rules to be run where something is new to them."""
    for organisation in queries.organisations_with_news():
        actions.ask_for_run(organisation)


@recurring("hunting.lifted-embargoes", every=timedelta(minutes=1))
def look_again_after_embargo() -> None:
    """Hunt once more for signals whose embargo has ended: more organisations see them now."""
    for hunt in queries.hunts_under_lifted_embargo():
        actions.look_again(hunt)
