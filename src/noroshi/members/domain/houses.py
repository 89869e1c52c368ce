"""An organisation as one installation names it to another."""

from uuid import UUID

import msgspec

from noroshi.core.domain.membership import MembershipClass


class House(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Number, names and class."""

    id: UUID
    slug: str
    name_ja: str
    name_en: str
    kind: str
    membership: MembershipClass
