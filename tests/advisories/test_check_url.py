"""`noroshi advisories check-url`: which addresses a source may have."""

import csv
import socket

import pytest
from click.testing import CliRunner

from noroshi.site.cli import main


def asked(*words):
    return CliRunner().invoke(main, ["advisories", "check-url", *words])


@pytest.fixture
def names(monkeypatch):
    """A world in which names outside lead outside."""
    real = socket.getaddrinfo

    def resolve(host, *args, **more):
        return real("93.184.216.34" if host.endswith("example.com") else host, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


def test_every_address_of_the_samples_is_judged_as_it_should_be(shared_data, names):
    with (shared_data / "advisories" / "synthetic" / "urls" / "ssrf_vectors.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {row["url"]: asked(row["url"]).exit_code for row in rows} == {
        row["url"]: 0 if row["expected"] == "allow" else 3 for row in rows
    }
    assert len(rows) == 20


def test_the_reason_is_said_in_a_sentence(names):
    refused = asked("http://example.com:22/")
    assert (refused.exit_code, refused.stderr) == (3, "noroshi: The port 22 is not open to outgoing calls.\n")
    assert asked("http://example.com:8080/", "--port", "8080").stdout == (
        "http://example.com:8080/: fetchable (93.184.216.34)\n"
    )


def test_a_network_inside_is_open_only_where_it_is_opened():
    assert asked("http://10.1.2.3/feed").exit_code == 3
    assert asked("http://10.1.2.3/feed", "--network", "10.1.2.0/24").exit_code == 0
    assert asked("http://10.1.2.3/feed", "--network", "inside").exit_code == 2


def test_a_name_that_has_no_address_just_now_is_said_to_have_none(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: [])
    said = asked("https://feeds.example/")
    assert (said.exit_code, said.stdout) == (
        0, "https://feeds.example/: nothing forbids it, but it cannot be fetched now. The host has no address.\n",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("url", "code", "reason"),
    [
        ("imaps://a@mail.example.com/INBOX", 0, ""),
        ("imaps://a@mail.example.com:1993/INBOX", 3, "The port 1993 is not open to outgoing calls."),
        (
            "imaps://a@127.0.0.1/INBOX",
            3,
            "The host has an address inside a network that is not open to outgoing calls.",
        ),
        ("imaps://mail.example.com/INBOX", 3, "Give a mailbox as in imaps://user@mail.example.com/INBOX."),
    ],
)
def test_a_mailbox_is_judged_as_it_would_be_reached(names, url, code, reason):
    said = asked(url)
    assert (said.exit_code, said.stderr) == (code, f"noroshi: {reason}\n" if reason else "")
    assert said.stdout == ("" if code else f"{url}: fetchable (93.184.216.34)\n")
