"""The tables of chapter 6 of STIX 2.1: cyber-observable objects, their parts and predefined extensions.

Values that the standard gives a form (addresses, names) are held to it unless the object says that it is defanged.
"""

import re
import socket
from collections.abc import Callable
from typing import Any, Final

from noroshi.intel.domain.stix.ids import CONTRIBUTING
from noroshi.intel.domain.stix.kinds import observable_table
from noroshi.intel.domain.stix.rules import Found, Rule, found
from noroshi.intel.domain.stix.tables import (
    Between,
    Table,
    at_least_one,
    exclusive,
    needs,
    not_before,
    only_if,
    something,
)
from noroshi.intel.domain.stix.types import SCO_REF
from noroshi.intel.domain.stix.values import (
    Check,
    anything,
    binary,
    boolean,
    dictionary,
    hashes,
    hexadecimal,
    integer,
    language,
    list_of,
    number,
    one_of,
    open_vocabulary,
    reference,
    string,
    timestamp,
    url,
    value_of_form,
)
from noroshi.intel.domain.stix.vocabularies import (
    ENCRYPTION_ALGORITHM,
    NETWORK_SOCKET_ADDRESS_FAMILY,
    NETWORK_SOCKET_TYPE,
    WINDOWS_INTEGRITY_LEVEL,
    WINDOWS_REGISTRY_DATATYPE,
    WINDOWS_SERVICE_START_TYPE,
    WINDOWS_SERVICE_STATUS,
    WINDOWS_SERVICE_TYPE,
)

MAX_PORT: Final = 65_535
RANDOM: Final = "4"

_strings: Final = list_of(string)
_count: Final = integer(0)
_any_integer: Final = integer()
_port: Final = integer(0, MAX_PORT)
_dictionary: Final = dictionary(anything)
_file_or_directory: Final = list_of(reference("file", "directory"))
_artifact: Final = reference("artifact")
_traffic: Final = reference("network-traffic")
_address: Final = reference("email-addr")
_end: Final = reference("ipv4-addr", "ipv6-addr", "mac-addr", "domain-name")


_is_length: Final = re.compile(r"[0-9]{1,3}").fullmatch


def random_identifier(kind: str) -> Between:
    """2.9: where nothing contributes to a deterministic identifier, it is random (UUID version 4)."""
    contributing = frozenset(CONTRIBUTING[kind])

    def check(value: dict[str, Any]) -> Found:
        if contributing.isdisjoint(value) and value["id"][-22] != RANDOM:
            return found(Rule.IDENTIFIER_RANDOM, "id", value=value["id"])
        return None

    return check


def form_of_value(reads: Callable[[str], object], example: str) -> Between:
    """Chapter 6: `value` is read without an error, unless the object is defanged."""

    def check(value: dict[str, Any]) -> Found:
        if value.get("defanged") is True:
            return None
        try:
            reads(value["value"])
        except (ValueError, OSError):
            return found(Rule.VALUE_FORM, "value", value=value["value"], example=example)
        return None

    return check


def _matching(form: str) -> Callable[[str], object]:
    fits = re.compile(form).fullmatch

    def read(text: str) -> object:
        if fits(text) is None:
            raise ValueError
        return text

    return read


def _network(family: int, longest: int) -> Callable[[str], object]:
    """Read an address, or a network in CIDR notation, by the C library: `ipaddress` takes ten times as long."""

    def read(text: str) -> object:
        host, slash, length = text.partition("/")
        if slash and not (_is_length(length) and int(length) <= longest):
            raise ValueError
        return socket.inet_pton(family, host)

    return read


def something_of_its_own(*names: str) -> Between:
    """Chapter 6: the object says at least one of the properties of its own table, or has an extension."""
    return at_least_one(*names, "extensions")


def closed_traffic(value: dict[str, Any]) -> Found:
    """6.12.1: traffic that has ended is not active."""
    if "end" in value and value.get("is_active") is not False:
        return found(Rule.ONLY_IF, "end", name="end", other="is_active", value=False)
    return None


ALTERNATE_DATA_STREAM: Final = Table("6.7.4.1", {"name": string, "hashes": hashes, "size": _count}, ("name",))
PE_OPTIONAL_HEADER: Final = Table(
    "6.7.7.2",
    {
        **dict.fromkeys(
            ("magic_hex", "win32_version_value_hex", "checksum_hex", "subsystem_hex", "dll_characteristics_hex",
             "loader_flags_hex"),
            hexadecimal,
        ),
        **dict.fromkeys(
            ("major_linker_version", "minor_linker_version", "address_of_entry_point", "base_of_code",
             "base_of_data", "image_base", "section_alignment", "file_alignment", "major_os_version",
             "minor_os_version", "major_image_version", "minor_image_version", "major_subsystem_version",
             "minor_subsystem_version", "number_of_rva_and_sizes"),
            _any_integer,
        ),
        **dict.fromkeys(
            ("size_of_code", "size_of_initialized_data", "size_of_uninitialized_data", "size_of_image",
             "size_of_headers", "size_of_stack_reserve", "size_of_stack_commit", "size_of_heap_reserve",
             "size_of_heap_commit"),
            _count,
        ),
        "hashes": hashes,
    },
    between=(something,),
)  # fmt: skip
PE_SECTION: Final = Table("6.7.7.3", {"name": string, "size": _count, "entropy": number(), "hashes": hashes}, ("name",))
FILE_EXTENSIONS: Final = {
    "archive-ext": Table("6.7.3", {"contains_refs": _file_or_directory, "comment": string}, ("contains_refs",)),
    "ntfs-ext": Table(
        "6.7.4",
        {"sid": string, "alternate_data_streams": list_of(ALTERNATE_DATA_STREAM.check)},
        between=(something,),
    ),
    "pdf-ext": Table(
        "6.7.5",
        {
            "version": string,
            "is_optimized": boolean,
            "document_info_dict": _dictionary,
            "pdfid0": string,
            "pdfid1": string,
        },
        between=(something,),
    ),
    "raster-image-ext": Table(
        "6.7.6",
        {
            "image_height": _any_integer,
            "image_width": _any_integer,
            "bits_per_pixel": _any_integer,
            "exif_tags": _dictionary,
        },
        between=(something,),
    ),
    "windows-pebinary-ext": Table(
        "6.7.7",
        {
            "pe_type": open_vocabulary,
            "imphash": string,
            "machine_hex": hexadecimal,
            "number_of_sections": _count,
            "time_date_stamp": timestamp,
            "pointer_to_symbol_table_hex": hexadecimal,
            "number_of_symbols": _count,
            "size_of_optional_header": _count,
            "characteristics_hex": hexadecimal,
            "file_header_hashes": hashes,
            "optional_header": PE_OPTIONAL_HEADER.check,
            "sections": list_of(PE_SECTION.check),
        },
        ("pe_type",),
    ),
}
TRAFFIC_EXTENSIONS: Final = {
    "http-request-ext": Table(
        "6.12.2",
        {
            "request_method": string,
            "request_value": string,
            "request_version": string,
            "request_header": dictionary(_strings),
            "message_body_length": _any_integer,
            "message_body_data_ref": _artifact,
        },
        ("request_method", "request_value"),
    ),
    "icmp-ext": Table(
        "6.12.3",
        {"icmp_type_hex": hexadecimal, "icmp_code_hex": hexadecimal},
        ("icmp_type_hex", "icmp_code_hex"),
    ),
    "socket-ext": Table(
        "6.12.4",
        {
            "address_family": one_of(NETWORK_SOCKET_ADDRESS_FAMILY),
            "is_blocking": boolean,
            "is_listening": boolean,
            "options": dictionary(
                _any_integer, key=re.compile(r"(?:SO|ICMP|ICMP6|IP|IPV6|MCAST|TCP|IRLMP)_[A-Za-z0-9_]{1,240}").fullmatch
            ),
            "socket_type": one_of(NETWORK_SOCKET_TYPE),
            "socket_descriptor": _count,
            "socket_handle": _any_integer,
        },
        ("address_family",),
    ),
    "tcp-ext": Table("6.12.5", {"src_flags_hex": hexadecimal, "dst_flags_hex": hexadecimal}, between=(something,)),
}
PROCESS_EXTENSIONS: Final = {
    "windows-process-ext": Table(
        "6.13.2",
        {
            "aslr_enabled": boolean,
            "dep_enabled": boolean,
            "priority": string,
            "owner_sid": string,
            "window_title": string,
            "startup_info": _dictionary,
            "integrity_level": one_of(WINDOWS_INTEGRITY_LEVEL),
        },
        between=(something,),
    ),
    "windows-service-ext": Table(
        "6.13.3",
        {
            "service_name": string,
            "descriptions": _strings,
            "display_name": string,
            "group_name": string,
            "start_type": one_of(WINDOWS_SERVICE_START_TYPE),
            "service_dll_refs": list_of(reference("file")),
            "service_type": one_of(WINDOWS_SERVICE_TYPE),
            "service_status": one_of(WINDOWS_SERVICE_STATUS),
        },
        between=(something,),
    ),
}
ACCOUNT_EXTENSIONS: Final = {
    "unix-account-ext": Table(
        "6.16.2",
        {"gid": _any_integer, "groups": _strings, "home_dir": string, "shell": string},
        between=(something,),
    )
}
MIME_PART: Final = Table(
    "6.6.2",
    {
        "body": string,
        "body_raw_ref": reference("artifact", "file"),
        "content_type": string,
        "content_disposition": string,
    },
    between=(at_least_one("body", "body_raw_ref"), exclusive("body", "body_raw_ref")),
)
REGISTRY_VALUE: Final = Table(
    "6.17.2",
    {"name": string, "data": string, "data_type": one_of(WINDOWS_REGISTRY_DATATYPE)},
    between=(something,),
)
X509_EXTENSIONS: Final = Table(
    "6.18.2",
    {
        **dict.fromkeys(
            ("basic_constraints", "name_constraints", "policy_constraints", "key_usage", "extended_key_usage",
             "subject_key_identifier", "authority_key_identifier", "subject_alternative_name",
             "issuer_alternative_name", "subject_directory_attributes", "crl_distribution_points",
             "inhibit_any_policy", "certificate_policies", "policy_mappings"),
            string,
        ),
        "private_key_usage_period_not_before": timestamp,
        "private_key_usage_period_not_after": timestamp,
    },
    between=(something,),
)  # fmt: skip

_TIMES: Final[dict[str, Check]] = {"ctime": timestamp, "mtime": timestamp, "atime": timestamp}
_charset: Final = value_of_form(r"[a-zA-Z0-9/.+_:()-]{2,250}", "UTF-8")
_cpe: Final = value_of_form(r"cpe:2\.3:[aho*-](?::(?:[^:\\\s]|\\.)+){10}", "cpe:2.3:a:vendor:product:1.0:*:*:*:*:*:*:*")
_CERTIFICATE: Final[dict[str, Check]] = {
    "is_self_signed": boolean,
    "hashes": hashes,
    "version": string,
    "serial_number": string,
    "signature_algorithm": string,
    "issuer": string,
    "validity_not_before": timestamp,
    "validity_not_after": timestamp,
    "subject": string,
    "subject_public_key_algorithm": string,
    "subject_public_key_modulus": string,
    "subject_public_key_exponent": _any_integer,
    "x509_v3_extensions": X509_EXTENSIONS.check,
}
_PROCESS: Final[dict[str, Check]] = {
    "is_hidden": boolean,
    "pid": _any_integer,
    "created_time": timestamp,
    "cwd": string,
    "command_line": string,
    "environment_variables": dictionary(string),
    "opened_connection_refs": list_of(_traffic),
    "creator_user_ref": reference("user-account"),
    "image_ref": reference("file"),
    "parent_ref": reference("process"),
    "child_refs": list_of(reference("process")),
}
_ADDRESS: Final[dict[str, Check]] = {
    "value": string,
    "resolves_to_refs": list_of(reference("mac-addr")),
    "belongs_to_refs": list_of(reference("autonomous-system")),
}

OBSERVABLES: Final[dict[str, Table]] = {
    "artifact": observable_table(
        "artifact",
        "6.1.1",
        {
            "mime_type": value_of_form(r"[^\s/]+/[^\s/]+.*", "application/pdf"),
            "payload_bin": binary,
            "url": url,
            "hashes": hashes,
            "encryption_algorithm": one_of(ENCRYPTION_ALGORITHM),
            "decryption_key": string,
        },
        (),
        (
            at_least_one("payload_bin", "url"),
            exclusive("payload_bin", "url"),
            needs("url", "hashes"),
            needs("decryption_key", "encryption_algorithm"),
            random_identifier("artifact"),
        ),
    ),
    "autonomous-system": observable_table(
        "autonomous-system", "6.2.1", {"number": _any_integer, "name": string, "rir": string}, ("number",)
    ),
    "directory": observable_table(
        "directory",
        "6.3.1",
        {"path": string, "path_enc": _charset, **_TIMES, "contains_refs": _file_or_directory},
        ("path",),
    ),
    "domain-name": observable_table(
        "domain-name",
        "6.4.1",
        {"value": string, "resolves_to_refs": list_of(reference("ipv4-addr", "ipv6-addr", "domain-name"))},
        ("value",),
        (form_of_value(_matching(r"(?:[\w-]{1,63}\.)*[\w-]{1,63}\.?"), "www.example.com"),),
    ),
    "email-addr": observable_table(
        "email-addr",
        "6.5.1",
        {"value": string, "display_name": string, "belongs_to_ref": reference("user-account")},
        ("value",),
        (form_of_value(_matching(r"[^\s<>]+@[^\s<>@]+"), "jane.smith@example.com"),),
    ),
    "email-message": observable_table(
        "email-message",
        "6.6.1",
        {
            "is_multipart": boolean,
            "date": timestamp,
            "content_type": string,
            "from_ref": _address,
            "sender_ref": _address,
            "to_refs": list_of(_address),
            "cc_refs": list_of(_address),
            "bcc_refs": list_of(_address),
            "message_id": string,
            "subject": string,
            "received_lines": _strings,
            "additional_header_fields": dictionary(_strings),
            "body": string,
            "body_multipart": list_of(MIME_PART.check),
            "raw_email_ref": _artifact,
        },
        ("is_multipart",),
        (
            only_if("body", "is_multipart", is_=False),
            only_if("body_multipart", "is_multipart", is_=True),
            random_identifier("email-message"),
        ),
    ),
    "file": observable_table(
        "file",
        "6.7.1",
        {
            "hashes": hashes,
            "size": _count,
            "name": string,
            "name_enc": _charset,
            "magic_number_hex": hexadecimal,
            "mime_type": string,
            **_TIMES,
            "parent_directory_ref": reference("directory"),
            "contains_refs": list_of(SCO_REF),
            "content_ref": _artifact,
        },
        (),
        (at_least_one("hashes", "name"), needs("name_enc", "name")),
        predefined=FILE_EXTENSIONS,
    ),
    "ipv4-addr": observable_table(
        "ipv4-addr", "6.8.1", _ADDRESS, ("value",), (form_of_value(_network(socket.AF_INET, 32), "198.51.100.0/24"),)
    ),
    "ipv6-addr": observable_table(
        "ipv6-addr", "6.9.1", _ADDRESS, ("value",), (form_of_value(_network(socket.AF_INET6, 128), "2001:db8::/96"),)
    ),
    "mac-addr": observable_table(
        "mac-addr",
        "6.10.1",
        {"value": string},
        ("value",),
        (form_of_value(_matching(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}"), "d2:fb:49:24:37:18"),),
    ),
    "mutex": observable_table("mutex", "6.11.1", {"name": string}, ("name",)),
    "network-traffic": observable_table(
        "network-traffic",
        "6.12.1",
        {
            "start": timestamp,
            "end": timestamp,
            "is_active": boolean,
            "src_ref": _end,
            "dst_ref": _end,
            "src_port": _port,
            "dst_port": _port,
            "protocols": list_of(value_of_form(r"[^A-Z\s]+", "ipv4")),
            "src_byte_count": _count,
            "dst_byte_count": _count,
            "src_packets": _count,
            "dst_packets": _count,
            "ipfix": _dictionary,
            "src_payload_ref": _artifact,
            "dst_payload_ref": _artifact,
            "encapsulates_refs": list_of(_traffic),
            "encapsulated_by_ref": _traffic,
        },
        ("protocols",),
        (at_least_one("src_ref", "dst_ref"), closed_traffic, not_before("end", "start")),
        predefined=TRAFFIC_EXTENSIONS,
    ),
    "process": observable_table(
        "process",
        "6.13.1",
        _PROCESS,
        (),
        (something_of_its_own(*_PROCESS), random_identifier("process")),
        predefined=PROCESS_EXTENSIONS,
    ),
    "software": observable_table(
        "software",
        "6.14.1",
        {
            "name": string,
            "cpe": _cpe,
            "swid": string,
            "languages": list_of(language),
            "vendor": string,
            "version": string,
        },
        ("name",),
    ),
    "url": observable_table(
        "url",
        "6.15.1",
        {"value": string},
        ("value",),
        (form_of_value(_matching(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\x00-\x20\x7f]+"), "https://example.com/a"),),
    ),
    "user-account": observable_table(
        "user-account",
        "6.16.1",
        {
            "user_id": string,
            "credential": string,
            "account_login": string,
            "account_type": open_vocabulary,
            "display_name": string,
            **dict.fromkeys(("is_service_account", "is_privileged", "can_escalate_privs", "is_disabled"), boolean),
            **dict.fromkeys(
                (
                    "account_created",
                    "account_expires",
                    "credential_last_changed",
                    "account_first_login",
                    "account_last_login",
                ),
                timestamp,
            ),
        },
        (),
        (random_identifier("user-account"),),
        predefined=ACCOUNT_EXTENSIONS,
    ),
    "windows-registry-key": observable_table(
        "windows-registry-key",
        "6.17.1",
        {
            "key": value_of_form(r"(?!(?:HKLM|HKCC|HKCR|HKCU|HKU)(?:\\|$))(?s:.*)", "HKEY_LOCAL_MACHINE\\System"),
            "values": list_of(REGISTRY_VALUE.check),
            "modified_time": timestamp,
            "creator_user_ref": reference("user-account"),
            "number_of_subkeys": _any_integer,
        },
        (),
        (
            something_of_its_own("key", "values", "modified_time", "creator_user_ref", "number_of_subkeys"),
            random_identifier("windows-registry-key"),
        ),
    ),
    "x509-certificate": observable_table(
        "x509-certificate",
        "6.18.1",
        _CERTIFICATE,
        (),
        (something_of_its_own(*_CERTIFICATE), random_identifier("x509-certificate")),
    ),
}
