"""`noroshi check`: an installation set up as the guide says has nothing to complain about."""

import subprocess
import sys

from factories.shell import fresh_environment


def noroshi(folder, *arguments, **settings):
    environment = fresh_environment(NOROSHI_DATA_DIR=str(folder), **settings)
    command = [sys.executable, "-m", "noroshi.site", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_check_when_https_is_set_then_everything_is_in_order_and_without_it_every_line_is_about_https(tmp_path):
    assert noroshi(tmp_path, "init").returncode == 0

    set_up = noroshi(tmp_path, "check", NOROSHI_HTTPS="yes", NOROSHI_BASE_URL="https://portal.example")
    bare = noroshi(tmp_path, "check")

    assert (set_up.returncode, set_up.stdout) == (0, "everything is in order\n")
    assert bare.returncode == 4
    assert sorted(line.partition(":")[0] for line in bare.stdout.splitlines()) == [
        "security.W004",
        "security.W012",
        "security.W016",
    ]


def test_installation_with_a_key_that_is_easy_to_guess_is_named_and_does_not_start(tmp_path, migrated):
    migrated(tmp_path)
    noroshi(tmp_path, "init")

    named = noroshi(tmp_path, "check", NOROSHI_SECRET_KEY="short", NOROSHI_HTTPS="yes")
    refused = [noroshi(tmp_path, verb, NOROSHI_SECRET_KEY="short") for verb in ("serve", "up", "init")]
    by_django = noroshi(tmp_path, "manage", "check", NOROSHI_SECRET_KEY="short")

    assert "noroshi.E002: NOROSHI_SECRET_KEY is easy to guess" in named.stdout
    assert [answer.returncode for answer in refused] == [4, 4, 4]
    assert {answer.stderr.partition(" is easy")[0] for answer in refused} == {
        "noroshi: noroshi.E002: NOROSHI_SECRET_KEY"
    }
    assert {answer.stdout for answer in refused} == {""}
    assert by_django.returncode == 1
    assert "noroshi.E002" in by_django.stderr


def test_a_command_where_nothing_was_made_yet_says_what_to_do(tmp_path):
    done = noroshi(tmp_path, "token", "create", "a1@bank-a.example", "--scopes", "taxii.read")
    sentence = "noroshi: there is no installation here yet, or an older one: run noroshi init.\n"
    assert (done.returncode, done.stderr) == (3, sentence)
