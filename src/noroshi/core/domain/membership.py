"""Classes of membership, standing and roles, and the ceilings of each class (POLICY, "Class ceilings")."""

from dataclasses import dataclass
from enum import StrEnum

from noroshi.core.domain.tlp import TLP


class MembershipClass(StrEnum):
    """What an organisation is to the community."""

    HUB = "hub"
    REGULAR = "regular"
    AFFILIATE = "affiliate"
    TRIAL = "trial"
    SUPPORTING = "supporting"
    VENDOR = "vendor"
    SUPERVISOR = "supervisor"


class Standing(StrEnum):
    """Whether an organisation or a person takes part."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"


class Role(StrEnum):
    """What a person does."""

    ANALYST = "analyst"
    FRAUD_ANALYST = "fraud_analyst"
    COORDINATOR = "coordinator"
    ORGANISATION_ADMIN = "organisation_admin"
    HUB_OPERATOR = "hub_operator"
    TRUSTED_OPERATOR = "trusted_operator"
    AUDITOR = "auditor"
    SUPERVISOR = "supervisor"


NEED_TO_KNOW = frozenset({Role.ANALYST, Role.FRAUD_ANALYST, Role.COORDINATOR})


@dataclass(frozen=True)
class Ceiling:
    """How high a class sees: by a grant to the whole community, and by a grant that names it."""

    community: TLP | None
    by_name: TLP | None
    by_group: TLP | None


NOTHING = Ceiling(None, None, None)

# A vendor takes nothing from community and group grants; trial, supporting and vendor never see above AMBER.
CEILINGS = {
    MembershipClass.HUB: Ceiling(TLP.RED, TLP.RED, TLP.RED),
    MembershipClass.REGULAR: Ceiling(TLP.RED, TLP.RED, TLP.RED),
    MembershipClass.AFFILIATE: Ceiling(TLP.AMBER, TLP.RED, TLP.RED),
    MembershipClass.TRIAL: Ceiling(TLP.GREEN, TLP.AMBER, TLP.AMBER),
    MembershipClass.SUPPORTING: Ceiling(TLP.GREEN, TLP.AMBER, TLP.AMBER),
    MembershipClass.VENDOR: Ceiling(None, TLP.AMBER, None),
    MembershipClass.SUPERVISOR: NOTHING,
}
