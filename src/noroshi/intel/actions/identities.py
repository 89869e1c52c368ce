"""Organisations as identities of STIX: what signs the objects that they share."""

from django.db import transaction

from noroshi.core import clock
from noroshi.core.domain.audience import EntryKind, State
from noroshi.core.domain.tlp import TLP
from noroshi.core.models import AudienceEntry
from noroshi.intel.actions.parcels import fill, show
from noroshi.intel.domain.stix.header import header_of
from noroshi.intel.domain.stix.names import stable_id, stable_uuid
from noroshi.intel.domain.stix.tlp import TLP_2
from noroshi.intel.domain.stix.writing import SPEC_VERSION, as_bytes, written_moment
from noroshi.intel.models import Parcel, Source
from noroshi.members.models import Organisation


@transaction.atomic
def publish_identity(organisation: Organisation) -> str:
    """Return the identity that signs for `organisation`, shown to the community from the first time on.

    Members know each other by name, so the object is GREEN and for all of them.
    """
    identity = stable_id("identity", organisation.pk)
    parcel, new = Parcel.everything.get_or_create(
        pk=stable_uuid("identity-parcel", organisation.pk),
        defaults={
            "owner": organisation, "tlp": TLP.GREEN, "state": State.PUBLISHED, "source": Source.IDENTITY,
            "label": organisation.slug,
        },
    )  # fmt: skip
    if new:
        AudienceEntry.objects.create(item_id=parcel.pk, kind=EntryKind.COMMUNITY)
        now = written_moment(clock.now())
        said = {
            "type": "identity", "spec_version": SPEC_VERSION, "id": identity, "created": now, "modified": now,
            "name": organisation.name_en or organisation.name_ja, "identity_class": "organization",
            "sectors": ["financial-services"], "object_marking_refs": [TLP_2[TLP.GREEN]],
        }  # fmt: skip
        fill(parcel, [(header_of(said), as_bytes(said))])
        show(parcel)
    return identity
