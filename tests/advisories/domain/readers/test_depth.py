import pytest

from noroshi.advisories.domain.readers import READERS, Given
from noroshi.advisories.domain.records import Refused
from noroshi.advisories.domain.sources import SourceKind

DEEP = b"[" * 50_000 + b"]" * 50_000
FEED = b'{"version": "https://jsonfeed.org/version/1.1", "items": '


JSON = (
    SourceKind.FEED,
    SourceKind.JVN_OKA,
    SourceKind.KEV,
    SourceKind.CVE5,
    SourceKind.NVD,
    SourceKind.OSV,
    SourceKind.GHSA,
    SourceKind.CSAF,
)


@pytest.mark.parametrize("kind", JSON)
@pytest.mark.parametrize(
    "body",
    [
        DEEP,
        b'{"vulnerabilities": [{"a": ' + DEEP + b"}]}",
        b'{"id": "x", "database_specific": {"a": ' + DEEP + b"}}",
        b'{"cveMetadata": {"cveId": "CVE-2099-0001"}, "containers": {"cna": {"title": ' + DEEP + b"}}}",
        FEED + DEEP + b"}",
    ],
    ids=["alone", "item", "osv", "cve5", "feed"],
)
def test_what_nests_too_deep_is_refused_and_stops_nothing(kind, body):
    assert {type(each) for each in READERS[kind](body, Given())} <= {Refused}
