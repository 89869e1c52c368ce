"""What was decided of an asset holds for what was installed then: another version is another question."""

import re
from datetime import timedelta

import pytest

from noroshi.advisories import actions, queries
from noroshi.advisories.models import Vulnerability
from noroshi.core.domain.worlds import REAL

from .test_tasks import FIREWALL, HEADINGS, exploited, known, read_in, stages, task_of  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


def test_what_was_judged_of_one_version_hides_no_sure_hit_of_another(cast, known):  # noqa: F811
    known(1001)
    read_in(cast)
    actions.judge_match(cast.actor("a1"), task_of(cast), affected=False, reason="機能を使っていません")
    read_in(cast, text=HEADINGS + FIREWALL.replace("7.2.4", "7.2.3"))
    assert stages(cast) == {"A001 CVE-2099-1001": "open"}


def test_what_hits_again_is_due_from_that_day(cast, known, stopped_clock):  # noqa: F811
    known(1001)
    exploited(1001)
    read_in(cast)
    read_in(cast, text=HEADINGS + FIREWALL.replace("7.2.4", "7.2.5"))
    stopped_clock.advance(days=365)
    read_in(cast)
    row = task_of(cast)
    assert (row.stage, row.due) == ("open", stopped_clock.now.date() + timedelta(days=row.decision["days"]))


def test_what_was_said_while_nobody_looked_is_not_missed(cast, known, stopped_clock):  # noqa: F811
    read_in(cast)
    stopped_clock.advance(hours=1)
    known(1001)
    stopped_clock.advance(hours=2)
    actions.match_news(REAL, stopped_clock.now - timedelta(minutes=30))
    assert stages(cast) == {"A001 CVE-2099-1001": "open"}


def test_the_same_list_read_after_a_task_was_called_fixed_says_that_it_is_not(cast, known, stopped_clock):  # noqa: F811
    known(1001)
    read_in(cast)
    actions.fix_task(cast.actor("a1"), task_of(cast))
    stopped_clock.advance(days=1)
    read_in(cast)
    assert task_of(cast).stage == "open"


@pytest.mark.pages
def test_the_rail_leads_to_what_is_to_be_done_alone(cast, known):  # noqa: F811
    known(1001)
    known(1002)
    read_in(cast)
    done = queries.matches_for(cast.actor("a1")).get(vulnerability__name="CVE-2099-1002")
    actions.fix_task(cast.actor("a1"), done)
    client = cast.client("a1")
    (address,) = re.findall(r'href="(/advisories/tasks/[^"]*)"', client.get("/").content.decode())
    page = client.get(address).content.decode()
    assert [each for each in (1001, 1002) if f"CVE-2099-{each}" in page] == [1001]


@pytest.mark.pages
def test_what_waits_for_the_next_upgrade_stands_behind_what_has_a_day(cast, known):  # noqa: F811
    known(1001)
    known(1002)
    Vulnerability.everything.update(automatable=False, impact="partial")
    exploited(1002)
    read_in(cast, text=HEADINGS + FIREWALL.replace("open", "small"))
    page = cast.client("a1").get("/advisories/tasks/?stage=at_work").content.decode()
    assert re.findall(r"CVE-2099-100\d", page) == ["CVE-2099-1002", "CVE-2099-1001"]
