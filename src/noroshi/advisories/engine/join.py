"""Components held against records: one join for each way of being the same product, and a way back to the reference.

What several blocks of one record say is united as the reference unites it: the least weight, then the first block.
"""

import json
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Final

from noroshi.advisories.domain.affected import Affected, Scheme
from noroshi.advisories.domain.aliases import NO_ALIASES, Aliases, called
from noroshi.advisories.domain.matching import Answer, Component, Confidence, Kind, Verdict, is_plain, judge, united
from noroshi.advisories.engine import orders, rows
from noroshi.advisories.engine.held import Added, Held, Names, Record, named, names_of
from noroshi.advisories.engine.spans import ANSWERS, ASK, CONFIDENCES, weight

KINDS: Final = tuple(Kind)
_GROUP: Final = 20_000
_UNSURE: Final = CONFIDENCES.index(Confidence.HEURISTIC)
_BLANK: Final = weight(Verdict(Answer.UNKNOWN, Confidence.NAME_ONLY, ""))


@dataclass(frozen=True, slots=True)
class Match:
    """A component and a vulnerability of its product, with what is known of the two."""

    component: Component
    vulnerability: str
    verdict: Verdict


class Parts:
    """Components as rows to be joined; each of them once."""

    def __init__(self, components: Iterable[Component], aliases: Aliases = NO_ALIASES) -> None:
        self.aliases = aliases
        self.components = list(dict.fromkeys(components))
        self.names: list[Names] = [named(each.vendor, each.name, each.cpe, each.purl) for each in self.components]

    def place(self, held: Held) -> None:
        """Make the table `part`, once for the records that they are held against again and again."""
        wanted = held.schemes()
        if held.placed == (self, wanted):
            return
        with tempfile.TemporaryDirectory() as beside:
            path = Path(beside, "parts.csv")
            with rows.Writer(path) as to:
                for row in self.rows(wanted):
                    to.write(row)
            held.opened.execute(f"CREATE OR REPLACE TEMP TABLE part AS {_named(rows.PART, path)}")
            path = Path(beside, "aliases.csv")
            with rows.Writer(path) as to:
                for line in self.alias_rows():
                    to.write(line)
            held.opened.execute(f"CREATE OR REPLACE TEMP TABLE alias AS {_named(rows.ALIAS, path)}")
        held.placed = (self, wanted)

    def alias_rows(self) -> Iterator[tuple[object, ...]]:
        """Yield the rows of the table of learned names."""
        for number, (_package, product, name) in enumerate(self.names):
            for theirs, alias in self.aliases.of(called(product, name)).items():
                yield number, theirs, int(alias.is_sure)

    def rows(self, wanted: frozenset[Scheme]) -> Iterator[tuple[object, ...]]:
        """Yield the rows of the table of parts."""
        for number, (component, names) in enumerate(zip(self.components, self.names, strict=True)):
            is_blank, has_numbers = not component.version.strip(), is_plain(component.version)
            for place in orders.places(component.version, wanted):
                flags = (int(place.is_odd), int(is_blank), int(has_numbers))
                yield (number, *names, place.order, place.at.hex(), *flags)


def matches(
    held: Held,
    components: "Iterable[Component] | Parts",
    added: Added | None = None,
    answers: Iterable[Answer] = Answer,
) -> Iterator[Match]:
    """Yield what is said of components by what is held, or only by what was `added`: in the order of the records."""
    parts = components if isinstance(components, Parts) else Parts(components)
    wanted = frozenset(answers)
    find(held, parts, added)
    names = dict(held.opened.execute(_NAMES).fetchall())
    asked = _asked(held, parts)
    for record, part, said, kind, rule, theirs in held.opened.execute(
        _ALL, [[*map(ANSWERS.index, wanted), ASK // 4]]
    ).fetchall():
        verdict = asked[record, part] if said == ASK else _verdict(parts, part, (said, kind), rule, theirs)
        if verdict.answer in wanted:
            yield Match(parts.components[part], names[record], verdict)


def against(
    components: Iterable[Component], records: Iterable[Record], answers: Iterable[Answer] = Answer
) -> Iterator[Match]:
    """Yield what is said of components by records that are read once, in their order, and are not kept.

    By far the most records are about what is not there: no version of theirs is even read.
    """
    known, wanted = _Known(components), tuple(answers)
    stream = iter(records)
    while group := list(islice(stream, _GROUP)):
        about = {str(place): kept for place, (_, said) in enumerate(group) if (kept := known.named_in(said))}
        if not about:
            continue
        with Held() as held:
            held.extend(about.items())
            for found in matches(held, known.those_in(about.values()), None, wanted):
                yield Match(found.component, group[int(found.vulnerability)][0], found.verdict)


class _Known:
    """Components by the names of their products."""

    def __init__(self, components: Iterable[Component]) -> None:
        self._components = list(dict.fromkeys(components))
        self._by_name: dict[tuple[Kind, str], list[int]] = defaultdict(list)
        for number, each in enumerate(self._components):
            for key in _keys(named(each.vendor, each.name, each.cpe, each.purl)):
                self._by_name[key].append(number)

    def named_in(self, blocks: Iterable[Affected]) -> list[Affected]:
        """Return the blocks of which a component may be the product."""
        return [each for each in blocks if any(key in self._by_name for key in _keys(names_of(each)))]

    def those_in(self, records: Iterable[Iterable[Affected]]) -> list[Component]:
        """Return the components that may be products of these records, in their order."""
        keys = {key for blocks in records for each in blocks for key in _keys(names_of(each))}
        numbers = {number for key in keys for number in self._by_name.get(key, ())}
        return [self._components[number] for number in sorted(numbers)]


def _keys(names: Names) -> Iterator[tuple[Kind, str]]:
    return ((kind, name) for kind, name in zip(KINDS, names, strict=True) if name)


def find(held: Held, parts: Parts, added: Added | None = None) -> None:
    """Make the table `result`: part, record, weight, kind and span, one row for each pair of the same product."""
    opened = held.opened
    parts.place(held)
    which = f"record >= {added.first} AND record < {added.behind}" if added else "true"
    opened.execute(f"CREATE OR REPLACE TEMP TABLE wanted AS SELECT record, saying FROM record WHERE {which}")  # noqa: S608 - names of ours
    within = "s.saying IN (SELECT saying FROM wanted)" if added else "true"
    opened.execute(
        f"CREATE OR REPLACE TEMP TABLE hit AS {' UNION ALL '.join(_joins(within, has_aliases=bool(parts.aliases)))}"
    )
    opened.execute(_UNITE)


def _named(columns: rows.Columns, path: Path) -> str:
    return f"SELECT * FROM ({rows.read(columns, path)}) AS t({', '.join(columns)})"  # noqa: S608 - names of ours


def _joins(within: str, *, has_aliases: bool) -> Iterator[str]:
    """By its name alone is known what one of the two names no vendor of, and for which no name was learned."""
    alone = "s.alone AND p.part NOT IN (SELECT part FROM alias)" if has_aliases else "s.alone"
    unlearned = f"{within} AND {_NOT_LEARNED}" if has_aliases else within
    yield _join(Kind.PACKAGE, within, alone=alone)
    yield _join(Kind.PRODUCT, within, alone=alone)
    yield _join(Kind.NAME, unlearned, parts="(SELECT * FROM part WHERE product IS NULL)", alone=alone)
    unnamed = "(SELECT * FROM span WHERE product IS NULL)"
    yield _join(Kind.NAME, unlearned, unnamed, "(SELECT * FROM part WHERE product IS NOT NULL)", alone=alone)
    if has_aliases:
        yield _join_learned(within)


def _join(kind: Kind, within: str, spans: str = "span", parts: str = "part", alone: str = "s.alone") -> str:
    """Return SQL of what is the same product by one kind of name and by none that is surer."""
    apart = {Kind.PACKAGE: "true", Kind.PRODUCT: _NO_PACKAGE, Kind.NAME: _NO_PACKAGE}[kind]
    unsure = _UNSURE if kind is Kind.NAME else 0
    return f"""
SELECT p.part, s.saying, s.span, ({alone}) AS alone, {KINDS.index(kind)}::UTINYINT AS kind, {_weight(str(unsure))}
FROM {spans} s JOIN {parts} p ON s.{kind.value} = p.{kind.value} AND s.ord = p.ord
WHERE p.place >= s.low AND p.place < s.high AND {apart} AND {within}"""  # noqa: S608 - names of ours


def _join_learned(within: str) -> str:
    """Return SQL of what is the same product by a learned name. Such a part may be what several blocks mean."""
    unsure = f"CASE WHEN a.sure THEN 0 ELSE {_UNSURE} END"
    return f"""
SELECT p.part, s.saying, s.span, false AS alone, {_LEARNED}::UTINYINT AS kind, {_weight(unsure)}
FROM span s JOIN alias a ON {_CALLED} = a.theirs JOIN part p ON p.part = a.part AND s.ord = p.ord
WHERE p.place >= s.low AND p.place < s.high AND {_NO_PACKAGE} AND {_NO_PRODUCT} AND {within}"""  # noqa: S608 - names of ours


def _weight(unsure: str) -> str:
    least = f"greatest(s.weight % 4, {unsure}, CASE WHEN s.by_numbers AND NOT p.plain THEN {_UNSURE} ELSE 0 END)"
    return f"""(CASE WHEN p.blank THEN {_BLANK} WHEN p.odd OR s.weight = {ASK} THEN {ASK}
             ELSE (s.weight // 4) * 4 + {least} END)::UTINYINT AS weight"""


_LEARNED: Final = len(KINDS)
_CALLED: Final = "coalesce(s.product, '/' || s.name)"
_NO_PRODUCT: Final = "(s.product IS NULL OR p.product IS NULL OR s.product <> p.product)"
_NOT_LEARNED: Final = f"NOT EXISTS (SELECT 1 FROM alias a WHERE a.part = p.part AND a.theirs = {_CALLED})"  # noqa: S608 - names of ours
_NO_PACKAGE: Final = "(s.package IS NULL OR p.package IS NULL OR s.package <> p.package)"
_UNITE: Final = f"""
CREATE OR REPLACE TEMP TABLE result AS
WITH one AS (
SELECT part, saying, weight, kind, span FROM hit WHERE alone
UNION ALL
SELECT part, saying,
       CASE WHEN max(weight) = {ASK} THEN {ASK} ELSE min(weight) END::UTINYINT AS weight,
       arg_min(kind, (weight::BIGINT << 40) | span) AS kind, arg_min(span, (weight::BIGINT << 40) | span) AS span
FROM hit WHERE NOT alone GROUP BY part, saying)
SELECT part, record, weight, kind, span FROM one JOIN wanted USING (saying)
"""  # noqa: S608 - names of ours
_NAMES: Final = "SELECT record, name FROM record SEMI JOIN result USING (record)"
_ALL: Final = f"""
SELECT r.record, r.part, r.weight, r.kind, s.rule, {_CALLED}
FROM result r JOIN span s ON r.span = s.span
WHERE r.weight // 4 IN (SELECT unnest(?::INTEGER[])) ORDER BY r.record, r.kind, r.part
"""  # noqa: S608 - names of ours
_ASKED: Final = f"""
SELECT r.record, r.part, list(d.value ORDER BY d.said)
FROM result r JOIN wanted w ON r.record = w.record JOIN said d ON w.saying = d.saying
WHERE r.weight = {ASK} GROUP BY r.record, r.part
"""  # noqa: S608 - names of ours


def _verdict(parts: Parts, part: int, result: tuple[int, int], rule: bytes, theirs: str) -> Verdict:
    said, kind = result
    if parts.components[part].version.strip():
        text = rule.decode("utf-8", "surrogatepass")
    else:
        text = "the version is not known"
    answer, sureness = divmod(said, len(CONFIDENCES))
    link = f"alias {theirs}" if kind == _LEARNED else f"{KINDS[kind]} {parts.names[part][kind]}"
    return Verdict(ANSWERS[answer], CONFIDENCES[sureness], f"{link}; {text}")


def _asked(held: Held, parts: Parts) -> dict[tuple[int, int], Verdict]:
    """Return what the reference says where no span can tell."""
    by_values: dict[tuple[bytes, ...], list[tuple[int, int]]] = defaultdict(list)
    for record, part, values in held.opened.execute(_ASKED).fetchall():
        by_values[tuple(values)].append((record, part))
    asked: dict[tuple[int, int], Verdict] = {}
    for values, pairs in by_values.items():
        blocks = [Affected.read(json.loads(value)) for value in values]
        told = lru_cache(maxsize=None)(lambda part, blocks=blocks: _referred(parts, part, blocks))
        asked |= {(record, part): told(part) for record, part in pairs}
    return asked


def _referred(parts: Parts, part: int, blocks: Sequence[Affected]) -> Verdict:
    said = (judge(parts.components[part], each, parts.aliases) for each in blocks)
    return united(verdict for verdict in said if verdict is not None)
