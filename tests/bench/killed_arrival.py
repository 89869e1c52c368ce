"""Log files arrive while whoever takes them in and watches them is killed, a hundred times: lost and doubled, both 0.

Run: `python tests/bench/killed_arrival.py [--deaths 100]`. Ends with exit 1 if anything was lost or doubled.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).parents[1]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--deaths", type=int, default=100)
    deaths = parser.parse_args().deaths
    sys.path.insert(0, str(TESTS))
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "noroshi.site.settings", "NOROSHI_DATA_DIR": f"{folder}/own"}
        import django

        Path(folder, "own").mkdir()
        Path(folder, "fire").mkdir()
        django.setup()
        from factories.arrival import EVENTS, arrive_under_fire
        from factories.fire import installation_of

        with installation_of(Path(folder, "fire"), TESTS / "hunting" / "arrival_under_fire.py") as installation:
            found = arrive_under_fire(installation, deaths)
    sent, known = found.files * EVENTS, set(found.events)
    lost, doubled = sent - len(known), len(found.events) - len(known)
    print(f"{deaths} deaths, {found.files} files, {sent:,} events: {lost} lost, {doubled} doubled;", end=" ")
    print(f"the value was counted {found.hits} times of {found.files}, and told {found.tellings} times to two people")
    sys.exit(0 if (lost, doubled, found.hits, found.tellings) == (0, 0, [found.files], [1, 1]) else 1)


if __name__ == "__main__":
    main()
