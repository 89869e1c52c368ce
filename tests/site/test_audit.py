"""`noroshi audit verify`: a whole chain exits 0; one that was tampered with exits 4 and says so."""

import json

from click.testing import CliRunner

from noroshi.core import ledger
from noroshi.site.commands.auditing import audit


def verify(*arguments):
    return CliRunner().invoke(audit, ["verify", *arguments])


def test_verify_when_more_waits_than_one_batch_then_all_of_it_is_sealed_and_holds(say):
    for _ in range(ledger.BATCH + 1):
        say()
    done = verify("--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["checked"] == ledger.BATCH + 1


def test_verify_when_the_last_link_is_missing_then_the_chain_is_broken(say, tampering):
    for _ in range(3):
        say()
    assert verify().exit_code == 0
    with tampering() as cursor:
        cursor.execute("DELETE FROM core_seal WHERE position = 3")
        done = verify()
    assert done.exit_code == 4
    assert "2 entries before it hold" in done.stdout
