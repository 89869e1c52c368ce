"""Names of products that an organisation learned: matched from then on, taken back, and nobody else's."""

import pytest

from factories.tasks import HEADINGS, read_in, task_of, tell
from noroshi.advisories import actions, queries
from noroshi.advisories.actions import ProductName
from noroshi.advisories.models import Match, ProductAlias
from noroshi.core.errors import InvalidInput, NotAllowed, NotFound
from noroshi.core.models import LedgerEntry

pytestmark = pytest.mark.django_db

OURS = HEADINGS + "A001,境界FW,open,very high,当行,境界装置,7.2.4\n"


def learn(cast, who="a1", *, ours=("当行", "境界装置"), theirs=("Quokka", "Gate"), is_sure=True, reason="同じ製品"):
    return actions.learn_alias(
        cast.actor(who), ours=ProductName(*ours), theirs=ProductName(*theirs), is_sure=is_sure, reason=reason
    )


def told(cast, who="a1"):
    return [(row.stage, row.confidence, row.rule) for row in queries.matches_for(cast.actor(who))]


def test_a_pair_that_was_judged_is_matched_from_then_on_and_taken_back(cast, tmp_path, drain):
    tell(tmp_path)
    read_in(cast, text=OURS)
    read_in(cast, "b1", text=OURS)
    drain()
    assert told(cast) == []
    pair = learn(cast)
    drain()
    assert told(cast) == [("open", "ranged", "alias quokka/gate; < 7.2.5: affected")]
    assert told(cast, "b1") == []  # it is of the organisation that learned it alone
    tell(tmp_path, 1002)
    actions.match_news("real", pair.learned_at)
    assert len(told(cast)) == 2
    actions.take_back_alias(cast.actor("a1"), pair)
    drain()
    assert [stage for stage, *_ in told(cast)] == ["gone", "gone"]
    kinds = [row.kind for row in queries.steps_of(cast.actor("a1"), task_of(cast))]
    assert kinds == ["gone", "found"]


def test_what_is_only_probable_waits_for_somebody_and_may_be_judged_anew(cast, tmp_path, drain):
    tell(tmp_path)
    read_in(cast, text=OURS)
    first = learn(cast, is_sure=False)
    drain()
    assert told(cast) == [("to_judge", "heuristic", "alias quokka/gate; < 7.2.5: affected")]
    assert learn(cast, theirs=("QUOKKA, Inc.", "gate"), reason="確認した").pk == first.pk
    drain()
    assert told(cast) == [("open", "ranged", "alias quokka/gate; < 7.2.5: affected")]
    row = ProductAlias.everything.get()
    assert (row.theirs_words, row.reason, row.is_sure) == ("QUOKKA, Inc. gate", "確認した", True)


def test_what_names_nothing_or_the_same_is_refused_at_its_field(cast):
    for said, field in (
        ({"ours": ("当行", " ")}, "ours_name"),
        ({"theirs": ("Quokka", "---")}, "theirs_name"),
        ({"theirs": ("", "n" * 191)}, "theirs_name"),
        ({"ours": ("quokka", "GATE")}, "theirs_name"),
        ({"reason": " "}, "reason"),
    ):
        with pytest.raises(InvalidInput) as refused:
            learn(cast, **said)
        assert refused.value.field == field
    assert ProductAlias.everything.count() == 0


def test_nobody_else_sees_learns_or_takes_back(cast, tmp_path):
    row = learn(cast)
    learn(cast, "b1", ours=("B行", "別装置"))
    for name in ("b1", "hub_op", "a_reader", "a_admin", "sup", "v1"):
        actor, client = cast.actor(name), cast.client(name)
        assert row not in ProductAlias.objects.visible_to(actor), name
        for address in ("", "?export=csv"):
            text = b"".join(client.get(f"/advisories/names/{address}")).decode()
            assert [word for word in ("境界装置", "同じ製品") if word in text and name != "b1"] == []
            assert "境界装置" not in text, name
        with pytest.raises((NotFound, NotAllowed)):
            actions.take_back_alias(actor, row)
        assert client.post(f"/advisories/names/{row.pk}/take-back").status_code in (403, 404)
    assert ProductAlias.everything.count() == 2
    entries = LedgerEntry.objects.filter(action="advisories.alias.learned")
    assert [entry.payload for entry in entries] == [{"sure": True}, {"sure": True}]  # names are nobody else's


@pytest.mark.pages
def test_a_person_remembers_what_a_record_calls_it_from_its_task(cast, tmp_path, drain):
    tell(tmp_path)
    read_in(cast, text=HEADINGS + "A001,境界FW,open,very high,,Gate,7.2.4\n")
    row = task_of(cast)
    assert (row.stage, row.confidence) == ("to_judge", "heuristic")
    client = cast.client("a1")
    assert f"/advisories/names/?of={row.pk}" in client.get(f"/advisories/tasks/{row.pk}/").content.decode()
    begun = client.get("/advisories/names/", {"of": str(row.pk)}).content.decode()
    assert ('value="Quokka"' in begun, begun.count('value="Gate"')) == (True, 2)
    for number in ("nonsense", "00000000-0000-0000-0000-000000000000"):
        assert client.get("/advisories/names/", {"of": number}).status_code == 200
    other = cast.client("b1").get("/advisories/names/", {"of": str(row.pk)}).content.decode()
    assert 'value="Gate"' not in other
    said = {"ours_vendor": "", "ours_name": "Gate", "theirs_vendor": "Quokka", "theirs_name": "Gate"}
    assert client.post("/advisories/names/", said).status_code == 422
    assert client.post("/advisories/names/", said | {"is_sure": "on", "reason": "台帳で確認"}).status_code == 302
    drain()
    assert (task_of(cast).stage, task_of(cast).rule) == ("open", "alias quokka/gate; < 7.2.5: affected")
    page = client.get("/advisories/names/").content.decode()
    assert ("台帳で確認" in page, "take-back" in page) == (True, True)
    assert client.post(f"/advisories/names/{ProductAlias.everything.get().pk}/take-back").status_code == 302
    drain()
    assert Match.everything.get().rule == "name gate; < 7.2.5: affected"


@pytest.mark.pages
def test_the_list_costs_the_same_for_one_and_for_three(cast, django_assert_num_queries):
    client = cast.client("a1")
    for names in (("一",), ("二", "三")):
        for name in names:
            learn(cast, ours=("当行", name))
        client.get("/advisories/names/")
        with django_assert_num_queries(10):
            client.get("/advisories/names/")
    assert ProductAlias.everything.count() == 3
