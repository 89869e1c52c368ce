"""STIX on its way into the store, and out of it again."""

import io
import json
from uuid import uuid4

from noroshi.intel.actions import Outcome, look_after, receive
from noroshi.intel.queries import Wanted, collection_for, delivered

CREATED = "2026-11-02T03:04:05.678Z"


def indicator(value="198.51.100.7", *, name=None, modified=CREATED, **properties):
    """An indicator of an address."""
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": name or f"indicator--{uuid4()}",
        "created": CREATED,
        "modified": modified,
        "pattern": f"[ipv4-addr:value = '{value}']",
        "pattern_type": "stix",
        "valid_from": CREATED,
        **properties,
    }


def report(*objects, **properties):
    """A report that holds some objects."""
    return {
        "type": "report",
        "spec_version": "2.1",
        "id": f"report--{uuid4()}",
        "created": CREATED,
        "modified": CREATED,
        "name": "A wave",
        "published": CREATED,
        "object_refs": [each["id"] for each in objects],
        **properties,
    }


def send_in(actor, *objects, label="test"):
    """Send objects in as a bundle; the tally, and what was told of each."""
    told: list[Outcome] = []
    bundle = {"type": "bundle", "id": f"bundle--{uuid4()}", "objects": list(objects)}
    tally = receive(actor, io.BytesIO(json.dumps(bundle).encode()), label=label, tell=told.append)
    return tally, told


def polled(actor, collection="everything", *, after=0, limit=1_000, **wanted):
    """What an actor is given when it polls now."""
    reader = look_after(actor)
    return delivered(actor, reader, collection_for(actor, collection), Wanted(**wanted), after=after, limit=limit)


def ids_of(rows):
    """Identifiers of what was delivered, in its order."""
    return [row.stix_id for row in rows]
