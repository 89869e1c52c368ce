"""STIX objects for tests: one of each type, saying everything that its table knows."""

from copy import deepcopy
from typing import Any, Final

WHEN: Final = "2026-11-02T03:04:05.678Z"
LATER: Final = "2026-11-03T03:04:05.678Z"
MARKING: Final = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
IDENTITY: Final = "identity--5d0092c5-5f74-4287-9642-33f4c354e56d"
EXTENSION: Final = "extension-definition--d83fce45-ef58-4c6c-a3f4-1fbc32e98c6e"
HASHES: Final = {"MD5": "a" * 32, "SHA-256": "b" * 64}

SDO_UUID: Final = "12a111f0-b824-4baf-a224-83b80237a094"
V4: Final = "4527e5de-8572-446a-a57a-706f15467461"
V5: Final = "28bb3599-77cd-5a82-a950-b5bc3caf07c4"


def ref(kind: str, uuid: str = V5) -> str:
    return f"{kind}--{uuid}"


_CORE: Final[dict[str, Any]] = {
    "spec_version": "2.1",
    "created_by_ref": IDENTITY,
    "created": WHEN,
    "modified": LATER,
    "revoked": False,
    "labels": ["bank"],
    "confidence": 70,
    "lang": "ja",
    "external_references": [
        {"source_name": "feed", "description": "a report", "url": "https://feed.example/1", "external_id": "1"},
        {
            "source_name": "capec",
            "external_id": "CAPEC-550",
            "hashes": {"SHA-256": "b" * 64},
            "url": "https://a.example",
        },
    ],
    "object_marking_refs": [MARKING],
    "granular_markings": [{"marking_ref": MARKING, "selectors": ["labels.[0]", "lang"]}],
    "extensions": {EXTENSION: {"extension_type": "property-extension", "rank": 5, "more": {"a": [1, 2.5, True]}}},
}
_OBSERVABLE: Final[dict[str, Any]] = {
    "spec_version": "2.1",
    "object_marking_refs": [MARKING],
    "granular_markings": [{"marking_ref": MARKING, "selectors": ["id"]}],
    "defanged": False,
}
_SEEN: Final = {"first_seen": WHEN, "last_seen": LATER}
_PHASES: Final = {"kill_chain_phases": [{"kill_chain_name": "mitre-attack", "phase_name": "initial-access"}]}
_NAMED: Final = {"name": "偽サイト", "description": "説明"}
_TIMES: Final = {"ctime": WHEN, "mtime": WHEN, "atime": "2026-11-02T03:04:05Z"}

_DOMAIN: Final[dict[str, dict[str, Any]]] = {
    "attack-pattern": {**_NAMED, **_PHASES, "aliases": ["a"]},
    "campaign": {**_NAMED, **_SEEN, "aliases": ["a"], "objective": "money"},
    "course-of-action": _NAMED,
    "grouping": {**_NAMED, "context": "suspicious-activity", "object_refs": [ref("relationship"), ref("ipv4-addr")]},
    "identity": {
        **_NAMED,
        "roles": ["CSIRT"],
        "identity_class": "organization",
        "sectors": ["financial-services"],
        "contact_information": "csirt@bank.example",
    },
    "incident": {**_NAMED, **_PHASES},
    "indicator": {
        **_NAMED,
        **_PHASES,
        "indicator_types": ["malicious-activity"],
        "pattern": "[domain-name:value = 'evil.example']",
        "pattern_type": "stix",
        "pattern_version": "2.1",
        "valid_from": WHEN,
        "valid_until": LATER,
    },
    "infrastructure": {**_NAMED, **_PHASES, **_SEEN, "infrastructure_types": ["phishing"], "aliases": ["a"]},
    "intrusion-set": {
        **_NAMED,
        **_SEEN,
        "aliases": ["a"],
        "goals": ["money"],
        "resource_level": "team",
        "primary_motivation": "personal-gain",
        "secondary_motivations": ["revenge"],
    },
    "location": {
        **_NAMED,
        "latitude": 35.68,
        "longitude": 139,
        "precision": 10.5,
        "region": "eastern-asia",
        "country": "JP",
        "administrative_area": "東京都",
        "city": "千代田区",
        "street_address": "1-1",
        "postal_code": "100-0001",
    },
    "malware": {
        **_NAMED,
        **_PHASES,
        **_SEEN,
        "malware_types": ["trojan"],
        "is_family": True,
        "aliases": ["a"],
        "operating_system_refs": [ref("software")],
        "architecture_execution_envs": ["x86"],
        "implementation_languages": ["c"],
        "capabilities": ["commits-fraud"],
        "sample_refs": [ref("file"), ref("artifact")],
    },
    "malware-analysis": {
        "product": "sandbox",
        "version": "1",
        "host_vm_ref": ref("software"),
        "operating_system_ref": ref("software"),
        "installed_software_refs": [ref("software")],
        "configuration_version": "1",
        "modules": ["m"],
        "analysis_engine_version": "1",
        "analysis_definition_version": "1",
        "submitted": WHEN,
        "analysis_started": WHEN,
        "analysis_ended": LATER,
        "result_name": "Trojan",
        "result": "malicious",
        "analysis_sco_refs": [ref("file")],
        "sample_ref": ref("file"),
    },
    "note": {"abstract": "a", "content": "b", "authors": ["c"], "object_refs": [ref("sighting")]},
    "observed-data": {
        "first_observed": WHEN,
        "last_observed": LATER,
        "number_observed": 5,
        "object_refs": [ref("ipv4-addr"), ref("relationship")],
    },
    "opinion": {"explanation": "a", "authors": ["b"], "opinion": "agree", "object_refs": [ref("report")]},
    "report": {**_NAMED, "report_types": ["indicator"], "published": WHEN, "object_refs": [ref("indicator")]},
    "threat-actor": {
        **_NAMED,
        **_SEEN,
        "threat_actor_types": ["crime-syndicate"],
        "aliases": ["a"],
        "roles": ["director"],
        "goals": ["money"],
        "sophistication": "expert",
        "resource_level": "team",
        "primary_motivation": "personal-gain",
        "secondary_motivations": ["revenge"],
        "personal_motivations": ["notoriety"],
    },
    "tool": {**_NAMED, **_PHASES, "tool_types": ["remote-access"], "aliases": ["a"], "tool_version": "1"},
    "vulnerability": _NAMED,
    "relationship": {
        "relationship_type": "indicates",
        "description": "a",
        "source_ref": ref("indicator"),
        "target_ref": ref("malware"),
        "start_time": WHEN,
        "stop_time": LATER,
    },
    "sighting": {
        "description": "a",
        **_SEEN,
        "count": 3,
        "sighting_of_ref": ref("indicator"),
        "observed_data_refs": [ref("observed-data")],
        "where_sighted_refs": [ref("identity"), ref("location")],
        "summary": True,
    },
}
_OBSERVABLES: Final[dict[str, dict[str, Any]]] = {
    "artifact": {
        "mime_type": "application/zip",
        "payload_bin": "aGVsbG8=",
        "hashes": HASHES,
        "encryption_algorithm": "mime-type-indicated",
        "decryption_key": "infected",
    },
    "autonomous-system": {"number": 15139, "name": "Slime", "rir": "APNIC"},
    "directory": {"path": "C:\\Windows", "path_enc": "UTF-8", **_TIMES, "contains_refs": [ref("file")]},
    "domain-name": {"value": "www.例え.jp", "resolves_to_refs": [ref("ipv4-addr"), ref("domain-name")]},
    "email-addr": {"value": "a@b.example", "display_name": "A", "belongs_to_ref": ref("user-account")},
    "email-message": {
        "is_multipart": True,
        "date": WHEN,
        "content_type": "multipart/mixed",
        "from_ref": ref("email-addr"),
        "sender_ref": ref("email-addr"),
        "to_refs": [ref("email-addr")],
        "cc_refs": [ref("email-addr")],
        "bcc_refs": [ref("email-addr")],
        "message_id": "<1@a.example>",
        "subject": "重要",
        "received_lines": ["from a by b"],
        "additional_header_fields": {"Reply-To": ["a@b.example", "c@d.example"]},
        "body_multipart": [
            {"body": "a", "content_type": "text/plain", "content_disposition": "inline"},
            {"body_raw_ref": ref("artifact")},
        ],
        "raw_email_ref": ref("artifact"),
    },
    "file": {
        "hashes": HASHES,
        "size": 25,
        "name": "a.exe",
        "name_enc": "windows-1252",
        "magic_number_hex": "4d5a",
        "mime_type": "application/x-msdownload",
        **_TIMES,
        "parent_directory_ref": ref("directory"),
        "contains_refs": [ref("file"), ref("url")],
        "content_ref": ref("artifact"),
        "extensions": {
            "archive-ext": {"contains_refs": [ref("file")], "comment": "a"},
            "ntfs-ext": {
                "sid": "1",
                "alternate_data_streams": [{"name": "a", "hashes": {"MD5": "a" * 32}, "size": 1}],
            },
            "pdf-ext": {
                "version": "1.7",
                "is_optimized": True,
                "document_info_dict": {"Title": "a"},
                "pdfid0": "a",
                "pdfid1": "b",
            },
            "raster-image-ext": {"image_height": 1, "image_width": 2, "bits_per_pixel": 8, "exif_tags": {"Make": "a"}},
            "windows-pebinary-ext": {
                "pe_type": "exe",
                "imphash": "a",
                "machine_hex": "014c",
                "number_of_sections": 4,
                "time_date_stamp": "2016-01-22T12:31:12Z",
                "pointer_to_symbol_table_hex": "00",
                "number_of_symbols": 1,
                "size_of_optional_header": 2,
                "characteristics_hex": "818f",
                "file_header_hashes": {"MD5": "a" * 32},
                "optional_header": {"magic_hex": "010b", "size_of_code": 1, "hashes": {"MD5": "a" * 32}},
                "sections": [{"name": "CODE", "size": 1, "entropy": 0.061089, "hashes": {"MD5": "a" * 32}}],
            },
        },
    },
    "ipv4-addr": {
        "value": "198.51.100.0/24",
        "resolves_to_refs": [ref("mac-addr")],
        "belongs_to_refs": [ref("autonomous-system")],
    },
    "ipv6-addr": {
        "value": "2001:db8::/96",
        "resolves_to_refs": [ref("mac-addr")],
        "belongs_to_refs": [ref("autonomous-system")],
    },
    "mac-addr": {"value": "d2:fb:49:24:37:18"},
    "mutex": {"name": "__CLEANSWEEP__"},
    "network-traffic": {
        "start": WHEN,
        "end": LATER,
        "is_active": False,
        "src_ref": ref("ipv4-addr"),
        "dst_ref": ref("domain-name"),
        "src_port": 2487,
        "dst_port": 443,
        "protocols": ["ipv4", "tcp", "https"],
        "src_byte_count": 1,
        "dst_byte_count": 2,
        "src_packets": 3,
        "dst_packets": 4,
        "ipfix": {"minimumIpTotalLength": 32},
        "src_payload_ref": ref("artifact"),
        "dst_payload_ref": ref("artifact"),
        "encapsulates_refs": [ref("network-traffic")],
        "encapsulated_by_ref": ref("network-traffic"),
        "extensions": {
            "http-request-ext": {
                "request_method": "get",
                "request_value": "/a",
                "request_version": "http/1.1",
                "request_header": {"User-Agent": ["a"]},
                "message_body_length": 1,
                "message_body_data_ref": ref("artifact"),
            },
            "icmp-ext": {"icmp_type_hex": "08", "icmp_code_hex": "00"},
            "socket-ext": {
                "address_family": "AF_INET",
                "is_blocking": True,
                "is_listening": True,
                "options": {"SO_TIMEOUT": 1},
                "socket_type": "SOCK_STREAM",
                "socket_descriptor": 1,
                "socket_handle": 2,
            },
            "tcp-ext": {"src_flags_hex": "00000002", "dst_flags_hex": "12"},
        },
    },
    "process": {
        "is_hidden": False,
        "pid": 1221,
        "created_time": WHEN,
        "cwd": "/tmp",
        "command_line": "./gedit-bin",
        "environment_variables": {"PATH": "/bin"},
        "opened_connection_refs": [ref("network-traffic")],
        "creator_user_ref": ref("user-account"),
        "image_ref": ref("file"),
        "parent_ref": ref("process", V4),
        "child_refs": [ref("process", V4)],
        "extensions": {
            "windows-process-ext": {
                "aslr_enabled": True,
                "dep_enabled": True,
                "priority": "HIGH",
                "owner_sid": "S-1",
                "window_title": "a",
                "startup_info": {"lpTitle": "b"},
                "integrity_level": "high",
            },
            "windows-service-ext": {
                "service_name": "a",
                "descriptions": ["b"],
                "display_name": "c",
                "group_name": "d",
                "start_type": "SERVICE_AUTO_START",
                "service_dll_refs": [ref("file")],
                "service_type": "SERVICE_KERNEL_DRIVER",
                "service_status": "SERVICE_RUNNING",
            },
        },
    },
    "software": {
        "name": "Word",
        "cpe": "cpe:2.3:a:microsoft:word:2000:*:*:*:*:*:*:*",
        "swid": "a",
        "languages": ["jpn"],
        "vendor": "Microsoft",
        "version": "2000",
    },
    "url": {"value": "https://example.com/a?b=c"},
    "user-account": {
        "user_id": "1001",
        "credential": "a",
        "account_login": "jdoe",
        "account_type": "unix",
        "display_name": "J",
        "is_service_account": False,
        "is_privileged": False,
        "can_escalate_privs": True,
        "is_disabled": False,
        "account_created": WHEN,
        "account_expires": WHEN,
        "credential_last_changed": WHEN,
        "account_first_login": WHEN,
        "account_last_login": WHEN,
        "extensions": {"unix-account-ext": {"gid": 1, "groups": ["wheel"], "home_dir": "/a", "shell": "/bin/sh"}},
    },
    "windows-registry-key": {
        "key": "HKEY_LOCAL_MACHINE\\System\\Foo",
        "values": [{"name": "a", "data": "b", "data_type": "REG_SZ"}],
        "modified_time": WHEN,
        "creator_user_ref": ref("user-account"),
        "number_of_subkeys": 2,
    },
    "x509-certificate": {
        "is_self_signed": False,
        "hashes": HASHES,
        "version": "3",
        "serial_number": "36:f7",
        "signature_algorithm": "sha256",
        "issuer": "C=JP",
        "validity_not_before": WHEN,
        "validity_not_after": LATER,
        "subject": "C=JP",
        "subject_public_key_algorithm": "rsa",
        "subject_public_key_modulus": "00",
        "subject_public_key_exponent": 65537,
        "x509_v3_extensions": {"key_usage": "a", "private_key_usage_period_not_before": WHEN},
    },
}
_META: Final[dict[str, dict[str, Any]]] = {
    "language-content": {
        **{name: part for name, part in _CORE.items() if name != "lang"},
        "granular_markings": [{"marking_ref": MARKING, "selectors": ["labels"]}],
        "object_ref": ref("campaign"),
        "object_modified": WHEN,
        "contents": {"de": {"name": "Bank", "goals": ["Geld", ""]}, "ja": {"name": "銀行"}},
    },
    "marking-definition": {
        "spec_version": "2.1",
        "created_by_ref": IDENTITY,
        "created": WHEN,
        "name": "terms",
        "definition_type": "statement",
        "definition": {"statement": "Copyright 2026"},
        "external_references": [{"source_name": "a", "description": "b"}],
        "object_marking_refs": [MARKING],
        "granular_markings": [{"marking_ref": MARKING, "selectors": ["name"]}],
        "extensions": {EXTENSION: {"extension_type": "property-extension", "rank": 5}},
    },
    "extension-definition": {
        **{name: part for name, part in _CORE.items() if name not in ("lang", "confidence", "extensions")},
        "granular_markings": [{"marking_ref": MARKING, "selectors": ["labels"]}],
        "name": "rank",
        "description": "a",
        "schema": "https://example.com/schema",
        "version": "1.2.1",
        "extension_types": ["toplevel-property-extension"],
        "extension_properties": ["toxicity"],
    },
}

EXAMPLES: Final[dict[str, dict[str, Any]]] = {
    **{kind: {"type": kind, "id": ref(kind, SDO_UUID), **_CORE, **own} for kind, own in _DOMAIN.items()},
    **{
        kind: {"type": kind, "id": ref(kind, V4 if kind == "process" else V5), **_OBSERVABLE, **own}
        for kind, own in _OBSERVABLES.items()
    },
    **{kind: {"type": kind, "id": ref(kind, SDO_UUID), **own} for kind, own in _META.items()},
}
GONE: Final = object()
"""What a property is changed to that should not be there."""


def stix(kind: str, **changes: Any) -> dict[str, Any]:
    """An object that says everything, with these properties changed; `GONE` takes one away."""
    changed = {**deepcopy(EXAMPLES[kind]), **changes}
    return {name: value for name, value in changed.items() if value is not GONE}


def bare(kind: str, **properties: Any) -> dict[str, Any]:
    """An object that says what it must and these properties."""
    from noroshi.intel.domain.stix.check import TABLES

    return {name: EXAMPLES[kind][name] for name in sorted(TABLES[kind].required)} | properties
