"""The composer's preview: who would see it, in a community of 500 organisations and 5,000 people.

Run: `python tests/bench/audience.py [--organisations 500] [--people 10]`; with DATABASE_URL, on PostgreSQL. Prints the
median of 20 answers in milliseconds, of the clock and of this process (the machine may be busy with others), for some
audiences: the whole request, then `readership` alone.
The peer is the way it was done before, an actor for every person asked one by one.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

ROUNDS = 20


def start(folder: Path) -> None:
    os.environ |= {
        "NOROSHI_DATA_DIR": str(folder),
        "NOROSHI_DEMO": "yes",
        "NOROSHI_LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "noroshi.site.settings",
    }
    import django

    django.setup()


def fill(organisations: int, people: int) -> tuple[list, list]:
    from noroshi.members.models import Group, GroupMembership, Organisation, Person, RoleAssignment
    from noroshi.site.commands.installation import prepare

    prepare()
    random = Random(1)
    classes = ["regular"] * 7 + ["affiliate", "trial", "supporting"]
    houses = Organisation.objects.bulk_create(
        Organisation(
            slug=f"member-{number}",
            name_ja=f"第{number}みなと銀行株式会社",
            name_en=f"Minato Bank {number}, Ltd.",
            kind="regional_bank",
            membership=random.choice(classes),
        )
        for number in range(organisations)
    )
    staff = Person.objects.bulk_create(
        Person(email=f"p{number}@{house.slug}.example", name=f"分析 担当{number}", organisation=house, password="!")
        for house in houses
        for number in range(people)
    )
    RoleAssignment.objects.bulk_create(
        RoleAssignment(person=person, role="analyst") for person in staff if random.random() < 0.6
    )
    groups = Group.objects.bulk_create(
        Group(slug=f"wg-{number}", name_ja=f"第{number}部会", kind="working_group") for number in range(13)
    )
    GroupMembership.objects.bulk_create(
        GroupMembership(group=group, person=person) for group in groups for person in random.sample(staff, 300)
    )
    return staff, groups


def timed(name: str, work: Callable[..., object], *arguments: object, **more: object) -> None:
    clocks, spans = (time.perf_counter, time.process_time), []
    work(*arguments, **more)
    for _ in range(ROUNDS):
        begun = [clock() for clock in clocks]
        work(*arguments, **more)
        spans.append([(clock() - start) * 1000 for clock, start in zip(clocks, begun, strict=True)])
    wall, busy = (statistics.median(column) for column in zip(*spans, strict=True))
    print(f"{name}: median {wall:.0f} ms, of which {busy:.0f} ms of this process", flush=True)


def one_by_one(item: object) -> int:
    from noroshi.core import clock
    from noroshi.members.queries import active_people, actors_of
    from noroshi.sharing.domain.ways import way_to

    people = list(active_people())
    return sum(way_to(actor, item, clock.now()) is not None for actor in actors_of(people))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--organisations", type=int, default=500)
    parser.add_argument("--people", type=int, default=10)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        start(Path(folder))
        staff, groups = fill(chosen.organisations, chosen.people)
        measure(staff, groups)


def measure(staff: list, groups: list) -> None:
    from django.test import Client

    from noroshi.core.domain.audience import Entry, EntryKind, Item, State
    from noroshi.core.domain.tlp import TLP
    from noroshi.members.models import GroupMembership, RoleAssignment
    from noroshi.members.queries import actor_of
    from noroshi.sharing.queries import readership

    author = (
        GroupMembership.objects.select_related("person__organisation")
        .filter(group=groups[0], person__in=RoleAssignment.objects.values("person"))[0]
        .person
    )
    asker, client = actor_of(author), Client(SERVER_NAME="localhost")
    client.force_login(author)
    houses = sorted({str(person.organisation_id) for person in staff})
    audiences = {
        "community, GREEN": ("GREEN", {"community": "on"}),
        "community, AMBER": ("AMBER", {"community": "on"}),
        "a group of 300": ("AMBER", {"groups": [str(groups[0].pk)]}),
        "100 organisations by name": ("AMBER", {"organisations": houses[:100]}),
        "all but 100": ("GREEN", {"community": "on", "excluded": houses[:100]}),
    }
    text = "45.155.205.66 から第12みなと銀行を騙る偽サイト。" * 40
    for name, (tlp, form) in audiences.items():
        answer = client.post("/signals/preview", {"tlp": tlp, "title": "偽サイト", "body": text, **form})
        assert answer.status_code == 200, answer.status_code
        typed = {"tlp": tlp, "title": "偽サイト", "body": text, **form}
        timed(f"preview, {name}", client.post, "/signals/preview", typed)
    line = frozenset({Entry(EntryKind.COMMUNITY)})
    item = Item(author.organisation_id, author.pk, TLP.GREEN, audience=line, state=State.PUBLISHED)
    timed("readership alone, community", readership, asker, item)
    begun = time.perf_counter()
    one_by_one(item)
    print(f"one by one, community: {(time.perf_counter() - begun) * 1000:.0f} ms")


if __name__ == "__main__":
    main()
