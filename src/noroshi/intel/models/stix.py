"""STIX objects as they came, in parcels of one level and one audience; and what of them arrived at whom, when."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from noroshi.core import clock
from noroshi.core.domain import worlds
from noroshi.core.managers import PartManager
from noroshi.core.models import Shareable


class Source(models.TextChoices):
    """How a parcel came to be here."""

    SIGNAL = "signal", _("Written for a signal")
    BULLETIN = "bulletin", _("Written for a bulletin")
    RECEIVED = "received", _("Sent in")
    IDENTITY = "identity", _("An organisation of this hub")


class Parcel(Shareable):
    """Objects that share one level and one audience: they are seen together or not at all.

    The parcel of a signal has the signal's id, so both have the same lines of audience. What is sent in is granted to
    nobody: the people of its organisation who need to know see it, and decide what becomes of it.
    """

    source = models.CharField(max_length=10, choices=Source.choices)
    label = models.CharField(max_length=200, blank=True)
    """Whence it came, in the sender's or the house's words."""
    shown_at = models.DateTimeField(default=clock.now)
    """The moment that its readers may know: of what is anonymous, the hour."""
    turn = models.BigIntegerField(default=0)
    """Its place among the last changes of all parcels (`Turn`); what changes moves to the end."""
    size = models.PositiveIntegerField(default=0)
    """How many objects were put into it, those that are gone as well: where the next one goes."""
    refused = models.PositiveIntegerField(default=0)
    """How many of what was sent in with it are no objects, and wait to be read again."""

    class Meta(Shareable.Meta):
        indexes = [
            models.Index(fields=["turn"], name="parcels_by_turn"),
            models.Index(
                fields=["embargo_until"], condition=models.Q(embargo_until__isnull=False), name="parcels_embargoed"
            ),
            models.Index(fields=["owner", "source", "-shown_at"], name="parcels_of_owner"),
        ]


class Turn(models.Model):
    """The number of the last change of any parcel: one row, held to the end of the transaction that counts it up.

    So a reader who has looked at all changes up to a number never misses one that was made earlier and appears later.
    """

    ONLY: Final = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    number = models.BigIntegerField(default=0)


class StixObject(models.Model):
    """One version of an object of STIX 2.1; its bytes are kept, and served, as they came."""

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="contents")
    position = models.PositiveIntegerField()
    stix_id = models.CharField(max_length=290)
    type = models.CharField(max_length=250)
    modified = models.BigIntegerField()
    """Microseconds since 1970 (UTC) of `modified`, else of `created`; 0 for what has no versions."""
    others = models.BooleanField(default=False)
    """Whether the store has, or had, another row of this id: which of them a reader is given has to be looked up."""
    received = models.BooleanField(default=False)
    """Whether it goes out with an item for which it was received: the item does not say it itself."""
    derived = models.BooleanField(default=False)
    """Whether it was made here of a received one: then it is revoked with the item, which a foreign one is not."""
    raw = models.BinaryField()

    objects = PartManager(whole="parcel")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["parcel", "position"], name="one_object_a_place")]
        indexes = [
            models.Index(fields=["stix_id", "modified"], name="objects_by_id"),
            models.Index(fields=["parcel", "type", "position"], name="objects_by_type"),
        ]


class RefusedObject(models.Model):
    """What was sent in and is no object that can be taken: kept a while with its reasons, to be read again."""

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="refusals")
    place = models.PositiveIntegerField()
    stix_id = models.CharField(max_length=290, blank=True)
    """What it calls itself."""
    problems = models.JSONField()
    """What is wrong, as `Problem.stored`."""
    raw = models.BinaryField()
    """Nothing where it was too large to be kept."""

    objects = PartManager(whole="parcel")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [models.UniqueConstraint(fields=["parcel", "place"], name="one_refusal_a_place")]


class Reader(models.Model):
    """Whoever polls by one channel: a person, or an organisation's machine; and how far it has been looked after."""

    holder = models.UUIDField()
    """The id of the person, or of the organisation for a machine."""
    channel = models.CharField(max_length=20)
    world = models.CharField(max_length=40, default=worlds.REAL)
    rights = models.CharField(max_length=64, blank=True)
    """What it may see, as a digest of the actor: where that changes, all parcels are looked at anew."""
    turn = models.BigIntegerField(default=0)
    looked_at = models.DateTimeField(null=True)
    last = models.BigIntegerField(default=0)
    """Its latest moment of arrival, microseconds since 1970 (UTC)."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["holder", "channel", "world"], name="one_reader_a_channel")]


class Arrival(models.Model):
    """Objects of a parcel, one behind the other, that became visible to a reader.

    Each has a moment of its own, a microsecond behind the one before it: the `date_added` of TAXII 2.1 (3.4), for this
    reader. No two objects of a reader share one.
    """

    reader = models.ForeignKey(Reader, on_delete=models.CASCADE, related_name="+")
    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="+")
    first = models.PositiveIntegerField()
    """Position in the parcel of the first of them."""
    count = models.PositiveIntegerField()
    begins = models.BigIntegerField()
    """The moment of the first of them, microseconds since 1970 (UTC)."""

    objects = PartManager(whole="parcel")
    everything = models.Manager()

    class Meta:
        base_manager_name = "everything"
        constraints = [
            models.UniqueConstraint(fields=["reader", "begins"], name="arrivals_in_order"),
            models.UniqueConstraint(fields=["reader", "parcel", "first"], name="arrives_once"),
        ]
