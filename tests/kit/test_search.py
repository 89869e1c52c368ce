"""Search on the database: the same hits on both engines, no error whatever is asked, and nothing that leaks."""

from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from django.db import connection

from noroshi.core import ids
from noroshi.core.domain.audience import EntryKind
from noroshi.core.models import AudienceEntry
from noroshi.kit import search
from noroshi.kit.domain.bigrams import MAX_TEXT, normalised
from noroshi.kit.models import SearchEntry
from noroshi.members.models import Group
from noroshi.sharing.models import Signal

KIND = "test"
NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@pytest.fixture
def shelf(db):
    """Put texts on a shelf (rows of any model with a UUID will do) and ask which of them match."""
    return Shelf()


class Shelf:
    def __init__(self) -> None:
        self.texts: dict[UUID, str] = {}

    def put(self, *texts: str) -> UUID:
        at = NOON + timedelta(minutes=len(self.texts))
        row = Group.objects.create(slug=ids.new_id().hex, name_ja="棚", kind="ad_hoc", closed_at=at)
        search.index(KIND, row.pk, *texts, at=at)
        self.texts[row.pk] = "\n".join(texts)
        return row.pk

    def ask(self, text: str) -> set[str]:
        """The texts found; the same ones, whether or not the search begins at the moments of a rare word."""
        found = Group.objects.filter(search.matching(KIND, text)).order_by("closed_at").values_list("pk", flat=True)
        assert list(found.filter(search.near((KIND, "other"), text, "closed_at"))) == list(found)
        return {self.texts[pk] for pk in found}


ALPHABET = "不正送金攻撃ガ、 "


def test_matching_japanese_is_what_a_plain_comparison_finds(shelf):
    random = Random(20261122)
    for _ in range(60):
        shelf.put("".join(random.choices(ALPHABET, k=random.randint(1, 25))))
    for _ in range(150):
        wanted = "".join(random.choices(ALPHABET.strip("、 "), k=random.choice((1, 2, 2, 3, 4))))
        assert shelf.ask(wanted) == {text for text in shelf.texts.values() if wanted in normalised(text)}


def test_matching_latin_is_whole_words_and_the_beginning_of_the_last(shelf):
    random = Random(7)
    words = ("fire", "fir", "bank", "banker", "a1", "evil")
    for _ in range(60):
        shelf.put(" ".join(random.choices(words, k=random.randint(1, 5))))
    for wanted in (*words, "fi", "ban", "e", "vil"):
        expected = {text for text in shelf.texts.values() if any(word.startswith(wanted) for word in text.split())}
        assert shelf.ask(wanted) == expected
    for first, second in ((a, b) for a in words for b in words):
        together = {text for text in shelf.texts.values() if f" {first} {second}" in f" {text}"}
        assert shelf.ask(f"{first}-{second}") == together


TEXTS = (
    "三大銀行から不正送金があった",
    "ﾌｨｯｼﾝｸﾞｻｲﾄ login.evil-bank.com を確認",
    "ＣＶＥ－２０２６－１２３４が悪用された。接続元は203.0.113.9",
    'シティ・バンクを騙るSMS。the quick_fox said it\'s "fine"',
    "𠮷野家を名乗るメール",
)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("送金", {0}),
        ("銀行 送金", {0}),
        ("銀行 確認", set()),
        ("フィッシング", {1}),
        ("ﾌｨｯｼﾝｸﾞ", {1}),
        ("evil-bank.com", {1}),
        ("hxxp://login.evil-bank.com", set()),
        ("cve-2026-1234", {2}),
        ("CVE-2026-123", {2}),
        ("CVE-2026-1235", set()),
        ("203.0.113.9", {2}),
        ("シティ・バンク", {3}),
        ("quick_fox", {3}),
        ('IT\'S "fine"', {3}),
        ("𠮷野", {4}),
        ("を", {1, 3, 4}),
        ("", {0, 1, 2, 3, 4}),
        ("  ", {0, 1, 2, 3, 4}),
        ("、。", set()),
    ],
)
def test_matching_on_these_texts(shelf, wanted: str, found: set[int]):
    for text in TEXTS:
        shelf.put(text)
    assert shelf.ask(wanted) == {TEXTS[number] for number in found}


HOSTILE = [
    "'", '"', "''", '" OR "', "' OR 1=1 --", "*", "a*", "*a", "(", "a AND", "AND OR NOT", "NEAR(a b, 3)", "tokens:a",
    "-a", "^a", "a + b", "{a}", "a:*", "a & b | !c", "a <-> b", "\\", "a\\' b", "%s %(x)s", "\x00", "a\x00b", "\ud800",
    "攻\x00撃", "x" * 10_000, "攻" * 10_000, "a " * 5_000, "\ufdfa" * 300, "🔥", "a\u0301\u0302", "゙゚", "\u200b", "１＊",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_matching_hostile_text_finds_no_more_than_it_says(shelf, text: str):
    shelf.put("何の関係もない zebra")
    assert shelf.ask(text) == set()


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_index_of_hostile_text_neither_fails_nor_hides_its_neighbours(shelf, text: str):
    shelf.put(text, "送金")
    assert shelf.ask("送金") == set(shelf.texts.values())


def test_index_of_a_text_of_many_stretches_finds_its_end_and_its_seams(shelf):
    letters = [chr(0x4E00 + number) for number in range(20_000)]
    text = "".join(letters) + "。狼煙台"
    shelf.put(text)
    assert SearchEntry.objects.count() == 2
    seam = search.STRETCH - search.OVERLAP
    for start in (0, seam - 100, seam - 1, seam, search.STRETCH - 150, search.STRETCH - 1, 19_800):
        assert shelf.ask(text[start : start + 200]) == {text}
    assert shelf.ask("狼煙台") == {text}


def test_index_of_the_longest_text_of_long_words_is_accepted(shelf):
    random = Random(1)
    gothic = [chr(0x10330 + number) for number in range(20)]  # four bytes a letter
    words = ["".join(random.choices(gothic, k=random.choice((10, 128, 3_000)))) for _ in range(300)]
    text = " ".join(words)[: MAX_TEXT - 6] + " 送金"
    shelf.put(text)
    assert shelf.ask("送金") == {text}


def test_near_when_a_sample_tells_common_words_from_rare_ones_then_all_are_found(shelf, monkeypatch):
    for number in range(80):
        shelf.put(f"不正送金 {'紫陽花' if number % 40 == 7 else '口座'}")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE kit_searchentry")
    monkeypatch.setattr(search, "SAMPLE", 79.99)
    monkeypatch.setattr(search, "WORTH_GATHERING", 10)
    begins = {text: bool(search.near((KIND,), text, "closed_at")) for text in ("送金", "送金 紫陽花", "紫陽花", "猫")}
    on_postgresql = connection.vendor == "postgresql"
    assert begins == {"送金": False, "送金 紫陽花": on_postgresql, "紫陽花": on_postgresql, "猫": on_postgresql}
    assert [len(shelf.ask(text)) for text in begins] == [2, 1, 1, 0]
    assert Group.objects.filter(search.matching(KIND, "紫陽花")).count() == 2


def test_index_anew_replaces_what_was_there(shelf):
    pk = shelf.put("送金")
    search.index(KIND, pk, "着金", at=NOON)
    assert (shelf.ask("送金"), shelf.ask("着金")) == (set(), {"送金"})
    assert SearchEntry.objects.count() == 1


def test_forget_takes_an_item_out_and_leaves_no_words_behind(shelf):
    pk = shelf.put("秘密の送金")
    shelf.put("公開の送金")
    search.forget(pk)
    assert shelf.ask("送金") == {"公開の送金"}
    with connection.cursor() as cursor:
        table = "kit_search" if connection.vendor == "sqlite" else "kit_searchentry"
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone() == (1,)


def test_matching_of_another_kind_finds_nothing(shelf):
    shelf.put("送金")
    assert not Group.objects.filter(search.matching("other", "送金")).exists()


def test_matching_joined_to_visible_to_leaks_neither_rows_nor_counts(cast):
    """The same words in a signal for bank_b alone and in one for all: an outsider finds and counts one."""
    reached = {"for bank_b": (EntryKind.ORGANISATION, cast.bank_b.pk), "for all": (EntryKind.COMMUNITY, None)}
    for title, (kind, target) in reached.items():
        signal = Signal.everything.create(
            owner=cast.bank_a,
            author=cast.a1,
            tlp="AMBER",
            state="published",
            title=title,
            kind="fraud",
            target="customer",
        )
        AudienceEntry.objects.create(item_id=signal.pk, kind=kind, target=target)
        search.index("signal", signal.pk, title, "不正送金の口座", at=signal.published_at)
    found = {name: _titles(cast.actor(name), "送金") for name in ("b1", "o1", "t1", "sup", "a1")}
    assert found == {
        "b1": ["for all", "for bank_b"],
        "o1": ["for all"],
        "t1": [],
        "sup": [],
        "a1": ["for all", "for bank_b"],
    }
    assert _titles(cast.actor("o1"), "bank_b") == []


def _titles(actor, text: str) -> list[str]:
    rows = Signal.objects.visible_to(actor).filter(search.matching("signal", text))
    titles = sorted(rows.values_list("title", flat=True))
    assert rows.count() == len(titles)
    return titles
