"""The throw-away PostgreSQL."""

import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import postgres
import pytest

TOOL = Path(postgres.__file__)
installed = pytest.mark.skipif(
    postgres.programs() is None, reason="PostgreSQL is not installed: apt install postgresql"
)


def _run(*arguments):
    return subprocess.run([sys.executable, TOOL, *arguments], capture_output=True, text=True, check=False)


@installed
def test_run_when_a_command_ends_then_its_exit_code_is_kept_and_the_cluster_is_gone():
    probe = "import os, sys; print(os.environ['NOROSHI_DATABASE_URL']); sys.exit(3)"

    result = _run("run", sys.executable, "-c", probe)

    folder = parse_qs(urlsplit(result.stdout.strip()).query)["host"][0]
    assert (result.returncode, Path(folder).exists()) == (3, False)


@installed
def test_run_when_kept_then_the_next_one_finds_what_was_written():
    write = "import os, subprocess; subprocess.run(['psql', os.environ['NOROSHI_DATABASE_URL'], '-qc', %r], check=True)"
    address = "postgresql://postgres@/noroshi?host="
    with tempfile.TemporaryDirectory(prefix="noroshi-kept-") as folder:
        script = write.replace("os.environ['NOROSHI_DATABASE_URL']", repr(address + folder))
        codes = [
            _run("run", "-k", folder, sys.executable, "-c", script % statement).returncode
            for statement in ("CREATE TABLE kept (number int)", "INSERT INTO kept VALUES (1)", "SELECT * FROM lost")
        ]
    assert codes == [0, 0, 1]


@installed
def test_cluster_when_used_then_it_is_utf8_in_one_order_everywhere():
    import psycopg

    with postgres.cluster() as address:
        query = parse_qs(urlsplit(address).query)
        with psycopg.connect(host=query["host"][0], user=query["user"][0], dbname="noroshi") as connection:
            row = connection.execute(
                "SELECT datcollate, datctype, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'noroshi'"
            ).fetchone()
    assert row == ("C.UTF-8", "C.UTF-8", "UTF8")


@pytest.mark.parametrize("arguments", [(), ("run",), ("run", "-k"), ("run", "-k", "a", "-k", "b", "true"), ("stop",)])
def test_command_line_when_it_makes_no_sense_then_the_usage_is_shown(arguments):
    result = _run(*arguments)

    assert (result.returncode, result.stdout) == (2, "")
    assert "postgres.py run [-k FOLDER] [-c NAME=VALUE ...] COMMAND" in result.stderr
