"""Notices about real signals, through the real policy, by a presenter of the tests' own."""

from uuid import UUID

import pytest
from django.db import transaction

from factories.signals import make_signal
from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.tlp import TLP
from noroshi.notify import presenters
from noroshi.notify.actions import post_notices
from noroshi.notify.models import Notice, NoticeKind
from noroshi.notify.presenters import Presentation
from noroshi.sharing.models import Kind, Signal

SUBJECT = "test.signal"


def _present(actor, ids):
    signals = Signal.objects.visible_to(actor).filter(pk__in=ids)
    return {row.pk: Presentation(row.title, f"/signals/{row.pk}/", TLP(row.tlp), row.body) for row in signals}


@pytest.fixture(autouse=True)
def _presenter(monkeypatch):
    monkeypatch.setattr(presenters, "_presenters", dict(presenters._presenters))
    monkeypatch.setattr(presenters, "_kinds", dict(presenters._kinds))
    presenters.presents(SUBJECT, kinds=Kind.choices)(_present)


@pytest.fixture
def event(db):
    """Make ledger entries for notices to come from."""

    def make():
        with transaction.atomic():
            return ledger.record(Actor.system("test"), "test.thing.done")

    return make


@pytest.fixture
def tell(event):
    """Post a notice about a signal to people."""

    def post(signal, *people, kind=NoticeKind.SIGNAL, **changes):
        subject_id = signal if isinstance(signal, UUID) else signal.pk
        values = {"event": event(), "world": "real", **changes}
        return post_notices(people=people, kind=kind, subject=SUBJECT, subject_id=subject_id, **values)

    return post


@pytest.fixture
def signal(cast):
    """A signal of bank A at a level, to the community where the level allows it, else to B's analyst."""

    def make(tlp="AMBER", *audience, **fields):
        return make_signal(cast.a1, *audience, tlp=tlp, **fields)

    return make


@pytest.fixture
def inbox():
    """Everything in a person's inbox, oldest first."""

    def read(person):
        return list(Notice.everything.filter(person=person).order_by("created_at", "pk"))

    return read
