"""Bulletins as tests want them."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core import mail

from factories.audience import COMMUNITY
from noroshi.advisories import actions
from noroshi.advisories.actions import Draft, ListSaid
from noroshi.advisories.domain.bulletins import Words
from noroshi.advisories.models import Bulletin, Category, Delivery
from noroshi.core.domain.tlp import TLP
from noroshi.sharing.domain.content import Marking

WORDS = Words("緊急の脆弱性", "## 概要\n\n<b>更新</b>してください", "Urgent vulnerability", "Update **now**")


@pytest.fixture
def beginnings(db):
    """The categories and templates that an installation begins with: a test that emptied the tables took them along."""
    if not Category.objects.exists():
        import_module("noroshi.advisories.migrations.0001_bulletins").begin(apps, None)


@pytest.fixture
def drafted(cast, beginnings):
    """Write a draft as hub_op does."""

    def write(*, words=WORDS, tlp=TLP.GREEN, entries=(COMMUNITY,), series="VULN", **said) -> Bulletin:
        marking = Marking(tlp, entries=frozenset(entries))
        draft = Draft(Category.objects.get(series=series), words, marking, **said)
        return actions.draft_bulletin(cast.actor("hub_op"), draft)

    return write


@pytest.fixture
def sent(cast):
    """Bring a draft out: hub_op hands it over, hub_trusted approves and publishes it."""

    def send(bulletin: Bulletin) -> Bulletin:
        actions.submit_bulletin(cast.actor("hub_op"), bulletin)
        actions.approve_bulletin(cast.actor("hub_trusted"), bulletin)
        return actions.publish_bulletin(cast.actor("hub_trusted"), bulletin)

    return send


@pytest.fixture
def published(drafted, sent):
    """Write a bulletin and bring it out."""

    def publish(**said) -> Bulletin:
        return sent(drafted(**said))

    return publish


@pytest.fixture
def mailed(cast, published, drain):
    """Mail a bulletin to some addresses, and to these alone; return the deliveries by address."""

    def send(*addresses) -> dict[str, Delivery]:
        operator = cast.actor("hub_op")
        said = ListSaid("alerts", "注意", "Alerts", list(Category.objects.filter(series="VULN")), ceiling="GREEN")
        row = actions.keep_mailing_list(operator, said)
        for address in addresses:
            actions.add_subscriber(operator, row, address=address, reason="x")
        mail.outbox.clear()
        published()
        drain()
        return {row.key: row for row in Delivery.everything.all()}

    return send
