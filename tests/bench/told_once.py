"""Publications while the worker is killed at random: who was told how often. `told_once.py [SIGNALS] [DEATHS]`."""

import os
import random
import sys
import tempfile
import time
from pathlib import Path

TESTS = Path(__file__).parent.parent
sys.path[:0] = [str(TESTS), str(TESTS.parent / "src")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "noroshi.site.settings")
os.environ.setdefault("NOROSHI_DATA_DIR", tempfile.mkdtemp())

import django  # noqa: E402 - the paths come first

django.setup()

from factories.fire import installation_of, kill  # noqa: E402
from factories.told import check_told  # noqa: E402


def main(signals: int = 1000, deaths: int = 40) -> None:
    """Publish, kill, let the last worker finish, and compare with the plain reading of the policy."""
    moments, began = random.Random(1), time.monotonic()
    script = TESTS / "sharing" / "publishing_under_fire.py"
    with tempfile.TemporaryDirectory() as folder, installation_of(Path(folder), script) as installation:
        writer, died = installation.start(f"publish({signals}, 7)"), 0
        while writer.poll() is None or died < deaths:
            worker = installation.work()
            time.sleep(moments.uniform(0.1, 3.0))
            kill(worker)
            died += 1
        installation.run("finish()", patience=3600)
        told = check_told(installation)
        assert writer.returncode == 0
    twice = sum(number > 1 for number in told.mails.values())
    print(f"{told.signals} signals, {told.people} people to tell, worker killed {died} times, ", end="")
    print(f"{time.monotonic() - began:.0f} s")
    print(f"in the inbox: missing {len(told.missing)}, twice {len(told.twice)}, strangers {len(told.strangers)}")
    print(f"mails: {len(told.mails)} notices mailed, {twice} of them twice")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
