"""A hub with many signals: what the benchmarks of the portal measure on.

The rows are as the rooms write them (ids in the order of time, audiences, search rows), but written in bulk. What is
more than BATCH signals is, on PostgreSQL, copied inside the database from the first BATCH, further back in time.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import Any, Final
from uuid import UUID

CHUNK: Final = 5_000
BATCH: Final = 20_000
APART: Final = timedelta(minutes=2)
"""Between two signals: a million of them are four years."""
COMMON: Final = "インターネットバンキング"
"""Stands in every signal."""
RARE: Final = "紫陽花"
"""Stands in some signals, spread over all years."""
OLD: Final = "emotet"
"""Stands in a tenth of the oldest quarter and in none after: the worst case for a walk that begins at the newest."""
SAID: Final = "追跡調査"
"""Stands in one of fifty comments, and in no signal."""
SUBJECTS: Final = ("不正送金", "偽のログイン画面", "標的型メール", "脆弱性", "口座の売買", "なりすまし", "サービス妨害")
PLACES: Final = ("利用者", "営業店", "外部委託先", "法人顧客", "共同センター", "海外拠点")
DEEDS: Final = ("誘導する", "乗っ取る", "停止させる", "詐取する", "改ざんする", "探索する")
MARKINGS: Final = (
    # share of the signals in a hundred, level, kind of the line
    (6, "CLEAR", "community"),
    (36, "GREEN", "community"),
    (34, "AMBER", "community"),
    (8, "AMBER", "organisation"),
    (8, "AMBER", "group"),
    (5, "AMBER+STRICT", "group"),
    (3, "RED", "person"),
)


@dataclass(frozen=True)
class Size:
    """How much of everything there is."""

    signals: int = 100_000
    organisations: int = 500
    people: int = 5_000
    groups: int = 40


@dataclass(frozen=True)
class World:
    """Who is there: the ids by which the benchmarks sign in."""

    analyst: UUID
    reader: UUID
    operator: UUID
    analysts: tuple[UUID, ...] = ()

    def readers(self) -> dict[str, UUID]:
        """The three whose pages are measured, by what they are."""
        return {"analyst": self.analyst, "reader": self.reader, "operator": self.operator}


def start(folder: Path) -> None:
    """Point the settings at `folder` and start Django; NOROSHI_DATABASE_URL chooses the database."""
    os.environ |= {
        "NOROSHI_DATA_DIR": str(folder),
        "NOROSHI_DEMO": "yes",
        "NOROSHI_LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "noroshi.site.settings",
    }
    import django

    django.setup()


def fill(size: Size | None = None, say: Callable[[str], None] = lambda _text: None) -> World:
    """Make the sector and its signals, of every marking and audience; nothing where the database has been filled."""
    from noroshi.site.commands.installation import prepare

    size = size or Size()
    prepare()
    if (world := _found()) is not None:
        say("as it was kept")
        return world
    sector = Sector(size, Random(1))
    sector.write()
    say(f"{size.organisations} organisations, {size.people} people")
    with _without_index():
        written = BATCH if _is_postgresql() and size.signals > BATCH else size.signals
        for begin in range(0, written, CHUNK):
            _write_chunk(sector, range(begin, min(begin + CHUNK, written)), written)
            say(f"{begin:,} signals")
        for copy in range(1, size.signals // written):
            _copy_batch(copy, written)
        say(f"{size.signals:,} signals")
    _mark(RARE, 1, 5_000)
    _mark(OLD, 4, 10)
    _analyse()
    world = _found()
    assert world is not None
    return world


def _found() -> World | None:
    """Who is there already, in a database that was kept."""
    from noroshi.members.models import Person, RoleAssignment

    places = {f"person-{place}@example.jp": place for place in range(3)}
    known = {places[email]: pk for email, pk in Person.objects.filter(email__in=places).values_list("email", "pk")}
    if len(known) < len(places):
        return None
    analysts = RoleAssignment.objects.filter(role="analyst").order_by("pk").values_list("person_id", flat=True)
    return World(known[1], known[2], known[0], tuple(analysts))


@dataclass
class Sector:
    """The organisations, people and groups, as (id, organisation) pairs where somebody writes."""

    size: Size
    random: Random

    def __post_init__(self) -> None:
        from noroshi.core import ids

        self.homes = [ids.new_id() for _ in range(self.size.organisations)]
        # The first is of the hub; the second an analyst and the third a reader of the first member.
        places = [0, 1, 1, *(number % self.size.organisations for number in range(3, self.size.people))]
        self.people = [(ids.new_id(), self.homes[place]) for place in places]
        self.groups = [ids.new_id() for _ in range(self.size.groups)]
        self.observables = [ids.new_id() for _ in range(max(1, self.size.signals // 5))]

    def write(self) -> None:
        """Write who is there and the values that signals name."""
        from noroshi.intel.models import Observable
        from noroshi.members.models import Group, GroupMembership, Organisation, Person, RoleAssignment

        _load(Organisation, [self._organisation(place, pk) for place, pk in enumerate(self.homes)])
        _load(Person, [self._person(place, pk, home) for place, (pk, home) in enumerate(self.people)])
        _load(RoleAssignment, [{"person_id": pk, "role": role} for pk, role in self.roles()])
        _load(Group, [self._group(place, pk) for place, pk in enumerate(self.groups)])
        stays = {(group, pk) for group in self.groups for pk, _ in self.random.sample(self.people, 100)} | {
            (group, self.people[1][0]) for group in self.groups[:3]
        }
        _load(GroupMembership, [{"group_id": group, "person_id": pk} for group, pk in sorted(stays)])
        _load(
            Observable,
            [
                {"id": pk, "type": "ipv4", "value": address(place), "digest": f"{place:064x}"}
                for place, pk in enumerate(self.observables)
            ],
        )

    def _organisation(self, place: int, pk: UUID) -> dict[str, Any]:
        kind, membership = ("regional_bank", "regular") if place else ("centre", "hub")
        names = {"slug": f"member-{place}", "name_ja": f"会員{place}", "name_en": f"Member {place}"}
        return {"id": pk, "kind": kind, "membership": membership, **names}

    def _person(self, place: int, pk: UUID, home: UUID) -> dict[str, Any]:
        return {
            "id": pk,
            "email": f"person-{place}@example.jp",
            "name": f"担当 {place}",
            "organisation_id": home,
            "password": "!",
        }

    def roles(self) -> Iterator[tuple[UUID, str]]:
        """Who holds which role."""
        for place, (pk, _home) in enumerate(self.people):
            if place == 0:
                yield pk, "hub_operator"
            if place != 2 and place % 5 != 4:
                yield pk, "analyst"

    def _group(self, place: int, pk: UUID) -> dict[str, Any]:
        names = {"slug": f"group-{place}", "name_ja": f"部会{place}", "name_en": f"Group {place}"}
        return {"id": pk, "kind": "working_group", **names}


def _write_chunk(sector: Sector, numbers: range, count: int) -> None:
    from noroshi.core.models import AudienceEntry
    from noroshi.intel.models import Sighting
    from noroshi.sharing.models import Acknowledgement, Comment, Signal, SignalObservable, Stance

    made = [Made.of(sector, number, count) for number in numbers]
    _load(Signal, [each.signal for each in made])
    _load(AudienceEntry, [line for each in made for line in each.lines])
    _load(SignalObservable, [row for each in made for row in each.observables])
    _load(Comment, [row for each in made for row in each.comments])
    _load(Acknowledgement, [row for each in made for row in each.acknowledgements])
    _load(Stance, [row for each in made for row in each.stances])
    _load(Sighting, [row for each in made for row in each.sightings])
    at = {each.signal["id"]: each.signal["published_at"] for each in made}
    _index("signal", {each.signal["id"]: each.words for each in made}, at)
    comments = [row for each in made for row in each.comments]
    at = {row["id"]: at[row["signal_id"]] for row in comments}
    _index("comment", {row["id"]: (row["body"],) for row in comments}, at)


@dataclass(frozen=True)
class Made:
    """A signal with all that belongs to it, as the columns that differ from a new row's."""

    signal: dict[str, Any]
    lines: list[dict[str, Any]]
    observables: list[dict[str, Any]]
    comments: list[dict[str, Any]]
    acknowledgements: list[dict[str, Any]]
    stances: list[dict[str, Any]]
    sightings: list[dict[str, Any]]
    words: tuple[str, ...]

    @classmethod
    def of(cls, sector: Sector, number: int, count: int) -> "Made":
        random = sector.random
        at = _newest() - APART * (count - number)
        pk = _id_at(at, random)
        author, home = random.choice(sector.people)
        _share, tlp, line = random.choices(MARKINGS, [share for share, _, _ in MARKINGS])[0]
        title, body = _title(random, number), _body(random.randrange(400))
        signal = {
            "id": pk,
            "owner_id": home,
            "author_id": author,
            "tlp": tlp,
            "kind": random.choice(KINDS),
            "target": random.choice(("own_system", "customer")),
            "title": title,
            "body": body,
            "state": "withdrawn" if number % 100 == 7 else "published",
            "author_mode": "anonymous" if number % 7 == 0 else "named",
            "created_at": at,
            "published_at": at,
            "changed_at": at,
        }
        lines = [{"item_id": pk, "kind": line, **_target(sector, line)}]
        if number % 50 == 0:
            lines.append({"item_id": pk, "kind": "excluded_organisation", "target": random.choice(sector.homes)})
        named = random.sample(range(len(sector.observables)), random.choice((0, 0, 1, 2)))
        seen = [{"signal_id": pk, "observable_id": sector.observables[place], "reason": "text"} for place in named]
        said = [
            {
                "id": _id_at(at, random),
                "signal_id": pk,
                "author_id": random.choice(sector.people)[0],
                "body": _comment(random.randrange(400), SAID if number % 200 == 0 else ""),
                "created_at": at,
            }
            for _ in range(number % 4 == 0)
        ]
        noted = random.sample(sector.people, number % 3)
        notes = [{"signal_id": pk, "person_id": person, "organisation_id": of, "at": at} for person, of in noted]
        # Each organisation once, as a row of either kind is kept.
        answering = {of: person for person, of in random.sample(sector.people, 4)} if number % 5 == 0 else {}
        stances = [
            {"signal_id": pk, "person_id": person, "organisation_id": of, "kind": random.choice(STANCES), "at": at}
            for of, person in answering.items()
        ]
        sightings = [{"item_id": pk, "organisation_id": of, "source": "person", "at": at} for of in answering]
        words = (title, body, *map(address, named))
        return cls(signal, lines, seen, said, notes, stances, sightings, words)


KINDS: Final = ("incident", "fraud", "phishing", "malware", "vulnerability", "news")
STANCES: Final = ("affected", "checking", "patched", "not_affected")


def address(place: int) -> str:
    """The observable of this number."""
    return f"203.{place // 65536 % 256}.{place // 256 % 256}.{place % 256}"


def _title(random: Random, number: int) -> str:
    return f"{random.choice(SUBJECTS)}に関する注意喚起 第{number}号"


@cache
def _body(number: int) -> str:
    random = Random(number)
    sentences = [
        f"{random.choice(PLACES)}を狙い{random.choice(SUBJECTS)}により{random.choice(DEEDS)}手口を確認しました。"
        for _ in range(3)
    ]
    return f"{COMMON}の利用に関わる情報です。" + "".join(sentences)


@cache
def _comment(number: int, word: str) -> str:
    random = Random(number)
    return f"当社でも{random.choice(SUBJECTS)}を確認しました。{random.choice(PLACES)}には周知済みです。{word}"


def _target(sector: Sector, kind: str) -> dict[str, Any]:
    match kind:
        case "organisation":
            home = sector.random.choice(sector.homes)
            return {"target": home, "organisation": home}
        case "group":
            return {"target": sector.random.choice(sector.groups)}
        case "person":
            person, home = sector.random.choice(sector.people)
            return {"target": person, "organisation": home}
    return {}


@cache
def _newest() -> Any:
    from noroshi.core import clock

    return clock.now()


def _id_at(moment: Any, random: Random) -> UUID:
    """A UUIDv7 as it would have been made at that moment."""
    high = (int(moment.timestamp() * 1000) & (1 << 48) - 1) << 80
    return UUID(int=high | 0x7 << 76 | random.getrandbits(12) << 64 | 0b10 << 62 | random.getrandbits(62))


def _load(model: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Write rows, each given as the columns that differ from those of a new instance."""
    from django.db import connection

    known = list(rows)
    fields = [field for field in model._meta.concrete_fields if known and not _numbered(field, known[0])]
    usual = model()
    defaults = {field.column: field.get_db_prep_save(field.pre_save(usual, add=True), connection) for field in fields}
    writers = {field.column: partial(field.get_db_prep_save, connection=connection) for field in fields}
    ready = ([writers[c](row[c]) if c in row else value for c, value in defaults.items()] for row in known)
    _copy(model._meta.db_table, list(defaults), ready)


def _numbered(field: Any, row: dict[str, Any]) -> bool:
    return field.primary_key and field.column not in row


def _copy(table: str, columns: list[str], rows: Iterable[list[Any]]) -> None:
    from django.db import connection, transaction

    names = ", ".join(f'"{column}"' for column in columns)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
        elif columns:
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({places})', list(rows))


def _index(kind: str, texts: dict[UUID, tuple[str, ...]], at: dict[UUID, Any]) -> None:
    """Put the words of items into the search index, as `kit.search` does for one."""
    from django.db import connection

    from noroshi.kit.domain import bigrams

    words = [[*bigrams.tokens("\n".join(text))] for text in texts.values()]
    items = list(texts)
    if connection.vendor == "postgresql":
        vectors = (" ".join(f"'{token}':{place}" for place, token in enumerate(tokens, 1)) for tokens in words)
        rows = ([kind, item, at[item], vector] for item, vector in zip(items, vectors, strict=True))
        _copy("kit_searchentry", ["kind", "item_id", "at", "tokens"], rows)
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(MAX(id), 0) FROM kit_searchentry")
        first = cursor.fetchone()[0] + 1
    _copy("kit_searchentry", ["id", "kind", "item_id"], ([first + n, kind, pk.hex] for n, pk in enumerate(items)))
    _copy("kit_search", ["rowid", "tokens"], ([first + n, " ".join(tokens)] for n, tokens in enumerate(words)))


_AT: Final = "to_timestamp(('x' || lpad(left(replace({id}::text, '-', ''), 12), 16, '0'))::bit(64)::bigint / 1000.0)"
_COPIED: Final = (
    # table, the numbers that move, the first of them the one it is found by; the moments that do
    ("sharing_signal", ("id",), ("created_at", "published_at", "changed_at")),
    ("core_audienceentry", ("item_id",), ()),
    ("sharing_signalobservable", ("signal_id",), ()),
    ("sharing_comment", ("signal_id", "id"), ("created_at",)),
    ("sharing_acknowledgement", ("signal_id",), ("at",)),
    ("sharing_stance", ("signal_id",), ("at",)),
    ("intel_sighting", ("item_id",), ("at",)),
    ("kit_searchentry", ("item_id",), ("at",)),
)


def _copy_batch(copy: int, count: int) -> None:
    """Write the first `count` signals again, with all that belongs to them, `copy` times their span earlier."""
    from django.db import connection

    back = f"interval '{int(APART.total_seconds()) * count * copy} seconds'"
    lowest = UUID(int=int((_newest() - APART * count).timestamp() * 1000) << 80)
    with connection.cursor() as cursor:
        for table, moved, moments in _COPIED:
            cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
            columns = [name for (name,) in cursor.fetchall() if name != "id" or "id" in moved]
            chosen = {name: f'"{name}"' for name in columns}
            chosen |= {name: f'"{name}" - {back}' for name in moments}
            chosen |= {name: _moved(name, back) for name in moved}
            names = ", ".join(f'"{name}"' for name in columns)
            cursor.execute(
                f'INSERT INTO "{table}" ({names}) SELECT {", ".join(chosen[name] for name in columns)} FROM "{table}" '
                f'WHERE "{moved[0]}" >= %s ORDER BY "{moved[0]}"',
                [lowest],
            )


def _moved(column: str, back: str) -> str:
    """The same identifier, made earlier."""
    moment = f"floor(extract(epoch FROM {_AT.format(id=column)} - {back}) * 1000)::bigint"
    return f"(lpad(to_hex({moment}), 12, '0') || substr(replace({column}::text, '-', ''), 13))::uuid"


def _mark(word: str, part: int, every: int) -> None:
    """Add a word to one in `every` of the oldest 1/`part` of the signals, as an amendment does."""
    from noroshi.kit import search
    from noroshi.sharing.models import Signal

    rows = Signal.everything.order_by("published_at")
    for pk, title, body, at in list(
        rows.values_list("pk", "title", "body", "published_at")[: rows.count() // part : every]
    ):
        Signal.everything.filter(pk=pk).update(body=f"{body} {word}")
        search.index("signal", pk, title, body, word, at=at)


def _is_postgresql() -> bool:
    from django.db import connection

    return connection.vendor == "postgresql"


class _without_index:  # noqa: N801 - reads as what it is in a with statement
    """Make PostgreSQL's full-text index once, after the rows."""

    def __enter__(self) -> None:
        self._run('DROP INDEX "kit_search_tokens"')

    def __exit__(self, *_error: object) -> None:
        self._run('CREATE INDEX "kit_search_tokens" ON "kit_searchentry" USING gin ("tokens")')

    def _run(self, statement: str) -> None:
        from django.db import connection

        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET maintenance_work_mem = '512MB'")
                cursor.execute(statement)


def _analyse() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)" if connection.vendor == "postgresql" else "ANALYZE")
