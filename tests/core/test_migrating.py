from django.db import connection, models
from django.db.migrations.operations import CreateModel
from django.db.migrations.state import ProjectState

from noroshi.core.migrating import CreateModels

CASTLE = CreateModel("Castle", [("id", models.AutoField(primary_key=True)), ("name", models.TextField())])
FIRE = CreateModel(
    "Fire",
    [("id", models.AutoField(primary_key=True)), ("castle", models.ForeignKey("beacons.castle", models.CASCADE))],
)
BOTH = CreateModels(CASTLE, FIRE)


def state_after(*operations):
    """What is known after these, to a state whose models are drawn already."""
    state = ProjectState()
    assert state.apps
    for operation in operations:
        operation.state_forwards("beacons", state)
    return state


def tables():
    return {name for name in connection.introspection.table_names() if name.startswith("beacons_")}


def test_models_made_at_once_are_those_made_one_by_one():
    assert state_after(BOTH) == state_after(CASTLE, FIRE)
    names = [{model.__name__ for model in state_after(*some).apps.get_models()} for some in ([BOTH], [CASTLE, FIRE])]
    assert names == [{"Castle", "Fire"}] * 2


def test_nothing_is_drawn_before_it_is_asked_for():
    assert ("apps" in vars(state_after(BOTH)), "apps" in vars(state_after(CASTLE, FIRE))) == (False, True)


def test_tables_are_made_and_dropped(committing):
    before, after = ProjectState(), state_after(BOTH)
    with connection.schema_editor() as editor:
        BOTH.database_forwards("beacons", editor, before, after)
    made = tables()
    with connection.schema_editor() as editor:
        BOTH.database_backwards("beacons", editor, after, before)
    assert (made, tables()) == ({"beacons_castle", "beacons_fire"}, set())


def test_operation_knows_which_models_it_has_to_do_with():
    found = [BOTH.references_model(name, "beacons") for name in ("Castle", "fire")]
    assert (found, BOTH.deconstruct()) == ([True, True], ("CreateModels", [CASTLE, FIRE], {}))
