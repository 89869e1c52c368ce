"""Managers that raise unless a read says for whom it is."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import models

from noroshi.core.actor import Actor
from noroshi.core.domain import rules
from noroshi.core.domain.audience import State
from noroshi.core.domain.rules import Rule
from noroshi.core.errors import UnscopedRead
from noroshi.core.filters import asked_filter, own_filter, viewing, visible_filter

M = TypeVar("M", bound=models.Model)


class GuardedManager(models.Manager[M]):
    """`visible_to(actor)` or `unrestricted(reason=...)`; anything else is a mistake and raises."""

    def get_queryset(self) -> models.QuerySet[M]:
        """Refuse: a read must name its reader."""
        raise UnscopedRead(f"{self.model.__name__}: read by visible_to(actor) or unrestricted(reason=...)")

    def visible_to(self, actor: Actor) -> models.QuerySet[M]:
        """Return what `actor` may view."""
        raise NotImplementedError  # each kind of manager below reads by a policy of its own

    def unrestricted(self, *, reason: str) -> models.QuerySet[M]:
        """Return all rows, for a task of the installation itself that `reason` names."""
        if not reason:
            raise UnscopedRead("an unrestricted read says why")
        return self._all()

    def _all(self) -> models.QuerySet[M]:
        """All rows. The manager behind a relation (`signal.comments`) has none: it would forget the relation."""
        if hasattr(self, "instance"):
            raise UnscopedRead(f"{self.model.__name__}: read by {self.model.__name__}.objects, not by a relation")
        return super().get_queryset()


class ShareableManager(GuardedManager[M]):
    """Manager of shareable objects: the whole policy."""

    def visible_to(self, actor: Actor) -> models.QuerySet[M]:
        """Return what `actor` may view, tombstones included."""
        return self._all().filter(visible_filter(self.model, actor))


class PartManager(GuardedManager[M]):
    """Manager of the parts of a shareable object: a part is never wider than its whole (POLICY, invariant 3)."""

    def __init__(self, whole: str = "") -> None:  # Django gives none when it makes the manager behind a relation
        super().__init__()
        self.whole = whole

    def visible_to(self, actor: Actor) -> models.QuerySet[M]:
        """Return the parts of what `actor` may view; of what was withdrawn a tombstone is left, and no part."""
        parts = self._all()
        seen = parts.filter(visible_filter(self._whole_model(), actor, f"{self.whole}__"))
        return seen.exclude(**{f"{self.whole}__state": State.WITHDRAWN})

    def of(self, actor: Actor, *wholes: Any) -> models.QuerySet[M]:
        """Return the parts of `wholes` that were read a moment ago; the same as `visible_to` of these.

        The policy is asked about each of them here. As a part of the query it would cost the database more than
        everything else on a page: there are some ten kinds of parts, and each would look for the whole anew.
        """
        model = self._whole_model()
        model.know_audiences(wholes)
        walk = viewing(model, actor)
        seen = [whole.pk for whole in wholes if _shows_parts(walk, whole)]
        return self._all().filter(**({self.whole: seen[0]} if len(seen) == 1 else {f"{self.whole}__in": seen}))

    def _whole_model(self) -> Any:
        return self.model._meta.get_field(self.whole).related_model


def _shows_parts(walk: Sequence[Rule], whole: Any) -> bool:
    decision = rules.decide(walk, whole.with_audience(whole.known_audience))
    return decision.allowed and not decision.tombstone


class OwnManager(GuardedManager[M]):
    """Manager of what belongs to one organisation or one person and is shared with nobody.

    `holder` is "organisation" or "person", and names the field; the model has a `world` too.
    """

    def __init__(self, holder: str = "") -> None:  # Django gives none when it makes the manager behind a relation
        super().__init__()
        self.holder = holder

    def visible_to(self, actor: Actor) -> models.QuerySet[M]:
        """Return what belongs to `actor`, or to the organisation if the role needs to know."""
        return self._all().filter(own_filter(actor, self.holder))


class AskedManager(GuardedManager[M]):
    """Manager of what an organisation asks the hub; the model has an `organisation` and a `world`."""

    def visible_to(self, actor: Actor) -> models.QuerySet[M]:
        """Return what the actor's organisation asked, if the role needs to know; for the hub's operators all."""
        return self._all().filter(asked_filter(actor))
