"""Signals as people make them, by the actions."""

import pytest
from django.utils import translation

from factories.audience import COMMUNITY, WORDS
from noroshi.core.domain.tlp import TLP
from noroshi.core.models import LedgerEntry
from noroshi.sharing import actions
from noroshi.sharing.domain.content import Marking


@pytest.fixture(autouse=True)
def _in_english():
    """Refusals are compared in their source language; pages follow the browser's."""
    with translation.override("en"):
        yield


@pytest.fixture
def draft(cast):
    """Write a draft of somebody: to the whole community as AMBER unless the marking says otherwise."""

    def write(author="a1", *entries, content=WORDS, tlp=TLP.AMBER, **marking):
        lines = frozenset(entries or [COMMUNITY])
        return actions.draft_signal(cast.actor(author), content=content, marking=Marking(tlp, entries=lines, **marking))

    return write


@pytest.fixture
def share(cast, draft):
    """Write a draft and send it; the hub's operator releases what is held."""

    def send(author="a1", *entries, **marking):
        sent = actions.publish_signal(cast.actor(author), draft(author, *entries, **marking))
        return actions.release_signal(cast.actor("hub_op"), sent) if sent.state == "held" else sent

    return send


@pytest.fixture
def ledger():
    """What the ledger has of a signal: (action, person) in order; or of everything for None."""

    def read(signal=None):
        rows = LedgerEntry.objects.order_by("id")
        rows = rows.filter(subject_id=signal.pk) if signal else rows
        return list(rows.values_list("action", "person"))

    return read
