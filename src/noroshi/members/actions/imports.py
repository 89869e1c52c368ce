"""Many groups at once, from a file."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from django.db import transaction

from noroshi.core.actor import Actor
from noroshi.core.errors import InvalidInput, NoroshiError, SourceError
from noroshi.members import policy
from noroshi.members.actions.groups import admit, appoint_coordinator, change_group, create_group, write_charter
from noroshi.members.domain.groups import Line, read_groups
from noroshi.members.models import Group, Person
from noroshi.members.queries import account_named


@transaction.atomic
def import_groups(actor: Actor, *, path: Path) -> dict[str, str]:
    """Make the groups of a file, or bring those that are there in line with it; return what became of each.

    All of the file or nothing. Run again it changes nothing more. Nobody is taken out of a group by a file.
    """
    policy.require_community(actor)
    done = {}
    for line in read_groups(path):
        try:
            done[line.slug] = _bring_in_line(actor, line)
        except SourceError:
            raise
        except NoroshiError as error:
            field = f"{error.field}: " if isinstance(error, InvalidInput) else ""
            raise SourceError(path, line.number, f"{field}{error.message}") from error
    return done


def _bring_in_line(actor: Actor, line: Line) -> str:
    group = Group.objects.filter(slug=line.slug).first()
    fields = {"name_ja": line.name_ja, "name_en": line.name_en, "default_tlp": line.default_tlp, "terms": line.terms}
    if group is None:
        group, made = create_group(actor, slug=line.slug, kind=line.kind, **fields), True  # type: ignore[arg-type]
        changed = False
    elif group.kind != line.kind:
        raise InvalidInput("kind", f"{group.slug} is there as {group.kind}.")
    else:
        made, changed = False, change_group(actor, group=group, **fields)  # type: ignore[arg-type]
    changed |= _write_charter(actor, group, line)
    changed |= _settle(actor, group, _people(line.coordinators), coordinator=True)
    changed |= _settle(actor, group, _people(line.members), coordinator=False)
    return "created" if made else "changed" if changed else "unchanged"


def _write_charter(actor: Actor, group: Group, line: Line) -> bool:
    last = group.charters.order_by("number").last()
    before = (last.text_ja, last.text_en) if last else ("", "")
    if (line.charter.ja, line.charter.en) in (before, ("", "")):
        return False
    kept = last is not None and last.members_add_documents  # a file has no word on it
    write_charter(actor, group=group, charter=replace(line.charter, members_add_documents=kept))
    return True


def _people(addresses: Iterable[str]) -> list[Person]:
    people = []
    for address in addresses:
        person = account_named(address)
        if person is None:
            raise InvalidInput("members", f"{address} is nobody who takes part.")
        people.append(person)
    return people


def _settle(actor: Actor, group: Group, people: list[Person], *, coordinator: bool) -> bool:
    """Let in who is not in yet, and appoint; return whether anything changed."""
    changed = False
    for person in people:
        stay = group.memberships.filter(person=person, left_at__isnull=True).first()
        if stay is None:
            admit(actor, group, person, coordinator=coordinator)
            changed = True
        elif coordinator and not stay.coordinator:
            appoint_coordinator(actor, group=group, person=person)
            changed = True
    return changed
