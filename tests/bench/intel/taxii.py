"""How many objects the TAXII server takes in and gives per CPU-second, beside medallion 3.0.0 in the same run.

    python tests/bench/intel/taxii.py [--objects 100000] [--store 1000000] [--peer 500 1000 2000]

Each server answers in a process of its own what one client asks of its WSGI application: POST by envelopes of 1,000,
then everything by pages of 1,000. Ours is SQLite with the settings as shipped and a token; between the parcels that the
reader sees lie as many of another member, which it may not see. medallion keeps its objects in memory; it is installed
into a folder of its own. Afterwards the store is filled up to `--store`, and single polls are asked at several places.
"""

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import many_signals
from intel.wsgi_client import Server, envelopes

from intel import stix_intake

PEER = "medallion==3.0.0"
TAXII = "/taxii2/root/collections"
SENT_IN, EVERYTHING = f"{TAXII}/sent-in/objects/", f"{TAXII}/everything/objects/"
REFERENCE = 107_000
"""What json.loads reads of such objects in a CPU-second where nothing else runs: by it a busy machine is recognised."""


def objects(first: int, last: int) -> Iterator[bytes]:
    """Objects of the past: what says that it was made tomorrow is refused."""
    for each in itertools.islice(stix_intake.objects(last), first, last):
        yield json.dumps(each).replace("2026-", "2025-").encode()


def member(name: str) -> Server:
    """A member of its own, asked with a token of its machine."""
    from noroshi.core.actor import Actor
    from noroshi.members import actions
    from noroshi.members.models import Organisation
    from noroshi.members.queries import actor_of
    from noroshi.site.wsgi import application

    home = Organisation.objects.create(slug=name, name_ja=name, kind="regional_bank", membership="regular")
    admin = actions.create_person(
        Actor.system("bench"), email=f"admin@{name}.example", name=name, organisation=home, roles=["organisation_admin"]
    )
    scopes = ["taxii.read", "taxii.write"]
    _token, secret = actions.issue_token(actor_of(admin), organisation=home, label="siem", scopes=scopes)
    return Server(application, f"Bearer {secret}")


def json_loads() -> float:
    """Objects that json.loads reads in a CPU-second: how busy the machine is; the middle of several."""
    raws, found = list(objects(0, 2_000)), []
    for _ in range(9):
        started = time.process_time()
        for raw in raws:
            json.loads(raw)
        found.append(len(raws) / (time.process_time() - started))
    return sorted(found)[4]


def take_in_and_give(count: int) -> tuple[Server, float, float]:
    """Objects per CPU-second that come in and go out, half of the store being hidden from the reader."""
    raws = list(objects(0, 2 * count))
    reader, other = member("reader"), member("other")
    posting = 0.0
    for own, hidden in zip(envelopes(raws[:count]), envelopes(raws[count:]), strict=True):
        posting += reader.post(SENT_IN, [own])
        other.post(SENT_IN, [hidden])
    reader.ask("GET", EVERYTHING, "limit=1")  # what is new arrives at the reader
    reading, found = reader.walk(EVERYTHING, 1_000)
    assert found == count, found
    return reader, count / posting, count / reading


def fill_up(most: int) -> int:
    """Bring the reader's objects to `most`, in parcels of a thousand, without HTTP; how many there are then."""
    from noroshi.intel.actions.parcels import fill, show
    from noroshi.intel.domain.stix.header import header_of
    from noroshi.intel.models import Parcel, StixObject
    from noroshi.members.models import Organisation

    home = Organisation.objects.get(slug="reader")
    there = StixObject.everything.filter(parcel__owner=home).count()
    fresh = objects(2 * there, there + most)
    while some := list(itertools.islice(fresh, 1_000)):
        parcel = Parcel.everything.create(owner=home, tlp="AMBER", state="published", source="received")
        fill(parcel, [(header_of(json.loads(raw)), raw) for raw in some])
        show(parcel)
    return StixObject.everything.filter(parcel__owner=home).count()


def polls(reader: Server) -> dict[str, float]:
    """Milliseconds of single polls: at the end, and of 100 objects behind several places."""
    first = reader.ask("GET", EVERYTHING, "limit=1")[1]["X-TAXII-Date-Added-First"]
    places = {"the beginning": first}
    places |= {f"{tenth} tenths": place_of(tenth) for tenth in (3, 6, 9)}
    found = {
        f"100 behind {name}": reader.milliseconds(EVERYTHING, f"added_after={at}&limit=100")
        for name, at in places.items()
    }
    found["nothing new (tail)"] = reader.milliseconds(EVERYTHING, f"added_after={place_of(10)}")
    found["one by its id"] = reader.milliseconds(EVERYTHING + some_id() + "/", "")
    found["match[type]=malware behind 9 tenths"] = reader.milliseconds(
        EVERYTHING, f"added_after={places['9 tenths']}&match[type]=malware&limit=100", times=3
    )
    return found


def place_of(tenth: int) -> str:
    """The moment at which so many tenths of all had arrived at the reader."""
    from noroshi.intel.domain.taxii.moments import written
    from noroshi.intel.models import Arrival

    runs = Arrival.everything.filter(reader__holder=_home()).order_by("begins")
    run = runs[min(len(runs) * tenth // 10, len(runs) - 1)]
    return written(run.begins + run.count - 1)


def some_id() -> str:
    from noroshi.intel.models import StixObject

    return StixObject.everything.filter(parcel__owner=_home()).latest("pk").stix_id


def _home() -> object:
    from noroshi.members.models import Organisation

    return Organisation.objects.get(slug="reader").pk


def peer(folder: Path, counts: list[int]) -> dict[str, dict[str, float]] | str:
    """What medallion does with so many objects, or why it is not here."""
    (folder / "objects.jsonl").write_bytes(b"\n".join(objects(0, max(counts))))
    python = folder / "venv" / "bin" / "python"
    try:
        venv.create(folder / "venv", with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", PEER], check=True, capture_output=True, text=True)
        script = Path(__file__).with_name("wsgi_client.py")
        answer = subprocess.run(
            [python, script, folder, *map(str, counts)], check=True, capture_output=True, text=True, env={}
        )
    except subprocess.CalledProcessError as error:
        return f"{error.cmd[0]}: {error.stderr.strip().splitlines()[-1:]}"
    return json.loads(answer.stdout)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--objects", type=int, default=100_000)
    parser.add_argument("--store", type=int, default=1_000_000)
    parser.add_argument("--peer", type=int, nargs="*", default=[500, 1_000, 2_000])
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measured = peer(folder, chosen.peer) if chosen.peer else "not asked for"
        many_signals.start(folder / "data")
        from noroshi.site.commands.installation import prepare

        prepare()
        reader, taken, given = take_in_and_give(chosen.objects)
        plain = json_loads()
        print(f"json.loads of the same objects: {plain:,.0f} per CPU-second ({REFERENCE:,} on an idle machine)")
        print(f"noroshi {chosen.objects:>9,} objects  POST {taken:10,.0f}  GET {given:10,.0f} objects per CPU-second")
        if isinstance(measured, str):
            print(f"{PEER} was not measured: {measured}")
        else:
            for count, its in measured.items():
                print(
                    f"medallion {int(count):>7,} objects  POST {its['post']:10,.0f}  GET {its['get']:10,.0f}"
                    f"   noroshi: x {taken / its['post']:,.1f} and x {given / its['get']:,.0f}"
                )
        count = fill_up(chosen.store)
        reader.ask("GET", EVERYTHING, "limit=1")  # what is new arrives at the reader
        for what, spent in polls(reader).items():
            idle = spent * min(1.0, json_loads() / REFERENCE)
            print(f"{count:,} objects, {what}: {spent:.2f} ms of CPU, {idle:.2f} ms at the speed of json.loads above")


if __name__ == "__main__":
    main()
