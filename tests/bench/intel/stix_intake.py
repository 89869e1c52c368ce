"""How many STIX objects one CPU-second takes in, beside the committee's library and validator in the same rounds.

    python tests/bench/intel/stix_intake.py [OBJECTS]

Read: bytes to objects, doubled keys refused. Checked: all rules of the standard besides. The library reads each object
by `stix2.parse(json.loads(...))`; the validator is run on a few, since it is slower by far.
"""

import io
import json
import sys
import time
import tracemalloc
import warnings
from collections.abc import Callable, Iterator
from random import Random
from uuid import UUID

import stix2
from stix2validator import ValidationOptions, validate_instance

from noroshi.intel.domain.stix.check import check_object, check_stream
from noroshi.intel.domain.stix.reading import read_objects

ROUNDS = 5
IDENTITIES = 20
MARKING = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"


def objects(count: int) -> Iterator[dict[str, object]]:
    """Indicators of about a kilobyte, of twenty producers, each a moment after the one before."""
    random = Random(1)
    producers = [f"identity--{_uuid(random)}" for _ in range(IDENTITIES)]
    for number in range(count):
        when = (
            f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}T{number % 24:02}:{number % 60:02}:01.{number % 1000:03}Z"
        )
        yield {
            "type": "indicator",
            "spec_version": "2.1",
            "id": f"indicator--{_uuid(random)}",
            "created_by_ref": random.choice(producers),
            "created": when,
            "modified": when,
            "name": f"Phishing host {number}",
            "description": "A page that looks like the bank's and asks for the password. " * 3,
            "indicator_types": ["malicious-activity"],
            "pattern": f"[domain-name:value = 'login-{number}.evil.example']",
            "pattern_type": "stix",
            "pattern_version": "2.1",
            "valid_from": when,
            "kill_chain_phases": [{"kill_chain_name": "mitre-attack", "phase_name": "initial-access"}],
            "labels": ["bank", "phishing"],
            "confidence": 70,
            "lang": "en",
            "external_references": [{"source_name": "feed", "url": f"https://feed.example/{number}"}],
            "object_marking_refs": [MARKING],
        }


def _uuid(random: Random) -> UUID:
    return UUID(int=random.getrandbits(128), version=4)


def per_cpu_second(read: Callable[[], object], count: int) -> float:
    started = time.process_time()
    read()
    return count / (time.process_time() - started)


def best_of(readers: dict[str, tuple[Callable[[], object], int]]) -> dict[str, list[float]]:
    """Run all of them in turn, so that a busy machine is busy for each."""
    found: dict[str, list[float]] = {name: [] for name in readers}
    for _ in range(ROUNDS):
        for name, (read, count) in readers.items():
            found[name].append(per_cpu_second(read, count))
    return found


def main() -> None:
    warnings.simplefilter("ignore")
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    raws = [json.dumps(each).encode() for each in objects(count)]
    bundle = (
        b'{"type":"bundle","id":"bundle--5d0092c5-5f74-4287-9642-33f4c354e56d","objects":[' + b",".join(raws) + b"]}"
    )
    few, fewer = raws[:500], [json.loads(raw) for raw in raws[:50]]
    options = ValidationOptions(version="2.1", strict=False)
    assert all(not problems for _element, problems in check_stream(io.BytesIO(bundle)))
    assert not check_object(fewer[0])
    found = best_of(
        {
            "noroshi, read": (lambda: sum(1 for _ in read_objects(io.BytesIO(bundle))), count),
            "noroshi, read and checked": (lambda: sum(1 for _ in check_stream(io.BytesIO(bundle))), count),
            "json.loads": (lambda: [json.loads(raw) for raw in raws], count),
            "stix2.parse(json.loads)": (lambda: [stix2.parse(json.loads(raw)) for raw in few], len(few)),
            "stix2-validator": (lambda: [validate_instance(each, options) for each in fewer], len(fewer)),
        }
    )
    library = found["stix2.parse(json.loads)"]
    print(f"{count:,} objects of {len(bundle) // count:,} bytes, {ROUNDS} rounds in turn; objects per CPU-second")
    for name, figures in found.items():
        ratios = sorted(ours / theirs for ours, theirs in zip(figures, library, strict=True))
        median = sorted(figures)[ROUNDS // 2]
        print(f"{name:26} {median:10,.0f}  ({min(figures):,.0f}..{max(figures):,.0f})  x {ratios[ROUNDS // 2]:,.1f}")
    print(f"memory while {len(bundle):,} bytes are checked: {_peak(bundle):,} bytes at most, besides them")


def _peak(bundle: bytes) -> int:
    stream = io.BytesIO(bundle)
    tracemalloc.start()
    for _ in check_stream(stream):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


if __name__ == "__main__":
    main()
