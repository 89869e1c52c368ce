"""What an organisation says of its log sources."""

import pytest

from noroshi.core.errors import InvalidInput, NotAllowed, NotFound
from noroshi.core.models import LedgerEntry
from noroshi.hunting import queries
from noroshi.hunting.actions import set_source
from noroshi.hunting.engine import Reading
from noroshi.hunting.models import LogSource

MAPPING = "format: csv\nfields:\n  いつ: time\n"


def test_a_source_is_set_changed_and_told_in_the_ledger(cast):
    set_source(cast.actor("a1"), source="vpn", mapping=MAPPING, keep_days=90)
    set_source(cast.actor("a2"), source="vpn", mapping=MAPPING, keep_days=30)
    row = LogSource.everything.get()
    assert (row.organisation, row.name, row.keep_days, row.changed_by_id) == (cast.bank_a, "vpn", 30, cast.a2.pk)
    entries = LedgerEntry.objects.filter(action="hunting.source.set").order_by("pk")
    assert [entry.payload for entry in entries] == [
        {"source": "vpn", "keep_days": 90},
        {"source": "vpn", "keep_days": 30},
    ]
    assert queries.reading_of(cast.bank_a, "vpn") == Reading({"いつ": "time"}, "csv")
    assert queries.reading_of(cast.bank_a, "other") == queries.reading_of(cast.bank_b, "vpn") == Reading()


@pytest.mark.parametrize(
    ("mapping", "keep_days", "field", "sentence"),
    [
        ("fields:\n  a: nothing\n", None, "mapping", "mapping:2: “nothing” is no role: use account"),
        ("", 0, "keep_days", "Keep logs for a day at least."),
    ],
)
def test_a_source_that_makes_no_sense_is_refused(cast, mapping, keep_days, field, sentence):
    with pytest.raises(InvalidInput) as refused:
        set_source(cast.actor("a1"), source="vpn", mapping=mapping, keep_days=keep_days)
    assert (refused.value.field, refused.value.message[: len(sentence)]) == (field, sentence)
    assert LogSource.everything.count() == 0


def test_a_source_is_set_by_those_who_use_the_lake_alone(cast):
    for name in ("a_admin", "a_reader", "auditor"):
        with pytest.raises(NotAllowed):
            set_source(cast.actor(name), source="vpn", mapping="", keep_days=1)
    with pytest.raises(NotFound):
        set_source(cast.actor("sup"), source="vpn", mapping="", keep_days=1)
    assert LogSource.everything.count() == 0
