"""The way out: nothing inside is reached by an address that somebody typed in."""

import socket
from ipaddress import ip_address, ip_network

import pytest

from factories.endpoint import LOOPBACK, endpoint
from noroshi.kit import outbound
from noroshi.kit.domain.reach import is_reachable
from noroshi.kit.outbound import OutboundFailed, OutboundRefused, check_url, post


@pytest.mark.parametrize(
    "url",
    [
        "http://siem.example/hook",
        "ftp://siem.example/",
        "https://",
        "https://user:pass@siem.example/",
        "https://siem.example/#part",
        "https://siem.example:0/",
        "https://siem.example:99999/",
        "https://[::1/",
        "https://siem.example/a b",
        "https://siem.example/\r\nX: y",
        "https://例え.jp/",
        "javascript:alert(1)",
        "https://siem.example/" + "x" * 2000,
        "",
    ],
)
def test_check_when_the_address_is_not_fit_then_refused(url):
    with pytest.raises(OutboundRefused):
        check_url(url)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "240.0.0.1",
        "192.0.2.1",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "::7f00:1",
        "64:ff9b::a01:203",
        "64:ff9b:1::808:808",
        "2002:a9fe:a9fe::1",
        "2001:0:808:808::80ff:fffe",
        "192.88.99.1",
        "168.63.129.16",
        "fec0::1",
    ],
)
def test_reachable_when_the_address_lies_inside_then_it_is_not(address):
    assert not is_reachable(ip_address(address))


def test_reachable_when_public_or_opened_by_the_operator_then_it_is():
    assert is_reachable(ip_address("8.8.8.8"))
    assert is_reachable(ip_address("2606:4700::1111"))
    assert is_reachable(ip_address("64:ff9b::808:808"))
    assert is_reachable(ip_address("10.1.2.3"), [ip_network("10.1.2.0/24")])
    assert is_reachable(ip_address("::ffff:10.1.2.3"), [ip_network("10.1.2.0/24")])
    assert not is_reachable(ip_address("10.1.3.3"), [ip_network("10.1.2.0/24")])


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "localhost", "[::1]", "017700000001"])
def test_post_when_the_host_leads_inside_then_refused_however_it_is_written(host):
    with pytest.raises((OutboundRefused, OutboundFailed)):
        post(f"https://{host}/", content=b"{}", headers={})


def test_post_when_one_of_the_addresses_is_inside_then_all_are_refused(monkeypatch):
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: rows)
    with pytest.raises(OutboundRefused, match="inside a network"):
        post("https://siem.example/", content=b"{}", headers={})


@pytest.fixture
def partner(tmp_path, settings, monkeypatch):
    settings.OUTBOUND_NETWORKS = LOOPBACK
    with endpoint(tmp_path) as here:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        yield here


def test_post_when_the_name_answers_otherwise_a_moment_later_then_the_first_answer_holds(partner, monkeypatch):
    """Rebinding: what was looked at is what is connected to, and the certificate is still asked for by name."""
    real, asked = socket.getaddrinfo, []

    def once(host, *args, **more):
        asked.append(host)
        return real("127.0.0.1" if len(asked) == 1 else host, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", once)
    answer = post(partner.url, content=b"{}", headers={"X-Test": "1"})

    assert (answer.status, asked[1:]) == (204, ["127.0.0.1"])
    ((headers, body),) = partner.received
    assert (headers["host"], headers["x-test"], body) == (partner.url.split("/")[2], "1", b"{}")


def test_post_when_the_certificate_is_another_s_then_failed(partner, monkeypatch):
    monkeypatch.setattr(outbound, "resolved", lambda *_args: ip_address("127.0.0.1"))
    with pytest.raises(OutboundFailed, match="ConnectError"):
        post(partner.url.replace("localhost", "other.example"), content=b"{}", headers={})
    assert partner.received == []


def test_trust_when_the_authority_goes_then_the_next_call_is_refused_and_within_a_minute_a_changed_file_too(
    partner, monkeypatch, tmp_path
):
    def call():
        return post(partner.url, content=b"{}", headers={}).status

    minute = outbound.time.monotonic()
    monkeypatch.setattr(outbound.time, "monotonic", lambda: minute)
    assert call() == 204
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(OutboundFailed, match="ConnectError"):
        call()
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    assert call() == 204
    (tmp_path / "ca.pem").write_text("")
    minute += 60
    with pytest.raises(OutboundFailed, match="ConnectError"):
        call()


def test_post_when_the_other_side_redirects_then_it_is_not_followed(partner):
    partner.status, partner.headers = 302, {"Location": "https://localhost/elsewhere"}
    assert post(partner.url, content=b"{}", headers={}).status == 302
    assert len(partner.received) == 1


def test_post_when_the_answer_is_too_large_then_failed(partner):
    partner.status, partner.answer = 200, b"x" * (outbound.MOST_BYTES + 1)
    with pytest.raises(OutboundFailed, match="too large"):
        post(partner.url, content=b"{}", headers={})


def test_post_when_nobody_is_there_then_failed(settings):
    settings.OUTBOUND_NETWORKS = LOOPBACK
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(OutboundFailed):
        post(f"https://127.0.0.1:{port}/", content=b"{}", headers={})
