"""Rules of the house that no linter knows, held against the source; and the readers of the source themselves."""

import ast

import pytest
import source
from django.apps import apps

DOOR_PASSES = frozenset({"objects", "everything", "_default_manager", "_base_manager"})
BOUNDARIES = ("views", "api", "forms")
LAYERS_OF_FOREIGN_KEYS = frozenset({"ForeignKey", "OneToOneField", "ManyToManyField"})


def _file(package, name, text):
    path = package / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def _boundaries():
    modules = source.modules()
    return [module for module in modules if {module.path.stem, module.path.parent.name} & set(BOUNDARIES)]


def _order_of_rooms(root):
    """The rooms from the highest layer down, as the import linter has them; peers share a height."""
    import tomllib

    contracts = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = contracts[0]["layers"]
    return {room.strip(" ()"): height for height, layer in enumerate(layers) for room in layer.split("|")}


def _crossing_keys():
    """Every relation of a model of ours to a model of another app."""
    for model in apps.get_models():
        if model.__module__.startswith("noroshi."):
            for field in model._meta.get_fields():
                there = field.related_model if field.is_relation and not field.auto_created else None
                if there is not None and there._meta.app_label != model._meta.app_label:
                    yield field, there


def test_boundaries_when_read_then_none_goes_past_the_door():
    past = [place for module in _boundaries() for place in source.attributes(module, DOOR_PASSES)]

    assert [str(place) for place in past] == []


def test_ledger_when_written_or_heard_then_its_actions_are_literals():
    assert [str(place) for place in source.unread_names()] == []


def test_subscriptions_when_read_then_each_hears_an_action_that_somebody_records():
    assert [str(place) for place in source.heard_but_never_written()] == []


def test_actions_when_named_then_they_are_room_noun_and_past_tense():
    rooms = {path.parent.name for path in source.PACKAGE.glob("*/__init__.py")}
    misnamed = [
        action.name
        for action in source.actions()
        if not (action.name.count(".") == 2 and action.name.split(".")[0] in rooms and action.name.islower())
    ]

    assert misnamed == []


def test_foreign_keys_when_they_cross_rooms_then_they_point_down_and_leave_no_name_behind(root):
    order = _order_of_rooms(root)
    wrong = [
        str(field)
        for field, there in _crossing_keys()
        if there.__module__.startswith("noroshi.")
        and (
            order[there._meta.app_label] <= order[field.model._meta.app_label]
            or not (field.remote_field.related_name or "").endswith("+")
        )
    ]

    assert wrong == []


def test_foreign_keys_when_they_name_a_model_of_another_file_then_they_name_it_as_a_string():
    wrong = []
    for module in source.modules():
        here = {node.name for node in module.tree.body if isinstance(node, ast.ClassDef)}
        wrong += [
            f"{module.path.relative_to(source.PACKAGE)}:{node.lineno}: {node.args[0].id}"
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in LAYERS_OF_FOREIGN_KEYS
            and node.args
            and isinstance(node.args[0], ast.Name)
            and node.args[0].id not in here
        ]

    assert wrong == []


def test_actions_when_a_package_records_and_subscribes_then_writer_payload_and_reader_are_joined(package):
    _file(
        package, "sharing/actions.py", 'ledger.record(actor, "sharing.signal.published", signal, rule="r", tlp=1, n=2)'
    )
    kinds = 'KINDS: Final = {"sharing.signal.published": 1}\n\n\n'
    _file(package, "hunting/receivers.py", '@subscribe("hunt", "sharing.signal.published")\ndef f(e): ...\n')
    _file(package, "notify/receivers.py", kinds + '@ledger.subscribe("tell", *KINDS)\ndef g(e): ...\n')

    assert source.actions(package) == [
        source.Action("sharing.signal.published", {"noroshi.sharing.actions"}, {"tlp", "n"}, {"hunt", "tell"})
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('ledger.record(actor, "a.b.c")', []),
        ("ledger.record(actor, name)", ["noroshi/x.py:1: record takes its action as a literal"]),
        ('record(actor, "a.b.c", thing)', []),
        ('record(actor, f"a.b.{verb}")', ["noroshi/x.py:1: record takes its action as a literal"]),
        ('K = ("a.b.c", "d.e.f")\nsubscribe("reader", *K)', []),
        ('subscribe("reader", "a.b.c", *K)', ["noroshi/x.py:1: subscribe takes its action as a literal"]),
        ('ledger.subscribe("reader", NAME)', ["noroshi/x.py:1: subscribe takes its action as a literal"]),
    ],
)
def test_unread_names_when_a_name_is_not_a_literal_then_its_line_is_named(package, text, found):
    _file(package, "x.py", text)

    assert [str(place) for place in source.unread_names(package)] == found


def test_heard_but_never_written_when_a_name_is_misspelt_then_it_is_named(package):
    _file(package, "x.py", 'ledger.record(actor, "a.b.done")\n\nledger.subscribe("reader", "a.b.doen", "a.b.done")\n')

    assert [str(place) for place in source.heard_but_never_written(package)] == [
        "noroshi/x.py:3: nothing records 'a.b.doen'"
    ]


def test_attributes_when_a_view_reads_all_objects_then_its_line_is_named(package):
    _file(package, "views.py", "def page(request):\n    return Signal.objects.visible_to(request.actor)\n")

    assert [str(place) for place in source.attributes(*source.modules(package), DOOR_PASSES, package)] == [
        "noroshi/views.py:2: .objects"
    ]


def test_attributes_when_a_form_declares_an_empty_choice_then_it_is_no_read(package):
    _file(package, "forms.py", "groups = ModelChoiceField(queryset=Group.objects.none())\n")

    assert source.attributes(*source.modules(package), DOOR_PASSES, package) == []


def test_documented_members_when_some_have_a_string_below_then_each_has_its_own(package):
    path = _file(
        package, "exits.py", 'class Exit(IntEnum):\n    """Ends."""\n\n    OK = 0\n    LOST = 1\n    """Gone."""\n'
    )

    assert source.documented_members(path, "Exit") == [("OK", "0", ""), ("LOST", "1", "Gone.")]
