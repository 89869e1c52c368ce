"""What the processes of `factories.arrival` run, on an installation of their own. Imported by them, not by pytest."""

import threading

import django

django.setup()

from django.conf import settings  # noqa: E402 - models need Django first
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402

from cast import ORGANISATIONS, PEOPLE, Cast, address, gather  # noqa: E402
from factories.lakes import EVIL_ADDRESS, share  # noqa: E402
from noroshi.core.actor import Actor  # noqa: E402
from noroshi.hunting import actions  # noqa: E402
from noroshi.hunting.domain import drop_folder  # noqa: E402
from noroshi.kit.jobs import Worker, recover_lost_jobs, run_due, run_until_idle  # noqa: E402
from noroshi.kit.models import WorkerBeat  # noqa: E402
from noroshi.members.models import Group, Organisation, Person  # noqa: E402

drop_folder.SETTLED = 0.0  # files are renamed into the folder


def prepare() -> None:
    """Make the database, the sector, and a signal that was hunted in vain."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    with transaction.atomic():
        gather()
    share(_cast().actor("i1"), EVIL_ADDRESS)
    run_until_idle()


def work() -> None:
    """Watch the folder and what arrives, until killed."""
    WorkerBeat.objects.all().delete()
    threading.Thread(target=_watch_folder, daemon=True).start()
    print("working", flush=True)
    Worker().run()


def _watch_folder() -> None:
    while True:
        _take_in()


def finish() -> None:
    """Do what is left to do."""
    WorkerBeat.objects.all().delete()
    recover_lost_jobs()
    _take_in()
    run_due()
    run_until_idle()


def _take_in() -> None:
    bank, folder = _cast().bank_a, settings.DATA_DIR / "dropped"
    for _outcome in actions.take_in_folder(Actor.system("test"), organisation=bank, source="app", folder=folder):
        pass


def _cast() -> Cast:
    people = {name: Person.objects.get(email=address(name, home)) for name, (home, _roles) in PEOPLE.items()}
    organisations = {name: Organisation.objects.get(slug=name) for name in ORGANISATIONS}
    return Cast(organisations, people, {group.slug: group for group in Group.objects.all()})
