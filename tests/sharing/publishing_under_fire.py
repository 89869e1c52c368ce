"""What the processes of `test_told_once` run, on an installation of their own. Imported by them, not by pytest."""

import json
import random
from datetime import UTC, datetime, timedelta

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402

from cast import ORGANISATIONS, PEOPLE, Cast, address, gather  # noqa: E402 - models need Django first
from factories.audience import COMMUNITY, to_group, to_organisation, to_person, without  # noqa: E402
from noroshi.core import clock  # noqa: E402
from noroshi.core.domain.audience import AuthorMode  # noqa: E402
from noroshi.core.domain.tlp import TLP  # noqa: E402
from noroshi.kit.jobs import Worker, recover_lost_jobs, run_until_idle  # noqa: E402
from noroshi.kit.models import WorkerBeat  # noqa: E402
from noroshi.members.models import Group, Organisation, Person  # noqa: E402
from noroshi.notify import mail  # noqa: E402
from noroshi.sharing import actions  # noqa: E402
from noroshi.sharing.domain.content import Content, Marking  # noqa: E402

AUTHORS = ("a1", "b1", "hub_op")


def prepare() -> None:
    """Make the database and the sector."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    with transaction.atomic():
        gather()


def publish(signals: int, seed: int) -> None:
    """Share signals to audiences drawn at random; a grave one is released at once."""
    cast, draw = _cast(), random.Random(seed)
    for number in range(signals):
        author = draw.choice(AUTHORS)
        words = Content("phishing", "customer", f"Signal {number}", "The pages look like those of a bank.")
        signal = actions.share_signal(cast.actor(author), content=words, marking=_marking(cast, draw))
        if signal.state == "held":
            actions.release_signal(cast.actor("hub_trusted"), signal)


def work() -> None:
    """Work until killed. The dead have had no pulse for long: the test does not wait for that."""
    WorkerBeat.objects.all().delete()
    print("working", flush=True)
    Worker().run()


def finish(hours: int = 0) -> None:
    """Do what is left to do, also what is due within some `hours`: mail that was too much waits for its turn."""
    WorkerBeat.objects.all().delete()
    recover_lost_jobs()
    run_until_idle()
    for hour in range(1, hours + 1):
        with clock.stopped_at(datetime.now(UTC) + timedelta(hours=hour)):
            mail.queue_due()
            run_until_idle()


def names() -> None:
    """Print who is who."""
    cast = _cast()
    print(json.dumps({name: str(person.pk) for name, person in cast.people.items()}))


def _cast() -> Cast:
    people = {name: Person.objects.get(email=address(name, home)) for name, (home, _roles) in PEOPLE.items()}
    organisations = {name: Organisation.objects.get(slug=name) for name in ORGANISATIONS}
    return Cast(organisations, people, {group.slug: group for group in Group.objects.all()})


def _marking(cast: Cast, draw: random.Random) -> Marking:
    mode = draw.choice([AuthorMode.NAMED] * 4 + [AuthorMode.ANONYMOUS])
    entries = draw.choice(
        [
            (TLP.GREEN, {COMMUNITY}),
            (TLP.AMBER, {COMMUNITY}),
            (TLP.AMBER, {COMMUNITY, without(cast.outsider)}),
            (TLP.AMBER, {to_organisation(cast.bank_b), to_person(cast.v1)}),
            (TLP.AMBER_STRICT, {to_group(cast.wg_incident)}),
            (TLP.AMBER_STRICT, {to_person(cast.i1)}),
            (TLP.RED, {to_group(cast.wg_incident), to_person(cast.o1)}),
            (TLP.RED, {to_person(cast.b2)}),
        ]
    )
    return Marking(entries[0], entries=frozenset(entries[1]), author_mode=mode)
