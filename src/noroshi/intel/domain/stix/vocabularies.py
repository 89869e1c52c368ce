"""The enumerations of STIX 2.1, section 10: closed lists, from which a value must come.

The open vocabularies of that section suggest values; any string is allowed there, so they are not checked.
"""

from typing import Final

ENCRYPTION_ALGORITHM: Final = frozenset({"AES-256-GCM", "ChaCha20-Poly1305", "mime-type-indicated"})
EXTENSION_TYPE: Final = frozenset(
    {"new-sdo", "new-sco", "new-sro", "property-extension", "toplevel-property-extension"}
)
NETWORK_SOCKET_ADDRESS_FAMILY: Final = frozenset(
    {"AF_UNSPEC", "AF_INET", "AF_IPX", "AF_APPLETALK", "AF_NETBIOS", "AF_INET6", "AF_IRDA", "AF_BTH"}
)
NETWORK_SOCKET_TYPE: Final = frozenset({"SOCK_STREAM", "SOCK_DGRAM", "SOCK_RAW", "SOCK_RDM", "SOCK_SEQPACKET"})
OPINION: Final = frozenset({"strongly-disagree", "disagree", "neutral", "agree", "strongly-agree"})
WINDOWS_INTEGRITY_LEVEL: Final = frozenset({"low", "medium", "high", "system"})
WINDOWS_REGISTRY_DATATYPE: Final = frozenset(
    {
        "REG_NONE", "REG_SZ", "REG_EXPAND_SZ", "REG_BINARY", "REG_DWORD", "REG_DWORD_BIG_ENDIAN",
        "REG_DWORD_LITTLE_ENDIAN", "REG_LINK", "REG_MULTI_SZ", "REG_RESOURCE_LIST", "REG_FULL_RESOURCE_DESCRIPTION",
        "REG_RESOURCE_REQUIREMENTS_LIST", "REG_QWORD", "REG_INVALID_TYPE",
    }
)  # fmt: skip
WINDOWS_SERVICE_START_TYPE: Final = frozenset(
    {
        "SERVICE_AUTO_START", "SERVICE_BOOT_START", "SERVICE_DEMAND_START", "SERVICE_DISABLED",
        "SERVICE_SYSTEM_ALERT",
    }
)  # fmt: skip
WINDOWS_SERVICE_TYPE: Final = frozenset(
    {
        "SERVICE_KERNEL_DRIVER", "SERVICE_FILE_SYSTEM_DRIVER", "SERVICE_WIN32_OWN_PROCESS",
        "SERVICE_WIN32_SHARE_PROCESS",
    }
)  # fmt: skip
WINDOWS_SERVICE_STATUS: Final = frozenset(
    {
        "SERVICE_CONTINUE_PENDING", "SERVICE_PAUSE_PENDING", "SERVICE_PAUSED", "SERVICE_RUNNING",
        "SERVICE_START_PENDING", "SERVICE_STOP_PENDING", "SERVICE_STOPPED",
    }
)  # fmt: skip

HASH_ALGORITHMS: Final = frozenset({"MD5", "SHA-1", "SHA-256", "SHA-512", "SHA3-256", "SHA3-512", "SSDEEP", "TLSH"})
"""Open for objects, closed for external references (2.5.1)."""
