"""The types of objects that STIX 2.1 defines, by kind, and references to a kind (sections 4 to 8)."""

from typing import Final

from noroshi.intel.domain.stix.values import Check, reference, reference_except

SDO: Final = frozenset(
    {
        "attack-pattern", "campaign", "course-of-action", "grouping", "identity", "incident", "indicator",
        "infrastructure", "intrusion-set", "location", "malware", "malware-analysis", "note", "observed-data",
        "opinion", "report", "threat-actor", "tool", "vulnerability",
    }
)  # fmt: skip
SRO: Final = frozenset({"relationship", "sighting"})
SCO: Final = frozenset(
    {
        "artifact", "autonomous-system", "directory", "domain-name", "email-addr", "email-message", "file",
        "ipv4-addr", "ipv6-addr", "mac-addr", "mutex", "network-traffic", "process", "software", "url",
        "user-account", "windows-registry-key", "x509-certificate",
    }
)  # fmt: skip
META: Final = frozenset({"extension-definition", "language-content", "marking-definition"})
BUNDLE: Final = "bundle"

CONTAINERS: Final = frozenset({"report", "grouping", "observed-data"})
"""Types that hold the objects they refer to together: what they are marked with holds for those too."""

# A custom type may be of any kind, so each of these takes it.
SDO_REF: Final = reference_except(SCO | SRO | META | {BUNDLE}, "an SDO")
SCO_REF: Final = reference_except(SDO | SRO | META | {BUNDLE}, "an SCO")
SDO_OR_SCO_REF: Final = reference_except(SRO | META | {BUNDLE}, "an SDO or SCO")
SCO_OR_SRO_REF: Final = reference_except(SDO | META | {BUNDLE}, "an SCO or SRO")
CORE_REF: Final = reference_except(META | {BUNDLE}, "an SDO, SCO or SRO")
OBJECT_REF: Final = reference_except({BUNDLE}, "a STIX Object")
IDENTITY_REF: Final[Check] = reference("identity")
MARKING_REF: Final[Check] = reference("marking-definition")
