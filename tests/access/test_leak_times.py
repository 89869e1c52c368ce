"""How long an answer takes tells nothing: what is hidden and what is not there cost the very same statements.

Time itself is not measured here, as it would tell more of the machine than of the program. What takes it is: every
statement that is sent to the database, in its order, none of which finds a row of what is hidden.
"""

import re
from functools import partial
from typing import Final

import pytest
from django.db import connection
from django.test import Client

from access.hidden import HIDDEN, ask_openly, files_of, live
from access.leak_channels import ADMINS, ANSWERS, API_PROBES, API_SCOPES, COMMON, FILE, PROBES, nowhere, undone
from factories.audience import COMMUNITY
from noroshi.core.domain.tlp import TLP
from noroshi.members.actions import issue_token
from noroshi.sharing import actions
from noroshi.sharing.domain.content import Content, Marking

pytestmark = pytest.mark.slow

DETAIL: Final = ("/signals/{}/", *PROBES, *ANSWERS)
LITERAL: Final = re.compile(r"'[^']*'|\b\d+\b|_x\d+")


@pytest.fixture
def numbers(cast, drain, stopped_clock):
    """What is hidden from the outsider, beside what everybody sees; and as many numbers of nothing."""
    words = Content("phishing", "customer", f"Common {COMMON}", "seen")
    actions.share_signal(cast.actor("b1"), content=words, marking=Marking(TLP.GREEN, entries=frozenset({COMMUNITY})))
    ask_openly(cast)
    hidden = [live(cast, stopped_clock, name) for name in HIDDEN]
    drain()
    return hidden


def ways(client: Client, templates, known) -> dict[str, list[list[str]]]:
    """What two of the numbers cost at each address, other two at the next: the status, then the statements."""
    found = {}
    for turn, template in enumerate(templates):
        client.get(template.format(nowhere(1)[0]))  # fills what is kept
        chosen = (known[turn % len(known)], known[(turn + len(known) // 2) % len(known)])
        found[template] = [undone(partial(_way, client, template.format(one))) for one in chosen]
    return found


def _way(client: Client, path: str) -> list[str]:
    said: list[str] = []

    def listen(execute, sql, parameters, many, context):
        said.append(LITERAL.sub("?", sql))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(listen):
        status = client.get(path).status_code
    return [str(status), *said]


def test_pages_when_a_thing_is_hidden_or_missing_then_they_ask_the_database_the_same(cast, numbers):
    browser, files = cast.client("o1"), files_of(numbers)
    hidden = ways(browser, DETAIL, numbers) | ways(browser, [FILE], files)
    missing = ways(browser, DETAIL, nowhere(len(numbers))) | ways(browser, [FILE], nowhere(len(files)))
    assert hidden == missing
    assert min(len(way) for both in hidden.values() for way in both) > 1


def test_api_when_a_thing_is_hidden_or_missing_then_it_asks_the_database_the_same(cast, numbers):
    admin = cast.actor(ADMINS["outsider"])
    token = issue_token(admin, organisation=cast.outsider, label="watch", scopes=API_SCOPES)[1]
    client = Client(headers={"Authorization": f"Bearer {token}"})
    paths = [f"/api/v1{path}" for path in (*API_PROBES, "/attachments/{}", "/answers/{}")]
    hidden, missing = (ways(client, paths, some) for some in (numbers, nowhere(len(numbers))))
    assert hidden == missing
    assert min(len(way) for both in hidden.values() for way in both) > 1


def test_ways_when_a_thing_is_seen_then_they_differ(cast, numbers):
    """The tests above would be content with a page that asks for nothing: who sees it takes another way."""
    browser = cast.client("b1")
    [seen, _], [missing, _] = (ways(browser, ["/signals/{}/"], some)["/signals/{}/"] for some in (numbers, nowhere(2)))
    assert (seen[0], missing[0]) == ("200", "404")
    assert len(seen) > len(missing) + 5
