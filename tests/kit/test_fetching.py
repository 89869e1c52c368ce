"""Fetching what somebody else publishes: as far as is asked for, and no byte further."""

import gzip
import io
import socket
import threading
import zlib
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest

from factories.endpoint import LOOPBACK
from factories.web import Page, web
from noroshi.kit.domain.unpacking import Room
from noroshi.kit.outbound import (
    MOST_HEADERS,
    Bounds,
    OutboundFailed,
    OutboundRefused,
    Reach,
    conditional,
    fetch,
    redirected,
    wait_asked,
)

ROOM = Room(packed=100_000, unpacked=1_000_000)


@pytest.fixture
def site():
    with web() as here:
        yield here


@pytest.fixture
def reach(site):
    return Reach(plain=True, ports=frozenset({80, 443, site.port}), networks=tuple(LOOPBACK), redirects=5)


def fetched(url, reach, *, room=ROOM, total=20.0, **more):
    into = io.BytesIO()
    answer = fetch(url, into, headers={"User-Agent": "test"}, reach=reach, bounds=Bounds(room, total), **more)
    return answer, into.getvalue()


def test_what_is_fetched_is_written_into_the_file_and_says_where_it_came_from(site, reach):
    site.pages["/feed"] = Page(b"news", headers={"ETag": '"1"'})
    answer, body = fetched(site.at("/feed"), reach)
    assert (answer.status, answer.url, answer.headers["etag"], body) == (200, site.at("/feed"), '"1"', b"news")


def test_a_network_that_one_source_may_reach_is_closed_to_the_others(site, reach):
    site.pages["/"] = Page(b"news")
    with pytest.raises(OutboundRefused, match="inside a network"):
        fetched(site.at("/"), Reach(plain=True))
    with pytest.raises(OutboundRefused, match=f"port {site.port} is not open"):
        fetched(site.at("/"), Reach(plain=True, ports=frozenset({80, 443}), networks=tuple(LOOPBACK)))
    assert site.asked == []
    assert fetched(site.at("/"), reach)[1] == b"news"


def test_redirects_are_followed_five_times_and_each_is_looked_at_like_the_first(site, reach):
    for number in range(9):
        site.pages[f"/{number}"] = Page(b"moved", 302, {"Location": f"/{number + 1}"})
    site.pages["/5"] = Page(b"there")
    answer, body = fetched(site.at("/0"), reach)
    assert (answer.url, body) == (site.at("/5"), b"there")
    site.pages["/5"] = Page(status=302, headers={"Location": "/6"})
    with pytest.raises(OutboundFailed, match="from one address to the next"):
        fetched(site.at("/0"), reach)
    site.pages["/0"] = Page(status=302, headers={"Location": "http://169.254.169.254/latest/meta-data/"})
    with pytest.raises(OutboundRefused, match="not open"):
        fetched(site.at("/0"), reach)


def test_a_secret_goes_to_the_server_alone_for_which_it_was_given(site, reach):
    site.pages["/a"] = Page(status=302, headers={"Location": site.at("/b", "localhost")})
    site.pages["/b"] = Page(b"there")
    fetched(site.at("/a"), reach, private={"apiKey": "s3cret"})
    assert [headers.get("apikey") for _path, headers in site.asked] == ["s3cret", None]


@pytest.mark.parametrize(
    ("url", "location", "leads"),
    [
        ("https://a.example/x/y", "../z?q#part", "https://a.example/z?q"),
        ("http://a.example/", "https://b.example/", "https://b.example/"),
        ("https://a.example/", "//b.example/", "https://b.example/"),
        ("https://a.example/", "http://a.example/", None),
        ("https://a.example/", "file:///etc/passwd", None),
        ("http://a.example/", "https://[::1/", None),
    ],
)
def test_a_redirect_never_leads_to_a_way_that_is_less_safe(url, location, leads):
    if leads is None:
        with pytest.raises(OutboundRefused):
            redirected(url, location)
    else:
        assert redirected(url, location) == leads


def test_what_is_packed_is_unpacked_and_a_bomb_is_not(site, reach):
    text = b"".join(b"line %d\n" % number for number in range(20_000))
    site.pages["/gzip"] = Page(gzip.compress(text[:9]) + gzip.compress(text[9:]), headers={"Content-Encoding": "gzip"})
    site.pages["/zlib"] = Page(zlib.compress(text), headers={"Content-Encoding": "deflate"})
    assert fetched(site.at("/gzip"), reach)[1] == fetched(site.at("/zlib"), reach)[1] == text
    site.pages["/bomb"] = Page(gzip.compress(bytes(3_000_000)), headers={"Content-Encoding": "gzip"})
    with pytest.raises(OutboundFailed, match="too large"):
        fetched(site.at("/bomb"), reach, room=Room(100_000, 10_000_000))  # by its ratio
    with pytest.raises(OutboundFailed, match="too large"):
        fetched(site.at("/gzip"), reach, room=Room(100_000, 100_000))


@pytest.mark.parametrize(
    "page",
    [
        Page(gzip.compress(b"news" * 99)[:-9], headers={"Content-Encoding": "gzip"}),
        Page(b"news", headers={"Content-Encoding": "gzip"}),
        Page(b"news", headers={"Content-Encoding": "br"}),
        Page(bytes(100_001)),
        Page(b"news", headers={"X-Long": "x" * MOST_HEADERS}),
    ],
    ids=["cut off", "not packed", "packed in another way", "too long", "long headers"],
)
def test_an_answer_that_is_not_what_was_agreed_to_is_none(site, reach, page):
    site.pages["/"] = page
    with pytest.raises(OutboundFailed):
        fetched(site.at("/"), reach)


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nX-Drip: a", b"HTTP/1.1 200 OK\r\n\r\nab"])
def test_a_server_that_never_ends_is_left_when_the_time_is_over(said, reach):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def drip():
            connection = server.accept()[0]
            with connection:
                connection.sendall(said)
                while connection.recv(4096):
                    pass

        thread = threading.Thread(target=drip)
        thread.start()
        with pytest.raises(OutboundFailed, match="takes too long"):
            fetched(f"http://127.0.0.1:{port}/", Reach(plain=True, networks=reach.networks), total=0.2)
        thread.join()


def test_where_there_is_a_proxy_it_makes_the_calls_to_the_outside_and_none_inside(site, reach, settings, monkeypatch):
    settings.OUTBOUND_PROXY = site.at("")
    site.pages["http://feeds.example/news"] = Page(b"by the proxy")
    site.pages["/near"] = Page(b"directly")
    real = socket.getaddrinfo

    def names(host, *args, **more):
        return real("8.8.8.8" if host == "feeds.example" else host, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", names)
    assert fetched("http://feeds.example/news", reach)[1] == b"by the proxy"
    assert fetched(site.at("/near"), reach)[1] == b"directly"
    with pytest.raises(OutboundRefused):
        fetched("http://10.0.0.1/", Reach(plain=True, networks=(ip_network("127.0.0.0/8"),)))


def test_what_is_known_is_asked_for_only_if_it_changed():
    assert conditional('"1"', "") == {"If-None-Match": '"1"'}
    assert conditional("", "Fri, 27 Nov 2026 00:00:00 GMT") == {"If-Modified-Since": "Fri, 27 Nov 2026 00:00:00 GMT"}


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120),
        ("Fri, 27 Nov 2026 00:01:00 GMT", 60),
        ("Fri, 27 Nov 2026 00:01:00 -0000", 60),
        ("Thu, 26 Nov 2026 00:01:00 GMT", 0),
        ("999999999999", 86_400),
        ("soon", 0),
        ("", 0),
        ("-5", 0),
        ("\u0661", 0),
    ],
)
def test_the_peace_that_a_server_asks_for_is_kept_for_a_day_at_most(said, seconds):
    now = datetime(2026, 11, 27, tzinfo=UTC)
    assert wait_asked({"retry-after": said}, now) == timedelta(seconds=seconds)
