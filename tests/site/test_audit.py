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


def test_verify_when_heads_were_noted_then_a_chain_rewritten_as_a_whole_is_found(say, tampering, tmp_path):
    noted = tmp_path / "heads.jsonl"
    for _ in range(2):
        say()
        with noted.open("a", encoding="utf-8") as lines:
            lines.write(verify("--json").stdout)
    assert verify("--noted", str(noted)).exit_code == 0
    with tampering() as cursor:
        cursor.execute("UPDATE core_ledgerentry SET action = 'test.unsaid'")
        cursor.execute("DELETE FROM core_seal")
        cursor.execute("INSERT INTO core_pendingentry (entry_id) SELECT id FROM core_ledgerentry")
        assert verify().exit_code == 0
        done = verify("--noted", str(noted))
    assert (done.exit_code, "another than the one that was noted" in done.stdout) == (4, True)


def test_verify_when_the_noted_chain_was_longer_then_it_is_broken(say, tmp_path):
    say()
    noted = tmp_path / "heads.jsonl"
    noted.write_text(json.dumps({"checked": 9, "head": "f" * 64, "broken_entry": None, "reason": ""}), encoding="utf-8")
    done = verify("--noted", str(noted))
    assert (done.exit_code, "shorter than the one that was noted" in done.stdout) == (4, True)


def test_verify_when_the_noted_file_is_something_else_then_one_sentence_says_so(say, tmp_path):
    noted = tmp_path / "heads.jsonl"
    noted.write_text("[1, 2]\n", encoding="utf-8")
    done = verify("--noted", str(noted))
    assert (done.exit_code, "does not hold what" in done.stderr) == (2, True)
