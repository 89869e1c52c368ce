"""No model of the project answers a read that does not say who asks."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model
from django.shortcuts import get_object_or_404  # noqa: TID251 - a view's shortcut is one of the reads

from noroshi.core.actor import Actor
from noroshi.core.errors import UnscopedRead
from noroshi.core.managers import GuardedManager, PartManager
from noroshi.core.models import Shareable
from noroshi.sharing.models import Comment, Signal

PROJECT = [model for model in apps.get_models() if model.__module__.startswith("noroshi.")]
GUARDED = [
    pytest.param(model, manager, id=model._meta.label)
    for model in PROJECT
    for manager in model._meta.managers
    if isinstance(manager, GuardedManager)
]
READS: dict[str, Callable[[Any], Any]] = {
    "all": lambda manager: manager.all(),
    "filter": lambda manager: manager.filter(pk=1),
    "exclude": lambda manager: manager.exclude(pk=1),
    "get": lambda manager: manager.get(pk=1),
    "count": lambda manager: manager.count(),
    "exists": lambda manager: manager.exists(),
    "first": lambda manager: manager.first(),
    "values": lambda manager: manager.values("pk"),
    "in_bulk": lambda manager: manager.in_bulk(),
    "iterator": lambda manager: manager.iterator(),
    "aggregate": lambda manager: manager.aggregate(),
    "raw": lambda manager: manager.raw("SELECT 1"),
    "update": lambda manager: manager.update(pk=1),
    "get_or_404": lambda manager: get_object_or_404(manager, pk=1),
}


def test_guarded_models_are_at_least_those_of_the_first_rooms():
    labels = {case.values[0]._meta.label for case in GUARDED}
    shared = {"sharing.Signal", "sharing.SignalVersion", "sharing.SignalObservable", "sharing.Comment"}
    assert shared | {"sharing.Acknowledgement", "notify.Notice", "hunting.Hunt", "hunting.Hit"} <= labels
    assert "intel.Sighting" in labels


@pytest.mark.parametrize("model", [case.values[0] for case in GUARDED], ids=str)
def test_guarded_model_has_no_unguarded_default(model: type[Model]):
    assert isinstance(model._meta.default_manager, GuardedManager)
    assert model._meta.base_manager.name == "everything"
    assert {manager.name for manager in model._meta.managers} == {"objects", "everything"}


def test_shareable_models_are_all_guarded():
    shareable = {model for model in PROJECT if issubclass(model, Shareable)}
    assert shareable <= {case.values[0] for case in GUARDED}


@pytest.mark.parametrize(("model", "manager"), GUARDED)
@pytest.mark.parametrize("read", READS)
def test_read_that_names_no_reader_raises(model: type[Model], manager: Any, read: str):
    with pytest.raises(UnscopedRead, match=model.__name__):
        READS[read](manager)


@pytest.mark.parametrize(("model", "manager"), GUARDED)
def test_unrestricted_read_says_why(db, model: type[Model], manager: Any):
    with pytest.raises(UnscopedRead, match="says why"):
        manager.unrestricted(reason="")
    assert list(manager.unrestricted(reason="a test")) == []


@pytest.mark.parametrize(("model", "manager"), GUARDED)
def test_read_for_a_visitor_is_empty_where_nothing_is(db, model: type[Model], manager: Any):
    assert list(manager.visible_to(Actor.visitor())) == []


@pytest.mark.parametrize(
    "read",
    [
        lambda comments: comments.all(),
        lambda comments: comments.count(),
        lambda comments: comments.visible_to(Actor.visitor()),
        lambda comments: comments.unrestricted(reason="a test"),
    ],
)
def test_read_through_a_relation_is_refused(read: Callable[[Any], Any]):
    with pytest.raises(UnscopedRead, match="Comment"):
        read(Signal().comments)


def test_prefetch_of_guarded_parts_is_refused(cast):
    Signal.everything.create(owner=cast.bank_a, author=cast.a1, tlp="CLEAR")
    with pytest.raises(UnscopedRead, match="Comment"):
        list(Signal.everything.prefetch_related("comments"))


def test_guarded_manager_that_does_not_say_who_sees_refuses():
    manager = GuardedManager()
    manager.model = Comment
    with pytest.raises(NotImplementedError):
        manager.visible_to(Actor.visitor())


def test_part_manager_names_a_relation_to_a_guarded_whole():
    parts = [case.values for case in GUARDED if isinstance(case.values[1], PartManager)]
    wholes = [model._meta.get_field(manager.whole).related_model._meta.default_manager for model, manager in parts]
    assert parts
    assert all(isinstance(whole, GuardedManager) for whole in wholes)
