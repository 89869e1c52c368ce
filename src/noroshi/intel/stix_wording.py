"""What breaks a rule of STIX 2.1 or of its patterns, in the reader's language. The domain knows no Django."""

from collections.abc import Iterable
from itertools import islice
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from noroshi.intel.domain.stix.patterns import Fault
from noroshi.intel.domain.stix.patterns.hunted import Limit
from noroshi.intel.domain.stix.rules import Problem, Rule
from noroshi.intel.queries.opinions import Opinion

MOST_REASONS: Final = 5

OPINIONS: Final[dict[str, Promise]] = {
    "strongly-agree": _("Strongly agrees"),
    "agree": _("Agrees"),
    "neutral": _("Neither agrees nor disagrees"),
    "disagree": _("Disagrees"),
    "strongly-disagree": _("Strongly disagrees"),
}
"""The scale of opinions (STIX 2.1, 10.14)."""


def in_words(opinions: Iterable[Opinion]) -> list[tuple[Opinion, Promise]]:
    """Return opinions, each with its word in the reader's language."""
    return [(each, OPINIONS[each.word]) for each in opinions]


RULES: Final[dict[Rule, Promise]] = {
    Rule.JSON: _("This is not JSON (%(value)s)."),
    Rule.ENCODING: _("The text is not UTF-8."),
    Rule.TOO_LARGE: _("The object is larger than %(most)s bytes."),
    Rule.TOO_DEEP: _("Lists and dictionaries are nested deeper than %(most)s."),
    Rule.DOUBLED_KEY: _("“%(value)s” stands twice in one object."),
    Rule.NOT_AN_OBJECT: _("This is no object."),
    Rule.BUNDLE: _("A bundle has the type “bundle” and an identifier of that type."),
    Rule.TYPE_NAME: _("“%(value)s” is no name of a type: lower-case letters, digits and single hyphens, 3 to 250."),
    Rule.TYPE_UNKNOWN: _(
        "“%(value)s” is no type of STIX 2.1. A custom type begins with x-, or says by an extension what it is."
    ),
    Rule.SPEC_VERSION: _("The version is “%(value)s”; only 2.1 is taken."),
    Rule.IDENTIFIER: _("“%(value)s” is no identifier of the form type--UUID (RFC 4122)."),
    Rule.IDENTIFIER_TYPE: _("The identifier “%(value)s” is not one of the type %(type)s."),
    Rule.IDENTIFIER_RANDOM: _(
        "Where no property contributes to the identifier, it ends in a random UUID (version 4), not as “%(value)s”."
    ),
    Rule.IDENTIFIER_SHARED: _("An observable that has versions needs an identifier of its own, not “%(value)s”."),
    Rule.REQUIRED: _("The property %(name)s is missing."),
    Rule.PROPERTY_NAME: _("“%(name)s” is no name of a property: lower-case letters, digits and underscores, 3 to 250."),
    Rule.PROPERTY_UNKNOWN: _(
        "%(name)s is no property of this type. A custom one begins with x_, or comes with an extension that says so."
    ),
    Rule.RESERVED: _("The name %(name)s is reserved."),
    Rule.NOT_APPLICABLE: _("%(name)s is no property of this kind of object."),
    Rule.STRING: _("“%(value)s” is no string."),
    Rule.BOOLEAN: _("“%(value)s” is neither true nor false."),
    Rule.INTEGER: _("“%(value)s” is no whole number."),
    Rule.FLOAT: _("“%(value)s” is no finite number."),
    Rule.RANGE: _("%(value)s does not lie between %(least)s and %(most)s."),
    Rule.LIST: _("“%(value)s” is no list."),
    Rule.EMPTY_LIST: _("A list has at least one value; leave the property out instead."),
    Rule.DICTIONARY: _("“%(value)s” is no dictionary."),
    Rule.EMPTY_DICTIONARY: _("A dictionary has at least one key; leave the property out instead."),
    Rule.DICTIONARY_KEY: _("“%(value)s” is no key: letters, digits, hyphens and underscores, at most 250."),
    Rule.NULL: _("null is no value."),
    Rule.ENUMERATION: _("“%(value)s” is none of: %(allowed)s."),
    Rule.TIMESTAMP: _("“%(value)s” is no timestamp of the form 2026-01-02T03:04:05.678Z."),
    Rule.PRECISION: _("“%(value)s” does not name the millisecond."),
    Rule.REFERENCE_TYPE: _("“%(value)s” is not of the kind that may stand here: %(allowed)s."),
    Rule.HEX: _("“%(value)s” is no even number of hexadecimal digits in lower case."),
    Rule.BINARY: _("“%(value)s” is not base64."),
    Rule.HASH_NAME: _("“%(value)s” is no name of a hash algorithm."),
    Rule.HASH_VALUE: _("“%(value)s” is no digest of %(algorithm)s."),
    Rule.LANGUAGE: _("“%(value)s” is no language tag."),
    Rule.URL: _("“%(value)s” is no URL."),
    Rule.VALUE_FORM: _("“%(value)s” has not the form of “%(example)s”."),
    Rule.ORDER: _("%(later)s lies before %(earlier)s, or at the same moment where that is not allowed."),
    Rule.TOGETHER: _("With %(name)s there must be: %(others)s."),
    Rule.EXCLUSIVE: _("These exclude each other: %(names)s."),
    Rule.ONE_OF: _("At least one of these must be there: %(names)s."),
    Rule.ONLY_IF: _("%(name)s may only be there where %(other)s says %(value)s."),
    Rule.EXTERNAL_ID: _("“%(value)s” and the source %(source)s do not fit together."),
    Rule.SELECTOR: _("“%(value)s” is no selector."),
    Rule.SELECTOR_ABSENT: _("The selector “%(value)s” leads to nothing in this object."),
    Rule.MARKED_BY_ITSELF: _("The marking “%(value)s” marks itself."),
    Rule.TLP_FORGED: _("“%(value)s” is not one of the TLP markings that the standard defines, word by word."),
    Rule.EXTENSION_KEY: _("“%(value)s” is no name of an extension of this object."),
    Rule.EXTENSION_TYPE: _("An extension says of which type it is: %(allowed)s."),
    Rule.CONTAINED_OBJECT: _("“%(value)s” is no object in this container."),
    Rule.PATTERN: _("The pattern is none of STIX, from character %(place)s on: %(fault)s"),
    Rule.FUTURE: _("The version %(value)s lies in the future: a clock is wrong."),
    Rule.LEVEL: _("%(value)s does not travel by this way."),
}

FAULTS: Final[dict[Fault, Promise]] = {
    Fault.CHARACTER: _("“%(value)s” does not belong there."),
    Fault.UNEXPECTED: _("“%(value)s” was not expected."),
    Fault.UNFINISHED: _("it ends too early."),
    Fault.TOO_LONG: _("it is too long."),
    Fault.TOO_DEEP: _("brackets are nested too deeply."),
    Fault.TYPE: _("“%(value)s” is no name of a type."),
    Fault.TIMESTAMP: _("“%(value)s” is no moment."),
    Fault.NUMBER: _("“%(value)s” is too large a number."),
    Fault.NOT_POSITIVE: _("“%(value)s” is not more than zero."),
    Fault.MIXED_SET: _("the values of a set are of different types."),
    Fault.MIXED_TYPES: _("what AND joins cannot be true of one object."),
    Fault.QUALIFIED_TWICE: _("%(value)s is said twice."),
    Fault.HASH: _("“%(value)s” is no digest of that algorithm."),
}

LIMITS: Final[dict[Limit, Promise]] = {
    Limit.FIELD: _("No log has this property."),
    Limit.NEGATED: _("What must not be is not looked for."),
    Limit.COMPARED: _("Only whole values are looked for, no wildcards, ranges or expressions."),
    Limit.VALUE: _("The value is none of the kind that is looked for."),
    Limit.WIDER: _("Each value is found by itself, also where the others are not."),
    Limit.ORDER: _("Order, repetition and time are not looked at."),
}


def sentence(problem: Problem) -> str:
    """Return one sentence on what is broken."""
    names = dict(problem.names)
    if problem.rule is Rule.PATTERN:
        names["fault"] = str(FAULTS[Fault(names["fault"])]) % names
    return str(RULES[problem.rule]) % names


def reason(problem: Problem) -> str:
    """Return the sentence with where it is broken and where the standard says so."""
    where = f"{problem.where}: " if problem.path else ""
    section = problem.section
    source = section if section.startswith("RFC") else gettext("STIX 2.1, %(section)s") % {"section": section}
    return f"{where}{sentence(problem)}{f' ({source})' if section else ''}"


def reasons(problems: Iterable[Problem]) -> str:
    """Return what an object breaks in one line; of much, the beginning."""
    first = list(islice(problems, MOST_REASONS + 1))
    more = [gettext("There is more.")] if len(first) > MOST_REASONS else []
    return " ".join([*(reason(problem) for problem in first[:MOST_REASONS]), *more])
