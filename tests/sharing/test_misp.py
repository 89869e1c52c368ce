"""MISP, in and out: events become drafts and nothing more, signals become events, and no level is lost on the way."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from factories.audience import COMMUNITY, to_group, to_organisation, to_person, without
from factories.misp import EVENT, attribute, misp_event, tagged
from factories.program import ADMINS
from noroshi.core.domain.audience import AuthorMode, EntryKind, State
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.membership import Standing
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.core.errors import InvalidInput, NotAllowed, NotFound
from noroshi.core.models import AudienceEntry
from noroshi.intel.domain.misp.events import read_events
from noroshi.intel.models import Tag
from noroshi.kit import outbound
from noroshi.kit.outbound import Answer
from noroshi.members.actions import issue_token
from noroshi.members.models import Person
from noroshi.sharing import actions
from noroshi.sharing.cli.misp import misp as command
from noroshi.sharing.domain.content import Content, Marking
from noroshi.sharing.domain.handling import Handling, Objective, Pap
from noroshi.sharing.models import MispFeed, Receipt, Signal, SignalObservable, SignalTag, TakenEvent
from noroshi.sharing.queries.misp import events_for

EVERYBODY = frozenset({COMMUNITY})


def read(event):
    return read_events(json.dumps(event).encode())[0]


@pytest.fixture
def take(cast, stopped_clock):
    Person.objects.update(language="en")

    def go(*attributes, by="a1", **more):
        return actions.take_event(cast.actor(by), read(misp_event(*attributes, **more)))

    return go


def audience(signal) -> set[tuple[str, object]]:
    return {(row.kind, row.target) for row in AudienceEntry.objects.filter(item_id=signal.pk)}


# In


def test_event_when_taken_then_it_is_a_draft_of_that_person_and_nobody_elses(cast, take):
    [draft] = take(attribute("domain", "evil.example"), attribute("ip-src", "45.155.205.66", to_ids=False)).drafts
    assert (draft.state, draft.kind, draft.author, draft.tlp) == (State.DRAFT, "", cast.a1, TLP.GREEN)
    assert (draft.title, "`evil[.]example`" in draft.body) == ("フィッシング: 偽のログイン画面", True)
    values = SignalObservable.everything.filter(signal=draft).order_by("pk")
    assert {(row.observable.value, row.objective) for row in values} == {
        ("evil.example", Objective.DETECT),
        ("45.155.205.66", Objective.ANALYSE),
    }
    seen = {name: Signal.objects.visible_to(cast.actor(name)).count() for name in ("a1", "a2", "hub_op", "b1")}
    assert seen == {"a1": 1, "a2": 0, "hub_op": 0, "b1": 0}
    page = cast.client("a1").get(f"/signals/{draft.pk}/review").content.decode()
    assert '<option value="analyse" selected>' in page


def test_event_when_its_distribution_is_narrow_then_so_is_the_audience(cast, take):
    community, home = (EntryKind.COMMUNITY, None), (EntryKind.ORGANISATION, cast.bank_a.pk)
    group = {"SharingGroupOrg": [{"Organisation": {"name": "bank_b"}}, {"Organisation": {"name": "Elsewhere"}}]}
    found = {}
    for place, (distribution, more) in enumerate(
        [("0", {}), ("1", {}), ("3", {}), ("4", {"SharingGroup": group}), ("4", {}), ("9", {})]
    ):
        number = str(UUID(int=UUID(EVENT).int + place))
        [draft] = take(attribute("domain", "evil.example"), uuid=number, distribution=distribution, **more).drafts
        found[place] = audience(draft)
    named = {(EntryKind.ORGANISATION, cast.bank_b.pk)}
    assert list(found.values()) == [{home}, {community}, {community}, named, {home}, {home}]


@pytest.mark.parametrize(
    ("tags", "distribution", "profile", "level", "kind"),
    [
        (("TLP:RED",), "3", Profile.FIRST, TLP.RED, EntryKind.PERSON),
        (("tlp:amber+strict",), "3", Profile.FIRST, TLP.AMBER_STRICT, EntryKind.ORGANISATION),
        (("tlp:amber+strict",), "3", Profile.F_ISAC_JP, TLP.AMBER_STRICT, EntryKind.PERSON),
        (("tlp:clear", "tlp:green"), "3", Profile.FIRST, TLP.GREEN, EntryKind.COMMUNITY),
        (("tlp:clear",), "3", Profile.FIRST, TLP.CLEAR, EntryKind.COMMUNITY),
        (("tlp:clear",), "0", Profile.FIRST, TLP.GREEN, EntryKind.ORGANISATION),
        ((), "3", Profile.FIRST, TLP.AMBER, EntryKind.COMMUNITY),
    ],
)
def test_event_when_its_level_and_reach_differ_then_neither_is_widened(
    take, settings, tags, distribution, profile, level, kind
):
    settings.TLP_PROFILE = profile
    [draft] = take(attribute("domain", "evil.example"), tags=tags, distribution=distribution).drafts
    assert (draft.tlp, {each for each, _target in audience(draft)}) == (level, {kind})


def test_event_when_a_part_is_marked_otherwise_then_it_is_a_draft_of_its_own(take):
    drafts = take(attribute("domain", "a.example"), attribute("domain", "b.example", Tag=tagged("tlp:red"))).drafts
    found = [(each.title[-6:], each.tlp, "a[.]example" in each.body, "b[.]example" in each.body) for each in drafts]
    assert found == [(" (1/2)", TLP.GREEN, True, False), (" (2/2)", TLP.RED, False, True)]


def test_event_when_it_is_larger_than_a_draft_then_nothing_of_it_is_lost(take):
    drafts = take(*(attribute("domain", f"evil{place}.example") for place in range(3_000))).drafts
    values = SignalObservable.everything.filter(signal__in=drafts).values_list("observable__value", flat=True)
    assert (len(drafts) > 1, sorted(values)) == (True, sorted(f"evil{place}.example" for place in range(3_000)))


def test_event_when_its_words_are_hostile_then_nothing_of_them_acts(cast, take):
    evil = "`<script>alert(1)</script>` [x](https://evil.example/) ![y](https://evil.example/p.png) | # z\n- w"
    [draft] = take(
        attribute("text", evil, comment=evil), attribute("user-agent", "curl/8 [x](https://e.example/)")
    ).drafts
    page = cast.client("a1").get(f"/signals/{draft.pk}/review").content.decode()
    assert ("<script>alert" in page, 'href="https://evil' in page, 'href="https://e.example' in page) == (False,) * 3
    values = set(SignalObservable.everything.filter(signal=draft).values_list("observable__value", flat=True))
    assert "curl/8 [x](https://e.example/)" in values


def test_event_when_a_value_has_more_than_what_is_looked_for_then_the_draft_says_that_too(take):
    rows = [attribute("filename|md5", f"請求書.exe|{'a' * 32}"), attribute("ip-dst|port", "45.155.205.66|8080")]
    lines = take(*rows).drafts[0].body.splitlines()[-2:]
    assert lines == [f"- `filename|md5` `{'a' * 32}` `請求書.exe`", "- `ip-dst|port` `45[.]155[.]205[.]66` `8080`"]


def test_event_when_parts_of_it_are_refused_then_the_rest_is_taken_and_each_is_named(take):
    taken = take(attribute("ip-dst", "nonsense"), attribute("domain", "evil.example"))
    assert (len(taken.drafts), taken.refused) == (
        1,
        [("Attribute[0]", "Its value is not of its type. This is not an IPv4 address.")],
    )


def test_event_when_taken_again_then_only_a_newer_one_replaces_what_was_not_sent(cast, take):
    [old] = take(attribute("domain", "evil.example")).drafts
    assert take(attribute("domain", "other.example")).drafts == []
    [new] = take(attribute("domain", "other.example"), timestamp="1795000001").drafts
    assert list(Signal.everything.values_list("pk", flat=True)) == [new.pk] != [old.pk]
    assert (TakenEvent.objects.count(), take(attribute("domain", "x.example"), by="b1").drafts != []) == (1, True)


def test_event_when_it_is_one_of_ours_then_it_is_not_taken(cast, take):
    words, marking = Content("phishing", "customer", "x", "evil.example"), Marking(TLP.GREEN, entries=EVERYBODY)
    signal = actions.share_signal(cast.actor("b1"), content=words, marking=marking)
    assert take(attribute("domain", "evil.example"), uuid=str(signal.pk), timestamp="1999999999").drafts == []


def test_event_when_somebody_may_not_share_then_it_is_not_taken(take):
    for name in ("a_reader", "sup"):
        with pytest.raises(NotAllowed):
            take(attribute("domain", "evil.example"), by=name)
    assert Signal.everything.count() == 0


def test_import_when_a_folder_is_given_then_each_file_is_taken_and_refusals_are_told(cast, tmp_path):
    other = misp_event(attribute("domain", "b.example"), uuid=str(UUID(int=7)))
    files = {"a.json": misp_event(attribute("ip-src", "x")), "b.json": other, "c.json": 3, "manifest.json": {}}
    for name, value in files.items():
        (tmp_path / name).write_text(json.dumps(value), encoding="utf-8")
    ran = CliRunner().invoke(command, ["import", "--person", cast.a1.email, "--json", str(tmp_path)])
    told = json.loads(ran.stdout.splitlines()[0] if ran.stdout.count("\n") < 2 else ran.stdout)
    assert (told["accepted"], [each["index"] for each in told["refused"]]) == (2, ["a.json: Attribute[0]", "c.json"])
    assert isinstance(ran.exception, InvalidInput)
    assert Signal.everything.filter(author=cast.a1, state=State.DRAFT).count() == 2


# Feeds that somebody follows

FEED = "https://feed.example/misp"


def publish(partner, *events):
    partner.pages = {
        f"{FEED}/manifest.json": json.dumps(
            {each["Event"]["uuid"]: {"timestamp": each["Event"]["timestamp"]} for each in events}
        ).encode(),
        **{f"{FEED}/{each['Event']['uuid']}.json": json.dumps(each).encode() for each in events},
    }


def stamp(clock, **back) -> str:
    return str(int((clock.now - timedelta(**back)).timestamp()))


def test_feed_when_followed_then_new_events_become_drafts_once_and_nothing_is_published(
    cast, drain, partner, stopped_clock
):
    old = misp_event(attribute("domain", "old.example"), uuid=str(UUID(int=9)), timestamp=stamp(stopped_clock, days=40))
    new = misp_event(attribute("domain", "evil.example"), timestamp=stamp(stopped_clock, days=1), tags=("TLP:RED",))
    publish(partner, old, new)
    feed = actions.follow_feed(cast.actor("a1"), label="CIRCL", url=f"{FEED}/manifest.json", authorization="Bearer x")
    drain()
    assert [(each.title, each.state, each.tlp) for each in Signal.everything.all()] == [
        ("フィッシング: 偽のログイン画面", State.DRAFT, TLP.RED)
    ]
    assert {headers["Authorization"] for _url, headers in partner.asked} == {"Bearer x"}
    assert "Bearer x" not in MispFeed.objects.get().authorization
    asked = len(partner.asked)
    actions.read_feed_now(cast.actor("a1"), feed)
    drain()
    assert ([url for url, _headers in partner.asked[asked:]], Signal.everything.count()) == (
        [f"{FEED}/manifest.json"],
        1,
    )
    feed.refresh_from_db()
    assert (feed.error, feed.good_at) == ("", stopped_clock.now)
    assert "CIRCL" in cast.client("a1").get("/misp/").content.decode()
    assert "CIRCL" not in cast.client("a2").get("/misp/").content.decode()


def test_feed_when_an_event_is_bad_then_the_others_are_taken_and_it_is_not_asked_for_again(
    cast, drain, partner, stopped_clock
):
    bad, good = (
        str(UUID(int=5)),
        misp_event(attribute("domain", "evil.example"), timestamp=stamp(stopped_clock, days=1)),
    )
    publish(partner, good, misp_event(uuid=bad, timestamp=stamp(stopped_clock, hours=1)))
    partner.pages[f"{FEED}/{bad}.json"] = b"nonsense"
    feed = actions.follow_feed(cast.actor("a1"), label="CIRCL", url=FEED)
    drain()
    feed.refresh_from_db()
    assert (Signal.everything.count(), feed.error.startswith(f"{bad}: The file is no JSON")) == (1, True)
    asked = len(partner.asked)
    actions.poll_feed(feed)
    assert len(partner.asked) == asked + 1


@pytest.mark.parametrize(
    ("manifest", "error"),
    [
        (None, "The feed answers with status 404."),
        (b"[", "There is no list of events at this address."),
        (b"[]", "There is no list of events at this address."),
    ],
)
def test_feed_when_it_does_not_answer_as_one_then_its_owner_reads_why(cast, drain, partner, manifest, error):
    Person.objects.update(language="en")
    partner.pages = {} if manifest is None else {f"{FEED}/manifest.json": manifest}
    actions.follow_feed(cast.actor("a1"), label="CIRCL", url=FEED)
    drain()
    assert (MispFeed.objects.get().error, error in cast.client("a1").get("/misp/").content.decode()) == (error, True)


def test_feed_when_its_manifest_names_other_places_then_nobody_goes_there(cast, drain, partner, stopped_clock):
    partner.pages = {f"{FEED}/manifest.json": json.dumps({"../../secret": {"timestamp": "1999999999"}}).encode()}
    actions.follow_feed(cast.actor("a1"), label="CIRCL", url=FEED)
    drain()
    assert [url for url, _headers in partner.asked] == [f"{FEED}/manifest.json"]


def test_feed_when_its_follower_is_suspended_then_it_is_not_read(cast, drain, partner):
    feed = actions.follow_feed(cast.actor("a1"), label="CIRCL", url=FEED)
    Person.objects.filter(pk=cast.a1.pk).update(standing=Standing.SUSPENDED)
    drain()
    assert (partner.asked, actions.poll_feed(MispFeed.objects.get(pk=feed.pk))) == ([], 0)


def test_feed_when_its_address_leads_inside_or_the_form_is_wrong_then_it_is_not_followed(cast):
    browser, words = cast.client("a1"), {"label": "x", "url": FEED, "authorization": ""}
    for field, bad in (("url", "http://feed.example/"), ("url", "https://u:p@feed.example/"), ("authorization", "é")):
        assert browser.post("/misp/", {**words, field: bad}).status_code == 422
    assert MispFeed.objects.count() == 0
    assert cast.client("a_reader").post("/misp/", words).status_code == 200
    assert (MispFeed.objects.count(), browser.post("/misp/", words).status_code) == (0, 302)
    feed = MispFeed.objects.get()
    for name in ("a2", "sup"):
        assert cast.client(name).post(f"/misp/feeds/{feed.pk}/leave").status_code == 404
    with pytest.raises(NotFound):
        actions.leave_feed(cast.actor("b1"), feed)
    browser.post(f"/misp/feeds/{feed.pk}/leave")
    assert MispFeed.objects.count() == 0


# Out


@pytest.fixture
def share(cast, stopped_clock):
    Person.objects.update(language="en")

    def go(title, tlp=TLP.GREEN, entries=EVERYBODY, by="a1", objective=Objective.DETECT, **more):
        words, marking = (
            Content("phishing", "customer", title, f"{title}.example"),
            Marking(tlp, entries=frozenset(entries), **more),
        )
        signal = actions.share_signal(cast.actor(by), content=words, marking=marking, objective=objective)
        return actions.release_signal(cast.actor("hub_trusted"), signal) if signal.state == "held" else signal

    return go


@pytest.fixture
def fetch(cast):
    kept = {}

    def go(name, path="everything/manifest.json", tag=""):
        if name not in kept:
            home = {"organisation": cast.organisations[name]} if name in ADMINS else {"person": cast.people[name]}
            kept[name] = issue_token(cast.actor(ADMINS.get(name, name)), **home, label="MISP", scopes=["misp.read"])[1]
        headers = {"Authorization": f"Bearer {kept[name]}"} | ({"If-None-Match": tag} if tag else {})
        return Client(headers=headers).get(f"/misp/{path}")

    return go


def listed(answer) -> list[tuple[str, list[str]]]:
    rows = answer.json().values()
    return sorted((row["info"], [tag["name"] for tag in row["Tag"]]) for row in rows)


def test_feed_when_fetched_then_it_has_what_its_reader_sees_each_under_its_level(cast, share, fetch):
    share("clear", TLP.CLEAR)
    share("green", TLP.GREEN, handling=Handling(pap=Pap.AMBER))
    share("amber", TLP.AMBER)
    share("strict", TLP.AMBER_STRICT, {to_organisation(cast.bank_b)})
    share("shut", TLP.AMBER, {COMMUNITY, without(cast.bank_b)})
    share("red", TLP.RED, {to_person(cast.b1)})
    seen = [("amber", ["tlp:amber"]), ("clear", ["tlp:clear"]), ("green", ["tlp:green", "PAP:AMBER"])]
    assert listed(fetch("bank_b")) == listed(fetch("b1")) == seen
    assert listed(fetch("outsider")) == [*seen, ("shut", ["tlp:amber"])]
    assert [fetch(name).status_code for name in ("sup", "supervisor")] == [404, 404]
    group = share("group", TLP.AMBER, {to_group(cast.wg_incident)})
    assert listed(fetch("bank_b", "group-wg_incident/manifest.json")) == [("group", ["tlp:amber"])]
    assert fetch("outsider", f"everything/{group.pk}.json").status_code == 404
    assert fetch("outsider", "group-wg_incident/manifest.json").status_code == 404


def test_event_when_its_signal_is_tagged_and_graded_then_it_bears_the_words_that_misp_knows(share, fetch):
    name = 'misp-galaxy:mitre-attack-pattern="Phishing - T1566"'
    word = Tag.objects.create(name=name, family="mitre-attack-pattern", family_title="Attack Pattern", title=name)
    signal, _other = share("tagged", TLP.GREEN), share("plain", TLP.GREEN)
    SignalTag.everything.create(signal=signal, tag=word)
    Signal.everything.filter(pk=signal.pk).update(reliability="b", credibility="2")
    code = ['admiralty-scale:source-reliability="b"', 'admiralty-scale:information-credibility="2"']
    assert listed(fetch("bank_b")) == [("plain", ["tlp:green"]), ("tagged", ["tlp:green", *code, name])]


@pytest.mark.parametrize(
    ("tlp", "entries", "distribution"),
    [(TLP.CLEAR, "all", "3"), (TLP.GREEN, "all", "1"), (TLP.GREEN, "one", "0"), (TLP.AMBER, "all", "0")],
)
def test_event_when_fetched_then_its_distribution_lets_no_misp_pass_it_on_further(
    cast, share, fetch, tlp, entries, distribution
):
    lines = {"all": EVERYBODY, "one": {to_organisation(cast.bank_b)}}[entries]
    signal = share("evil", tlp, lines)
    event = fetch("bank_b", f"everything/{signal.pk}.json").json()["Event"]
    assert (event["uuid"], event["distribution"], event["Orgc"]["name"]) == (str(signal.pk), distribution, "Bank_A")
    assert next((each["type"], each["value"], each["to_ids"]) for each in event["Attribute"]) == (
        "domain",
        "evil.example",
        True,
    )


def test_events_when_read_again_by_us_then_level_values_and_objectives_are_the_same(cast, share, fetch):
    signals = [share("look", TLP.AMBER), share("analyse", TLP.GREEN, objective=Objective.ANALYSE)]
    events = [read_events(fetch("bank_b", f"everything/{each.pk}.json").content)[0] for each in signals]
    assert [
        (each.level, each.info, [part.value for part in each.attributes if part.is_to_be_found]) for each in events
    ] == [
        (TLP.AMBER, "look", ["look.example"]),
        (TLP.GREEN, "analyse", []),
    ]
    digest = hashlib.md5(b"look.example").hexdigest()
    lines = fetch("bank_b", "everything/hashes.csv").content.decode().splitlines()
    assert f"{digest},{signals[0].pk}" in lines
    assert len(lines) == 2


def test_event_when_its_author_is_anonymous_then_nothing_in_it_tells_who_it_is(cast, share, fetch, stopped_clock):
    stopped_clock.advance(minutes=17)
    signal = share("hidden", TLP.AMBER, author_mode=AuthorMode.ANONYMOUS)
    for name in ("bank_b", "a1"):
        text = fetch(name, f"everything/{signal.pk}.json").content.decode()
        assert ("Bank_A" in text, json.loads(text)["Event"]["Orgc"]["name"]) == (
            name == "a1",
            "Noroshi" if name == "bank_b" else "Bank_A",
        )
    moment = datetime.fromtimestamp(int(fetch("bank_b").json()[str(signal.pk)]["timestamp"]), tz=UTC)
    assert (moment.minute, moment.second) == (0, 0)


def test_feed_when_something_hidden_changes_then_its_tag_stays_and_else_it_changes(cast, share, fetch, stopped_clock):
    share("open")
    hidden = share("shut", TLP.AMBER, {COMMUNITY, without(cast.bank_b)})
    first = fetch("bank_b")
    stopped_clock.advance(hours=1)
    actions.amend_signal(cast.actor("a1"), hidden, title="other", body="x", reason="y")
    share("named", TLP.AMBER, {to_person(cast.a2)})
    assert fetch("bank_b", tag=first["ETag"]).status_code == 304
    share("new")
    assert fetch("bank_b", tag=first["ETag"]).status_code == 200


def test_event_when_withdrawn_then_those_who_got_it_are_told_its_number_and_reason_and_nobody_else(cast, share, fetch):
    signal = share("evil")
    fetch("bank_b")
    actions.withdraw_signal(cast.actor("a1"), signal, reason="was wrong")
    event = fetch("bank_b", f"everything/{signal.pk}.json").json()["Event"]
    assert (event["info"], event["Attribute"]) == (f"{signal.reference} was withdrawn", [])
    assert event["EventReport"][0]["content"] == "was wrong"
    assert listed(fetch("bank_b")) == [(f"{signal.reference} was withdrawn", ["tlp:amber"])]
    assert (listed(fetch("outsider")), fetch("outsider", f"everything/{signal.pk}.json").status_code) == ([], 404)


def test_fetching_when_done_then_receipts_are_there_and_none_for_what_was_there_already(cast, share, fetch):
    signal = share("evil")
    tag = fetch("bank_b")["ETag"]
    fetch("bank_b", tag=tag)
    assert [(row.signal_id, row.channel, row.count) for row in Receipt.everything.filter(organisation=cast.bank_b)] == [
        (signal.pk, "misp", 1)
    ]


def test_export_when_run_then_the_folder_is_a_feed_that_we_could_follow(cast, share, tmp_path):
    share("evil", TLP.AMBER)
    share("strict", TLP.AMBER_STRICT, {to_organisation(cast.bank_b)})
    ran = CliRunner().invoke(command, ["export", "--org", "bank_b", str(tmp_path / "feed")])
    assert ran.exit_code == 0, ran.output
    [number] = json.loads((tmp_path / "feed" / "manifest.json").read_bytes())
    assert sorted(each.name for each in (tmp_path / "feed").iterdir()) == [
        f"{number}.json",
        "hashes.csv",
        "manifest.json",
    ]
    assert read_events((tmp_path / "feed" / f"{number}.json").read_bytes())[0].level == TLP.AMBER
    assert Receipt.everything.filter(organisation=cast.bank_b, channel="misp").count() == 1


def sightings(part) -> list[tuple[str, str, bool]]:
    return [(each["type"], each["source"], "date_sighting" in each) for each in part["Sighting"]]


def test_event_when_it_was_seen_then_its_readers_are_told_as_on_the_page_and_misp_reads_it_again(cast, share, fetch):
    signal = share("evil")
    whole, before = f"everything/{signal.pk}.json", fetch("bank_b").json()[str(signal.pk)]["timestamp"]
    for name in ("i1", "o1"):
        actions.report_seen(cast.actor(name), signal)
    actions.report_seen(cast.actor("b1"), signal, named=True)
    [value, link] = fetch("bank_b", whole).json()["Event"]["Attribute"]
    assert (sightings(value), link["Sighting"]) == ([("0", "Bank_B", False)], [])
    actions.report_seen(cast.actor("t1"), signal)
    digest = SignalObservable.everything.get(signal=signal).observable.digest
    for name in ("i1", "o1", "t1"):
        actions.vote_false_positive(cast.actor(name), digest=digest, reason="shared")
    event = fetch("outsider", whole).json()["Event"]
    unnamed = [("0", "Noroshi", True)] * 3
    assert sightings(event["Attribute"][0]) == [*unnamed, ("0", "Bank_B", False), *[("1", "Noroshi", False)] * 3]
    assert int(event["timestamp"]) == int(before) + 7
    assert len({each["uuid"] for each in event["Attribute"][0]["Sighting"]}) == 7
    assert [name for name in ("Insurer", "Outsider", "Trial") if name in json.dumps(event)] == []
    [again] = read_events(json.dumps({"Event": event}).encode())
    assert [(part.seen, part.doubted) for part in again.attributes] == [(4, 3), (0, 0)]


def test_event_when_several_values_could_have_been_seen_then_that_is_said_of_the_signal(cast, share, fetch):
    signal = share("hxxps://login.evil[.]example/ login.evil.example other")
    actions.report_seen(cast.actor("b1"), signal, named=True)
    event = fetch("bank_b", f"everything/{signal.pk}.json").json()["Event"]
    [thing] = event["Object"]
    parts = [(part["object_relation"], part["type"], part["value"]) for part in thing["Attribute"]]
    assert (thing["name"], parts) == (
        "url",
        [("url", "url", "https://login.evil.example/"), ("host", "hostname", "login.evil.example")],
    )
    assert [(each["type"], sightings(each)) for each in event["Attribute"]] == [
        ("domain", []),
        ("link", [("0", "Bank_B", False)]),
    ]


def test_events_when_read_then_the_number_of_queries_is_that_of_one(cast, share):
    costs = []
    for number in (1, 3):
        while Signal.everything.count() < number:
            actions.report_seen(cast.actor("b1"), share(f"evil{Signal.everything.count()}"), named=True)
        with CaptureQueriesContext(connection) as asked:
            assert len(events_for(cast.actor("i1", Channel.MISP), "everything")) == number
        costs.append(len(asked))
    assert costs[0] == costs[1]


# A running MISP


class RunningMisp:
    """Two addresses of MISP's API, as far as they matter here."""

    def __init__(self) -> None:
        self.events, self.calls, self.refuses = {}, [], ""

    def post(self, url, *, content, headers, **bounds):
        del bounds
        assert headers["Authorization"] == "the key"
        path, body = url.removeprefix("https://misp.example"), json.loads(content)
        self.calls.append(path)
        if path == "/events/restSearch":
            page = list(self.events.values())[(body["page"] - 1) * body["limit"] :][: body["limit"]]
            return self.answer(200, {"response": [{"Event": each} for each in page]})
        event = body["Event"]
        known = self.events.get(event["uuid"])
        if self.refuses and self.refuses in event["info"]:
            return self.answer(403, {"name": "Could not save", "message": "No.", "errors": {"info": ["too\nbad"]}})
        if path.startswith("/events/edit/") and known is None:
            return self.answer(404, {"message": "Invalid event"})
        if known and known["timestamp"] >= event["timestamp"]:
            return self.answer(403, {"errors": "Event could not be saved: Event in the request not newer than ours."})
        self.events[event["uuid"]] = event
        return self.answer(200, {"Event": {}})

    def answer(self, status, value):
        return Answer(status, json.dumps(value).encode(), 0.01)


@pytest.fixture
def misp(monkeypatch, tmp_path):
    (tmp_path / "key").write_text("the key\n")
    here = RunningMisp()
    here.key = str(tmp_path / "key")
    monkeypatch.setattr(outbound, "post", here.post)
    return here


def run(misp, verb, *options):
    ran = CliRunner().invoke(command, [verb, *options, "--key-file", misp.key, "https://misp.example/"])
    return ran.stdout.splitlines()[-1] if ran.stdout else ran.output, type(ran.exception)


def test_push_gives_an_instance_what_its_owner_sees_changes_what_changed_and_tells_what_was_refused(
    cast, share, misp, stopped_clock
):
    signal = share("evil", TLP.AMBER)
    share("strict", TLP.AMBER_STRICT, {to_organisation(cast.bank_b)})
    share("bad")
    misp.refuses = "bad"
    told = run(misp, "push", "--org", "bank_b")
    assert (told, list(misp.events)) == (("1 accepted, 1 refused", InvalidInput), [str(signal.pk)])
    assert Receipt.everything.get(signal=signal, organisation=cast.bank_b).channel == "misp"
    misp.refuses = ""
    stopped_clock.advance(minutes=1)
    actions.withdraw_signal(cast.actor("a1"), signal, reason="was wrong")
    assert run(misp, "push", "--org", "bank_b") == ("2 accepted, 0 refused", type(None))
    assert (len(misp.events), misp.events[str(signal.pk)]["info"]) == (2, f"{signal.reference} was withdrawn")
    assert run(misp, "push", "--org", "bank_b") == ("2 accepted, 0 refused", type(None))


def test_pull_makes_drafts_of_what_an_instance_has_published_page_by_page(cast, misp):
    for place in range(21):
        event = misp_event(attribute("domain", "evil.example"), uuid=str(UUID(int=place + 1)))["Event"]
        misp.events[event["uuid"]] = event
    assert run(misp, "pull", "--person", cast.a1.email) == ("21 accepted, 0 refused", type(None))
    assert Signal.everything.filter(author=cast.a1, state=State.DRAFT).count() == 21
    assert misp.calls == ["/events/restSearch"] * 2


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"response": [{"Tag": {}}]}'])
def test_pull_when_what_answers_is_no_misp_then_it_says_so(cast, misp, monkeypatch, body):
    monkeypatch.setattr(outbound, "post", lambda *_a, **_k: Answer(200, body, 0.01))
    with pytest.raises(InvalidInput, match="no MISP"):
        list(actions.pull_events(actions.Instance("https://misp.example", "x"), since=datetime.now(UTC)))
