"""Why a rule is refused: one clear sentence each, with the rule's own words in it. The portal translates them."""

from enum import StrEnum


class RuleReason(StrEnum):
    """A sentence with gaps; `RuleError` fills them."""

    TOO_LARGE = "A file of rules has at most {limit} bytes."
    NOT_TEXT = "The file is not UTF-8 text."
    YAML = "This is not YAML: {detail}"
    ALIAS = "Anchors and aliases are not read: write the value out."
    TWICE = "“{name}” stands twice."
    NO_MAPPING = "A rule is a mapping of names and values."
    NO_RULE = "The file holds no rule."
    MANY = "A file holds at most {limit} rules."
    SIGMA = "Sigma refuses it: {detail}"
    MISSING = "“{name}” is missing."
    WRONG = "“{name}” must be {wanted}."
    UNKNOWN = "“{name}” is not known here."
    SOURCE = "The log source is not known: name a category such as webserver, authentication, dns or transfer."
    FIELD = "The lake keeps no field “{name}”."
    WORD = "A word without a field cannot be looked for: the lake keeps fields, not lines."
    VALUE = "A value of this kind cannot be compared."
    VALUES = "The rule compares with more than {limit} values."
    NUL = "A value holds a NUL character, which no log line has."
    PATTERN = "A pattern is longer than {limit} characters."
    JAVA = "Spark would read “{name}” in a pattern differently: write it another way."
    PSEUDONYM = "Users, accounts and sessions are kept as pseudonyms: only whole values can be compared."
    NETWORK = "“{name}” is no address: only an address can be inside a network."
    NO_NUMBER = "“{name}” is a number, and “{value}” is none."
    NOT_NUMERIC = "“{name}” is no number: it cannot be larger or smaller than one."
    NO_TIME = "“{name}” is no time."
    CORRELATION = (
        "Use a correlation of type event_count, value_count, value_sum, value_avg, temporal or temporal_ordered."
    )
    NOT_SUMMED = "“{name}” is no number: it cannot be added up."
    AVERAGE = "An average fires from a whole number up: use gte with one."
    CONDITION = "A correlation fires from a number up: use gte or gt."
    CHAIN = "A correlation cannot be made of correlations."
    KEYS = "A rule groups by at most {limit} fields."
    SPAN = "A time span is between a second and {limit} days."


class Wanted(StrEnum):
    """What a value must be: the gap in `RuleReason.WRONG`."""

    MAPPING = "a mapping"
    LANGUAGES = "a mapping of en and ja"
    REGULAR = "a mapping of at-least, apart and spread"
    TEXT = "a text of at most 2,000 characters"
    TEXTS = "a list of texts, one for each in English"
    LAYER = "entry, inside or exit"
    NUMBER = "a number from 1 to 2,000,000,000"
    POSITIVE = "a number above zero"
    FIELD = "the name of one field"
    FIELDS = "a list of fields"


class RuleError(Exception):
    """A rule, or a file of rules, is refused; ``line`` is counted from 1, 0 where it is not known yet."""

    def __init__(self, reason: RuleReason, *, line: int = 0, **words: object) -> None:
        super().__init__(reason.format(**words))
        self.reason = reason
        self.line = line
        self.words = words
