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
import venv
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import many_signals
from intel.stix_intake import objects
from intel.wsgi_client import Server, envelopes

PEER = "medallion==3.0.0"
TAXII = "/taxii2/root/collections"
SENT_IN, EVERYTHING = f"{TAXII}/sent-in/objects/", f"{TAXII}/everything/objects/"
LIMIT = 5.0
"""Milliseconds that a poll may cost."""


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


def take_in_and_give(count: int) -> tuple[Server, float, float]:
    """Objects per CPU-second that come in and go out, half of the store being hidden from the reader."""
    raws = [json.dumps(each).encode() for each in objects(2 * count)]
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
    fresh = itertools.islice(objects(2 * there + most), 2 * there, 2 * there + most - there)
    while some := list(itertools.islice(fresh, 1_000)):
        parcel = Parcel.everything.create(owner=home, tlp="AMBER", state="published", source="received")
        fill(parcel, [(header_of(each), json.dumps(each).encode()) for each in some])
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
    lines = (json.dumps(each).encode() for each in objects(max(counts)))
    (folder / "objects.jsonl").write_bytes(b"\n".join(lines))
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
            print(f"{count:,} objects, {what}: {spent:.2f} ms of CPU{'' if spent <= LIMIT else '  TOO SLOW'}")


if __name__ == "__main__":
    main()
