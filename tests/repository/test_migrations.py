"""Squashed migrations end where those end that they stand for; an installation from between them goes on by those."""

import pytest
from django.db import connection
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


@pytest.fixture
def from_between(db):
    """The migrations as they are to an installation that has run but the first of those that are squashed now."""
    recorder = MigrationRecorder(connection)
    for (room, squashed), migration in MigrationLoader(connection).replacements.items():
        for name in [squashed, *(old for _room, old in migration.replaces[1:])]:
            recorder.record_unapplied(room, name)
    return MigrationLoader(connection)


def test_installation_when_it_is_from_between_then_it_goes_on_by_what_was_squashed(from_between):
    left = {key for key in from_between.replacements if key in from_between.graph.nodes}
    assert (len(from_between.replacements) > 0, left) == (True, set())


def test_squashed_when_those_are_followed_that_it_stands_for_then_the_models_are_the_same(from_between):
    fresh, step_by_step = MigrationLoader(None).project_state(), from_between.project_state()
    assert MigrationAutodetector(step_by_step, fresh).changes(from_between.graph) == {}
