"""Logs without an end: standard input and syslog sockets, by the commands that people start, also when they die."""

import os
import random
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from contextlib import contextmanager, suppress

import duckdb
import pytest
from click.testing import CliRunner
from django.utils.translation import gettext, override

from factories.lakes import EVIL_ADDRESS
from factories.shell import fresh_environment
from noroshi.hunting.engine import Lake
from noroshi.hunting.lake import open_lake
from noroshi.site.cli import main

KEY = b"a pseudonym key for tests only.."
LINE = f'{EVIL_ADDRESS} - - [20/Nov/2026:10:00:00 +0900] "GET /login HTTP/1.1" 200 12 "-" "curl/8"\n'
PATIENCE = 60.0
INSTALLING = 300.0
"""Making an installation applies every migration, which takes most of a minute on a busy machine."""


def message(number):
    address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
    return f"<34>1 2026-11-20T01:00:00Z host app - - - seen src_ip={address}".encode()


def events():
    return sum(source.events for source in open_lake().status())


# standard input


def test_standard_input_is_a_file_and_known_if_it_comes_again(cast, tmp_path):
    command = ["lake", "ingest", "--org", "bank_a", "--source", "web"]
    first = CliRunner().invoke(main, [*command, "-"], input=LINE * 3)
    assert first.stdout.startswith("bank_a/web: 1 files, 3 events, 0 lines in quarantine, in ")
    again = CliRunner().invoke(main, [*command, "-"], input=LINE * 3)
    assert again.stdout.startswith("bank_a/web: 0 files, 0 events, 0 lines in quarantine, 1 files known already")
    (tmp_path / "a.log").write_text(LINE * 3)
    file = CliRunner().invoke(main, [*command, str(tmp_path / "a.log")])
    assert "1 files known already" in file.stdout
    assert events() == 3


def test_standard_input_that_is_refused_leaves_nothing(cast, settings):
    result = CliRunner().invoke(main, ["lake", "ingest", "--org", "bank_a", "--source", "web", "-"], input="")
    assert (result.exit_code, result.stderr) == (3, "noroshi: stdin: The file is empty.\n")
    assert list((settings.LAKE_DIR / "waiting").iterdir()) == []


# An installation whose processes are killed.


@pytest.fixture(scope="module")
def place(tmp_path_factory, migrated):
    """An installation of its own with one bank."""
    folder = tmp_path_factory.mktemp("streams")
    migrated(folder)
    for command in (["init"], ["organisation", "create", "bank_a", "--kind", "regional_bank"]):
        with started(folder, *command) as process:
            assert process.wait(INSTALLING) == 0
    return folder


def started(folder, *arguments, **settings):
    named = {f"NOROSHI_{name}": str(value) for name, value in settings.items()}
    environment = fresh_environment(
        NOROSHI_DATA_DIR=str(folder), NOROSHI_LOG_LEVEL="ERROR", PYTHONPATH=os.pathsep.join(sys.path), **named
    )
    command = [sys.executable, "-m", "noroshi.site", *arguments]
    return subprocess.Popen(command, env=environment, stdin=-1, stdout=-1, stderr=-1, text=True)


@contextmanager
def listening(folder, source, **settings):
    """Listen; yield the process and its addresses. What is left of it at the end is stopped."""
    whose = ("--org", "bank_a", "--source", source, "--every", "0.3")
    with started(folder, "lake", "listen", *whose, **settings) as process:
        said = process.stdout.readline()
        places = [place.rpartition(":") for place in said.removeprefix("listening at ").split(",")]
        try:
            yield process, [(host.strip(), int(port)) for host, _, port in places]
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.said = process.communicate(timeout=PATIENCE)


def arrived(folder, source):
    """Return the numbers of the messages in the lake, sorted, each as often as it is there."""
    lake = Lake(folder / "lake", key=KEY)
    paths = [folder / "lake" / part.path for part in lake._manifest.part_rows("bank_a") if part.source == source]
    if not paths:
        return []
    rows = duckdb.sql(f"SELECT src_ip FROM read_parquet({[str(path) for path in paths]})").fetchall()
    parts = [[int(part) for part in address.split(".")] for (address,) in rows]
    return sorted(a << 16 | b << 8 | c for _, a, b, c in parts)


def wait_until(holds):
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_syslog_comes_in_by_tcp_in_both_framings_and_by_udp_and_the_last_batch_at_the_end(place):
    both = {"SYSLOG_TCP": "127.0.0.1:0", "SYSLOG_UDP": "127.0.0.1:0"}
    with listening(place, "both", **both) as (process, (tcp, udp)):
        with socket.create_connection(tcp) as connection:
            connection.sendall(b"%d " % len(message(1)) + message(1) + message(2) + b"\n")
            connection.sendall(message(3))
        with socket.socket(type=socket.SOCK_DGRAM) as datagrams:
            datagrams.sendto(message(4), udp)
        wait_until(lambda: arrived(place, "both") == [1, 2, 3, 4])
        with socket.create_connection(tcp) as connection:
            connection.sendall(message(5) + b"\n")
            time.sleep(0.2)
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)
    assert process.returncode == 0
    assert process.said[1] == "5 messages; 0 too long, 0 dropped, 0 turned away\n"
    assert arrived(place, "both") == [1, 2, 3, 4, 5]
    assert list((place / "lake" / "waiting").rglob("*.log")) == []


def test_who_is_not_among_the_peers_is_turned_away(place):
    strangers = {"SYSLOG_TCP": "127.0.0.1:0", "SYSLOG_UDP": "127.0.0.1:0", "SYSLOG_PEERS": "192.0.2.0/24"}
    with listening(place, "strangers", **strangers) as (process, (tcp, udp)):
        with socket.create_connection(tcp) as connection:
            assert connection.recv(1) == b""
        with socket.socket(type=socket.SOCK_DGRAM) as datagrams:
            datagrams.sendto(message(1), udp)
            time.sleep(0.2)
    assert process.said[1] == "0 messages; 0 too long, 0 dropped, 2 turned away\n"
    assert arrived(place, "strangers") == []


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed: apt-get install openssl")
def test_syslog_comes_in_by_tls_from_whoever_shows_a_certificate(place, tmp_path):
    pem = tmp_path / "both.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject]
    subprocess.run([*command, "-keyout", tmp_path / "key.pem", "-out", pem], check=True, capture_output=True)
    tls = {"SYSLOG_CERTIFICATE": pem, "SYSLOG_CERTIFICATE_KEY": tmp_path / "key.pem", "SYSLOG_CLIENTS": pem}
    trusting = ssl.create_default_context(cafile=str(pem))
    with listening(place, "tls", SYSLOG_TCP="127.0.0.1:0", **tls) as (_process, (tcp,)):
        for certified in (False, True):
            if certified:
                trusting.load_cert_chain(pem, tmp_path / "key.pem")
            with (
                suppress(ssl.SSLError, ConnectionError),
                socket.create_connection(tcp) as plain,
                trusting.wrap_socket(plain, server_hostname="127.0.0.1") as connection,
            ):
                connection.sendall(b"%d " % len(message(certified)) + message(certified))
                connection.unwrap()
        wait_until(lambda: arrived(place, "tls"))
    assert arrived(place, "tls") == [1]


def test_two_processes_do_not_share_a_stream_and_none_listens_nowhere(place):
    with listening(place, "taken", SYSLOG_TCP="127.0.0.1:0"):
        whose = ("--org", "bank_a", "--source", "taken")
        with started(place, "lake", "listen", *whose, SYSLOG_TCP="127.0.0.1:0") as second:
            said = second.communicate(timeout=PATIENCE)[1]
        with override("ja"):
            taken = gettext("Another process takes in this stream: stop it, or name another source.")
        assert said == f"noroshi: {taken}\n"
    with started(place, "lake", "listen", "--org", "bank_a", "--source", "none") as nowhere:
        assert nowhere.communicate(timeout=PATIENCE)[1].startswith(
            "noroshi: NOROSHI_SYSLOG_TCP or NOROSHI_SYSLOG_UDP says where"
        )
        assert nowhere.returncode == 3


def test_a_listener_killed_at_any_moment_doubles_nothing_and_loses_the_end_of_a_connection_alone(place):
    moments, sent = random.Random(7), 0
    connections = []
    for _ in range(3):
        with listening(place, "killed", SYSLOG_TCP="127.0.0.1:0") as (process, (tcp,)):
            first, until = sent, time.monotonic() + moments.uniform(0.2, 1.2)
            with socket.create_connection(tcp) as connection, suppress(ConnectionError):
                while time.monotonic() < until:
                    connection.sendall(b"".join(message(number) + b"\n" for number in range(sent, sent + 500)))
                    sent += 500
                    time.sleep(0.02)
                process.kill()
                process.wait()
            connections.append((first, sent))
    with listening(place, "killed", SYSLOG_TCP="127.0.0.1:0"):
        pass
    found = arrived(place, "killed")
    assert len(found) == len(set(found))
    for first, last in connections:
        mine = [number for number in found if first <= number < last]
        assert mine == list(range(first, first + len(mine)))
        assert last - first - len(mine) <= 4_000  # what was in the buffers of the socket


def test_what_follows_a_program_comes_in_while_it_writes_and_is_whole_after_kills(place):
    whose = ("--org", "bank_a", "--source", "followed", "--format", "syslog", "--every", "0.2")
    for first in (0, 1_000):
        with started(place, "lake", "follow", *whose) as process:
            process.stdin.write("".join(message(n).decode() + "\n" for n in range(first, first + 1_000)))
            process.stdin.flush()
            wait_until(lambda number=first: len(arrived(place, "followed")) == number + 1_000)
            process.kill()
            process.communicate()
    with started(place, "lake", "follow", *whose) as process:
        process.communicate(message(2_000).decode() + "\n" + message(2_001).decode(), timeout=PATIENCE)
    assert arrived(place, "followed") == list(range(2_002))


def test_standard_input_killed_at_any_moment_is_whole_once_it_is_given_again(place):
    moments, whole = random.Random(7), "".join(message(number).decode() + "\n" for number in range(30_000))
    command = ("lake", "ingest", "--org", "bank_a", "--source", "stdin", "-")
    for _ in range(2):
        with started(place, *command) as process, suppress(BrokenPipeError):
            process.stdin.write(whole)
            process.stdin.close()
            time.sleep(moments.uniform(0.1, 1.5))
            process.kill()
        assert len(arrived(place, "stdin")) in {0, 30_000}
    for _ in range(2):
        with started(place, *command) as process:
            process.communicate(whole, timeout=PATIENCE)
    assert arrived(place, "stdin") == list(range(30_000))
