"""A worker is killed at random while signals go out: everybody entitled is told exactly once, and nobody else.

Who is entitled, the access policy's oracle says: the policy page once more, in plain words.
"""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from factories.fire import PATIENCE, Installation, installation_of, kill
from factories.told import check_told

pytestmark = pytest.mark.slow

SIGNALS, DEATHS = 60, 3


@pytest.fixture
def installation(tmp_path: Path, django_db_blocker, migrated) -> Iterator[Installation]:
    script = Path(__file__).with_name("publishing_under_fire.py")
    with django_db_blocker.unblock(), installation_of(tmp_path, script, migrated) as made:
        yield made


def test_told_when_the_worker_is_killed_at_random_then_everybody_entitled_once_and_nobody_else(installation):
    moments = random.Random(20261122)
    writer = installation.start(f"publish({SIGNALS}, 7)")
    for _ in range(DEATHS):
        worker = installation.work()
        time.sleep(moments.uniform(0.1, 1.2))
        kill(worker)
    with writer:
        assert writer.wait(PATIENCE) == 0
    installation.run("finish()")
    told = check_told(installation)
    assert told.signals == SIGNALS
    assert (told.missing, told.twice, told.strangers) == ([], [], [])
    assert told.people > SIGNALS
    assert (told.again, told.astray) == (0, 0)
    assert 0 <= told.lost <= DEATHS < told.letters
