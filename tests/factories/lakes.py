"""Small lakes of real log files, and signals shared by the same actions a person uses."""

import json
from collections.abc import Iterable

from django.conf import settings

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import Entry, EntryKind, State
from noroshi.core.domain.tlp import TLP
from noroshi.hunting.actions import ingest_logs
from noroshi.hunting.lake import open_lake
from noroshi.members.models import Organisation
from noroshi.sharing.actions import draft_signal, publish_signal, release_signal
from noroshi.sharing.domain.content import Content, Marking
from noroshi.sharing.models import Signal

EVIL_ADDRESS = "45.155.205.66"  # documentation ranges are on a warning list, and so never hunted
EVIL_DOMAIN = "evil-bank.example.com"


def event(time: str = "2026-11-20T01:00:00Z", **fields) -> dict[str, object]:
    """One event of a log; an innocent one unless `fields` say more."""
    return {"timestamp": time, "src_ip": "198.51.100.7", "url": "https://www.example.org/", **fields}


def fill_lake(organisation: Organisation, events: Iterable[dict[str, object]], source: str = "proxy", name: str = ""):
    """Put events into the lake of an organisation, by way of a log file."""
    folder = settings.DATA_DIR / "logs"
    folder.mkdir(exist_ok=True)
    path = folder / (name or f"{organisation.slug}-{source}.ndjson")
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in events), encoding="utf-8")
    return ingest_logs(Actor.system("test"), organisation=organisation, source=source, files=[path])


def lakes() -> list[str]:
    """The names of the lakes that hold something."""
    return open_lake().organisations()


def community() -> frozenset[Entry]:
    return frozenset({Entry(EntryKind.COMMUNITY)})


def to_people(*people) -> frozenset[Entry]:
    return frozenset(Entry(EntryKind.PERSON, person.pk, person.organisation_id) for person in people)


def share(author: Actor, body: str, *, releaser: Actor | None = None, **marking) -> Signal:
    """Share a signal as a person does: draft, look it over, send, and release it where it is held."""
    chosen = {"tlp": TLP.AMBER, "entries": community(), **marking}
    draft = draft_signal(
        author,
        content=Content(kind="phishing", target="customer", title="Phishing of the branch network", body=body),
        marking=Marking(**chosen),
    )
    sent = publish_signal(author, draft)
    return release_signal(releaser, sent) if sent.state == State.HELD and releaser else sent
