"""A hub with many signals in a folder of its own: what the benchmarks of the portal measure on."""

import os
from pathlib import Path
from random import Random
from uuid import UUID

SIGNALS = 100_000
ORGANISATIONS = 40
PEOPLE = 5


def start(folder: Path) -> None:
    """Point the settings at `folder` and start Django."""
    os.environ |= {
        "NOROSHI_DATA_DIR": str(folder),
        "NOROSHI_DEMO": "yes",
        "NOROSHI_LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "noroshi.site.settings",
    }
    import django

    django.setup()


def fill(signals: int = SIGNALS) -> list[UUID]:
    """Make the sector and its signals, of every marking and audience; return the ids of the analysts."""
    from noroshi.core.actor import Actor
    from noroshi.members import actions
    from noroshi.site.commands.installation import prepare

    prepare()
    operator = Actor.system("bench")
    organisations = [
        actions.create_organisation(
            operator,
            slug=f"member-{number}",
            name_ja=f"会員{number}",
            name_en=f"Member {number}",
            kind="regional_bank",
            membership="regular" if number else "hub",
        )
        for number in range(ORGANISATIONS)
    ]
    people = [
        actions.create_person(
            operator,
            email=f"analyst-{number}@{organisation.slug}.example",
            name=f"分析 {number}",
            organisation=organisation,
            roles=["analyst"],
            password="not-used-by-anybody",
        )
        for organisation in organisations
        for number in range(PEOPLE)
    ]
    _write_signals(people, signals)
    return [person.pk for person in people]


def _write_signals(people: list, count: int) -> None:
    from datetime import timedelta

    from django.db import transaction

    from noroshi.core import clock, ids
    from noroshi.core.models import AudienceEntry
    from noroshi.kit import search
    from noroshi.sharing.models import Signal

    random = Random(1)
    now = clock.now()
    for start in range(0, count, 5_000):
        rows, lines = [], []
        for number in range(start, min(start + 5_000, count)):
            author = random.choice(people)
            tlp, kind, target = random.choice(
                [
                    ("CLEAR", "community", None),
                    ("GREEN", "community", None),
                    ("AMBER", "community", None),
                    ("AMBER", "organisation", random.choice(people).organisation_id),
                    ("AMBER+STRICT", "organisation", random.choice(people).organisation_id),
                    ("RED", "person", random.choice(people).pk),
                ]
            )
            row = Signal(
                id=ids.new_id(),
                owner_id=author.organisation_id,
                author=author,
                tlp=tlp,
                kind=random.choice(["phishing", "fraud", "malware", "news"]),
                target=random.choice(["own_system", "customer"]),
                title=f"不正送金の注意喚起 第{number}号",
                body="インターネットバンキングの利用者を狙う攻撃です。",
                state="published",
                published_at=now - timedelta(minutes=number),
            )
            rows.append(row)
            lines.append(AudienceEntry(item_id=row.pk, kind=kind, target=target, organisation=target))
        with transaction.atomic():
            Signal.everything.bulk_create(rows)
            AudienceEntry.objects.bulk_create(lines)
            for row in rows:
                search.index("signal", row.pk, row.title, row.body)
