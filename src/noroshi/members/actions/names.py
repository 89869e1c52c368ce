"""Names that others read: in visible characters, in letters of one script, and unlike those that are there already.

Whom a name may not look like is said only to who may know of them: whoever takes in organisations and makes groups
knows all of these; an admin, and a colleague, the people of the own organisation.
"""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from noroshi.core.errors import InvalidInput
from noroshi.kit.domain.lookalikes import hides_something, looks, mixes_scripts
from noroshi.members.actions import values
from noroshi.members.models import Group, Organisation, Person


def name(field: str, value: str, longest: int) -> str:
    """Return a name in one line; raise InvalidInput where it would deceive whoever reads it."""
    plain = values.text(field, " ".join(value.split()), longest)
    if hides_something(plain):
        raise InvalidInput(field, _("This has characters that nobody sees. Type it anew."))
    if mixes_scripts(plain):
        raise InvalidInput(field, _("This mixes letters of scripts that look alike. Type it in letters of one."))
    return plain


def both_names(japanese: str, english: str, others: QuerySet[Organisation] | QuerySet[Group]) -> dict[str, str]:
    """Return the two names of an organisation or a group, unlike all `others`; the English one may be empty."""
    given = {"name_ja": japanese, "name_en": english}
    found = {
        field: name(field, value, 200) if value.strip() or field == "name_ja" else "" for field, value in given.items()
    }
    known = [other for pair in others.values_list("name_ja", "name_en") for other in pair if other]
    for field, value in found.items():
        _require_unlike(field, value, known)
    return found


def name_of_person(value: str, colleagues: QuerySet[Person]) -> str:
    """Return a person's name. Two people may have one name; another that only looks like it is refused."""
    plain = name("name", value, 120)
    _require_unlike("name", plain, (other for other in colleagues.values_list("name", flat=True) if other != plain))
    return plain


def _require_unlike(field: str, value: str, others: Iterable[str]) -> None:
    mine = looks(value) if value else frozenset()
    clash = next((other for other in others if not mine.isdisjoint(looks(other))), None)
    if clash is not None:
        raise InvalidInput(field, _("This looks like “%(name)s”, which is there already.") % {"name": clash})
