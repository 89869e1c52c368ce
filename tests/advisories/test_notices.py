"""What notices say of what operators write: to each reader in the own language, and asked for all readers at once."""

import pytest
from django.core import mail
from django.utils import translation

from factories.audience import to_organisation
from noroshi.advisories.receivers.bulletins import present_bulletins
from noroshi.core.domain.tlp import TLP
from noroshi.members.models import Person
from noroshi.notify.tasks import send_due_mail


def letters_to(cast, *names):
    sent = {letter.to[0]: letter for letter in mail.outbox}
    return [sent[cast.people[name].email] for name in names]


def test_mail_of_a_bulletin_when_readers_read_other_languages_then_each_has_its_own(
    cast, published, drain, stopped_clock
):
    Person.objects.update(language="ja")
    Person.objects.filter(pk=cast.people["a1"].pk).update(language="en")
    with translation.override("ja"):  # as a worker runs
        published()
        drain()
        stopped_clock.advance(minutes=10)
        send_due_mail()
        drain()
    english, japanese = letters_to(cast, "a1", "b1")
    assert ("Urgent vulnerability" in english.subject, "緊急の脆弱性" in japanese.subject) == (True, True)
    assert ("Update **now**" in english.body, "更新" in english.body) == (True, False)
    assert ("更新" in japanese.body, "Update" in japanese.body) == (True, False)


@pytest.mark.parametrize("readers", [1, 3])
def test_bulletin_when_many_are_told_then_it_is_asked_for_once(cast, published, django_assert_num_queries, readers):
    bulletin = published(tlp=TLP.AMBER, entries=[to_organisation(cast.bank_a)])
    people = ("a1", "a2", "b1")[:readers]
    actors = {name: cast.actor(name) for name in people}
    with django_assert_num_queries(2):
        shown = dict(present_bulletins(actors.values(), [bulletin.pk]))
    assert {name: list(shown[actor]) for name, actor in actors.items()} == {
        name: [bulletin.pk] if name != "b1" else [] for name in people
    }
