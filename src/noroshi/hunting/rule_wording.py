"""Rules and detections in the reader's language, ready for a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from noroshi.hunting.domain.events import defanged
from noroshi.hunting.engine.detections import attack
from noroshi.hunting.engine.detections.patterns import Measure
from noroshi.hunting.engine.detections.reasons import RuleError, RuleReason, Wanted
from noroshi.hunting.engine.detections.rules import Layer, Level, Need, Rule, Words
from noroshi.hunting.engine.detections.running import Episode
from noroshi.hunting.engine.schema import EventClass
from noroshi.hunting.models import DetectionLevel, DetectionState, Trouble
from noroshi.hunting.queries import RuleLine, Sight, TechniqueLine
from noroshi.hunting.rulebook import Origin

REASONS: Final[Mapping[RuleReason, Promise]] = {
    RuleReason.TOO_LARGE: _("A file of rules has at most {limit} bytes."),
    RuleReason.NOT_TEXT: _("The file is not UTF-8 text."),
    RuleReason.YAML: _("This is not YAML: {detail}"),
    RuleReason.ALIAS: _("Anchors and aliases are not read: write the value out."),
    RuleReason.TWICE: _("“{name}” stands twice."),
    RuleReason.NO_MAPPING: _("A rule is a mapping of names and values."),
    RuleReason.NO_RULE: _("The file holds no rule."),
    RuleReason.MANY: _("A file holds at most {limit} rules."),
    RuleReason.SIGMA: _("Sigma refuses it: {detail}"),
    RuleReason.MISSING: _("“{name}” is missing."),
    RuleReason.WRONG: _("“{name}” must be {wanted}."),
    RuleReason.UNKNOWN: _("“{name}” is not known here."),
    RuleReason.SOURCE: _(
        "The log source is not known: name a category such as webserver, authentication, dns or transfer."
    ),
    RuleReason.FIELD: _("The lake keeps no field “{name}”."),
    RuleReason.WORD: _("A word without a field cannot be looked for: the lake keeps fields, not lines."),
    RuleReason.VALUE: _("A value of this kind cannot be compared."),
    RuleReason.VALUES: _("The rule compares with more than {limit} values."),
    RuleReason.NUL: _("A value holds a NUL character, which no log line has."),
    RuleReason.PATTERN: _("A pattern is longer than {limit} characters."),
    RuleReason.JAVA: _("Spark would read “{name}” in a pattern differently: write it another way."),
    RuleReason.PSEUDONYM: _("Users, accounts and sessions are kept as pseudonyms: only whole values can be compared."),
    RuleReason.NETWORK: _("“{name}” is no address: only an address can be inside a network."),
    RuleReason.NO_NUMBER: _("“{name}” is a number, and “{value}” is none."),
    RuleReason.NOT_NUMERIC: _("“{name}” is no number: it cannot be larger or smaller than one."),
    RuleReason.NO_TIME: _("“{name}” is no time."),
    RuleReason.CORRELATION: _(
        "Use a correlation of type event_count, value_count, value_sum, value_avg, temporal or temporal_ordered."
    ),
    RuleReason.NOT_SUMMED: _("“{name}” is no number: it cannot be added up."),
    RuleReason.AVERAGE: _("An average fires from a whole number up: use gte with one."),
    RuleReason.CONDITION: _("A correlation fires from a number up: use gte or gt."),
    RuleReason.CHAIN: _("A correlation cannot be made of correlations."),
    RuleReason.KEYS: _("A rule groups by at most {limit} fields."),
    RuleReason.SPAN: _("A time span is between a second and {limit} days."),
}
WANTED: Final[Mapping[Wanted, Promise]] = {
    Wanted.MAPPING: _("a mapping"),
    Wanted.LANGUAGES: _("a mapping of en and ja"),
    Wanted.REGULAR: _("a mapping of at-least, apart and spread"),
    Wanted.TEXT: _("a text of at most 2,000 characters"),
    Wanted.TEXTS: _("a list of texts, one for each in English"),
    Wanted.LAYER: _("entry, inside or exit"),
    Wanted.NUMBER: _("a number from 1 to 2,000,000,000"),
    Wanted.POSITIVE: _("a number above zero"),
    Wanted.FIELD: _("the name of one field"),
    Wanted.FIELDS: _("a list of fields"),
}
LEVELS: Final[Mapping[Level, Promise | str]] = {level: DetectionLevel[level.name].label for level in Level}
LAYERS: Final[Mapping[Layer, Promise]] = {
    Layer.ENTRY: _("At the entry"),
    Layer.INSIDE: _("Inside"),
    Layer.EXIT: _("At the exit"),
}
ORIGINS: Final[Mapping[Origin, Promise]] = {
    Origin.PACK: _("Starting pack"),
    Origin.HUB: _("From the hub"),
    Origin.OWN: _("Our own"),
}
SIGHTS: Final[Mapping[Sight, Promise]] = {
    Sight.WATCHED: _("Watched"),
    Sight.VISIBLE: _("Could be seen"),
    Sight.BLIND: _("No source shows it"),
}
VERBS: Final[Mapping[DetectionState, Promise]] = {
    DetectionState.ACKNOWLEDGED: _("Acknowledge"),
    DetectionState.SUPPRESSED: _("Set aside"),
    DetectionState.NEW: _("Open again"),
}
"""What a person does to bring a detection into a state."""
MEASURES: Final[Mapping[Measure, Promise]] = {
    Measure.EVENTS: _("%(number)s events within %(span)s"),
    Measure.VALUES: _("%(number)s different values within %(span)s"),
    Measure.SUM: _("%(number)s in total within %(span)s"),
    Measure.AVERAGE: _("%(number)s on average within %(span)s"),
    Measure.TOGETHER: _("%(number)s kinds of events within %(span)s"),
    Measure.IN_ORDER: _("%(number)s steps within %(span)s"),
    Measure.REGULAR: _("%(number)s even pauses within %(span)s"),
}
CLASSES: Final[Mapping[EventClass, Promise]] = {
    EventClass.WEB: _("web access"),
    EventClass.AUTH: _("logins"),
    EventClass.DNS: _("name look-ups"),
    EventClass.CONN: _("connections"),
    EventClass.MAIL: _("mail"),
    EventClass.FILE: _("files"),
    EventClass.PROCESS: _("processes"),
    EventClass.TRANSFER: _("transfers"),
    EventClass.ALERT: _("alerts of other products"),
    EventClass.API: _("cloud services"),
}
_NOTHING: Final = "–"


def in_words(error: RuleError) -> str:
    """Return why a rule is refused, with the rule's own words in it."""
    words = {name: WANTED[word] if isinstance(word, Wanted) else word for name, word in error.words.items()}
    return str(REASONS[error.reason]).format(**words)


def text(words: Words) -> str:
    """Return a text of a rule in the reader's language."""
    return words.in_language(get_language() or "en")


def tactic(name: str) -> str:
    """Return the name of a tactic."""
    return text(attack.TACTICS[name])


def technique(number: str) -> str:
    """Return a technique by its number and, where it is known, its name."""
    known = attack.BY_ID.get(number)
    return f"{number} {text(known.title)}" if known else number


def span(seconds: int) -> str:
    """Return a time span in the largest unit that tells it whole."""
    days, hours, minutes = seconds // 86_400, seconds // 3_600, seconds // 60
    if seconds == days * 86_400:
        return ngettext("%(number)d day", "%(number)d days", days) % {"number": days}
    if seconds == hours * 3_600:
        return ngettext("%(number)d hour", "%(number)d hours", hours) % {"number": hours}
    if seconds == minutes * 60:
        return ngettext("%(number)d minute", "%(number)d minutes", minutes) % {"number": minutes}
    return ngettext("%(number)d second", "%(number)d seconds", seconds) % {"number": seconds}


def measured(rule: Rule, number: int) -> str:
    """Return what a number means to a rule."""
    return str(MEASURES[rule.measure]) % {"number": f"{number:,}", "span": span(rule.span)}


def keys(pairs: Sequence[Sequence[str | None]]) -> list[tuple[str, str]]:
    """Return the keys of a detection, defanged."""
    return [(str(name), defanged(str(name), value) if value is not None else _NOTHING) for name, value in pairs]


def keys_on_one_line(pairs: Sequence[Sequence[str | None]]) -> str:
    """Return the keys of a detection as a file shows them."""
    return ", ".join(f"{name} {value}" for name, value in keys(pairs))


def need(needed: Need) -> str:
    """Return what a rule must be able to read."""
    kind = str(CLASSES[needed.event_class]) if needed.event_class else str(_("events of any kind"))
    return str(_("%(kind)s with %(columns)s")) % {"kind": kind, "columns": ", ".join(sorted(needed.columns))}


@dataclass(frozen=True)
class RuleWords:
    """A rule as a page shows it."""

    line: RuleLine
    title: str
    reason: str
    level: str
    origin: str
    layers: Sequence[str]
    tactics: Sequence[str]
    techniques: Sequence[str]
    fires: str
    otherwise: Sequence[str]
    needs: Sequence[str]
    trouble: str
    reach: int | None

    @classmethod
    def of(cls, line: RuleLine, reach: int | None = None) -> "RuleWords":
        """Return a rule in words; `reach` is the least number of other organisations that it concerns."""
        rule = line.known.rule
        return cls(
            line=line,
            title=text(rule.title),
            reason=text(rule.reason),
            level=str(LEVELS[rule.level]),
            origin=str(ORIGINS[line.known.origin]),
            layers=[str(LAYERS[layer]) for layer in rule.layers],
            tactics=[tactic(name) for name in rule.tactics],
            techniques=[technique(number) for number in rule.techniques],
            fires=measured(rule, line.threshold),
            otherwise=[text(each) for each in rule.false_positives],
            needs=list(dict.fromkeys(map(need, rule.needs))),
            trouble=str(Trouble(line.use.trouble).label) if line.use and line.use.trouble else "",
            reach=reach,
        )


@dataclass(frozen=True)
class EpisodeWords:
    """What a trial found, as a page shows it."""

    keys: Sequence[tuple[str, str]]
    first: datetime
    last: datetime
    count: int
    measured: str

    @classmethod
    def of(cls, rule: Rule, episode: Episode) -> "EpisodeWords":
        """Return an episode in words."""
        begin = datetime.fromtimestamp(0, UTC)
        return cls(
            keys=keys(list(zip(rule.keys, episode.keys, strict=False))),
            first=begin + timedelta(microseconds=episode.first),
            last=begin + timedelta(microseconds=episode.last),
            count=episode.count,
            measured=measured(rule, episode.measure),
        )


@dataclass(frozen=True)
class TechniqueWords:
    """How a technique stands with the own logs, as a page shows it."""

    technique: str
    tactic: str
    layer: str
    sight: str
    label: str
    sources: Sequence[str]
    needs: Sequence[str]
    rules: Sequence[RuleWords]

    @classmethod
    def of(cls, line: TechniqueLine) -> "TechniqueWords":
        """Return a technique in words."""
        return cls(
            technique=technique(line.technique.id),
            tactic=tactic(line.technique.tactic),
            layer=str(LAYERS[line.technique.layer]),
            sight=line.sight.value,
            label=str(SIGHTS[line.sight]),
            sources=line.sources,
            needs=[need(each) for each in line.technique.needs],
            rules=[RuleWords.of(each) for each in line.rules],
        )
