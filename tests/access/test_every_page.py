"""Every address opens, for an analyst and, on both databases, for a hub operator: no page breaks on what it reads.

The rooms' own tests of pages run on SQLite alone; this walk is what opens each page's queries on PostgreSQL.
"""

import pytest
from django.core.cache import cache

from .routes import Walk, routes, values_of_rows
from .test_wall import share_everything, stage

__all__ = ["stage"]


@pytest.mark.parametrize("reader", [pytest.param("b1", marks=pytest.mark.slow), "hub_op"])
def test_every_address_when_asked_for_then_it_answers(stage, drain, stopped_clock, reader):
    share_everything(stage, drain, stopped_clock)
    cache.clear()  # of rates, which would end the walk
    known = routes()
    values = values_of_rows(known)
    walk = Walk(stage.client(reader))
    answers = {path: walk.ask("GET", path)[:3] for route in known for path in route.paths(values)}
    assert list(answers.values()).count("200") > 30
    assert {path: status for path, status in answers.items() if status[0] == "5"} == {"/readyz": "503"}  # no worker
