"""Packs of rules: read in each format, indexed by CVE, and held against what a member has on."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from noroshi.advisories import actions, queries
from noroshi.advisories.domain.rule_packs import PackFormat, Standing, ids_in, read_pack, standing_of
from noroshi.advisories.domain.rule_packs.rules import Rule, Unread
from noroshi.advisories.models import EnabledRules, PackRule, RulePack, Vulnerability
from noroshi.core.errors import InvalidInput, NotAllowed

SURICATA = r"""
# a comment
alert http any any -> any any (msg:"Log4j; \"jndi\" (one)"; content:"|24|{jndi"; reference:cve,2021-44228; \
  reference:cve,CVE-2021-45046; classtype:x; sid:2034647; rev:3;)
#drop tcp any any -> any 445 (msg:"off"; metadata:cve CVE_2017_0144, deployment Perimeter; gid:3; sid:41978; rev:1;)
alert tcp any any -> any any (msg:"no CVE, url 2021-44228"; reference:url,x.example/2021-44228; sid:5; rev:1;)
alert tcp any any -> any any (msg:"no number"; reference:cve,2020-0001;)
nonsense here
"""
YAML = """
title: Log4j
id: 5ea8faa8-db8b-45be-89b0-151b84c82702
modified: 2022/01/02
tags: [attack.t1190, cve.2021.44228, cve.2021-45046]
detection: {x: 1}
---
name: [broken
---
name: crowdsecurity/vpatch-CVE-2023-22515
description: Confluence
rules: [{and: []}]
labels: {classification: [cve.CVE-2023-22515, attack.T1190]}
---
title: neither
"""
TABLE = """識別子,名称,CVE番号,更新日,モード
1008610,Struts,"CVE-2017-5638, CVE-2017-9791",2017/03/10,防御
,x,CVE-2020-1,,
7,y,,,
"""


def test_suricata_rules_are_read_with_all_their_numbers_and_what_is_none_is_named():
    pack = read_pack(PackFormat.SURICATA, SURICATA)
    assert pack.rules == (
        Rule("2034647", ("CVE-2021-44228", "CVE-2021-45046"), 'Log4j; "jndi" (one)', "3", "alert"),
        Rule("3:41978", ("CVE-2017-0144",), "off", "1", "drop", is_off=True),
    )
    assert pack.without_cve == 1
    assert pack.unread == (Unread(7, "a rule without a number (sid)"), Unread(8, "no rule of Suricata or Snort"))


def test_yaml_rules_are_read_document_by_document():
    pack = read_pack(PackFormat.YAML, YAML)
    assert pack.rules == (
        Rule(
            "5ea8faa8-db8b-45be-89b0-151b84c82702",
            ("CVE-2021-44228", "CVE-2021-45046"),
            "Log4j",
            "2022/01/02",
            "detect",
        ),
        Rule("crowdsecurity/vpatch-CVE-2023-22515", ("CVE-2023-22515",), "Confluence", "", "block"),
    )
    assert [each.line for each in pack.unread] == [9, 15]


def test_a_table_is_read_by_the_names_of_its_columns():
    pack = read_pack(PackFormat.TABLE, TABLE)
    assert pack.rules == (Rule("1008610", ("CVE-2017-5638", "CVE-2017-9791"), "Struts", "2017/03/10", "防御"),)
    assert (pack.without_cve, pack.unread) == (1, (Unread(3, "a row without a rule number"),))
    assert read_pack(PackFormat.TABLE, "a,b\n1,2\n").unread == (
        Unread(1, "no column of CVE numbers, or none of rule numbers"),
    )


@given(st.text(alphabet='alert ()#:;,"\\\n-{}[]sidcve2019&*|>%\t\x00あ', max_size=200), st.sampled_from(PackFormat))
def test_no_file_breaks_a_reader(text, form):
    pack = read_pack(form, text)
    assert all(rule.cves and rule.rule_id for rule in pack.rules)


def test_a_pasted_list_is_read_however_it_is_parted():
    assert ids_in("1, 2\n3;1\t4、5 ") == ["1", "2", "3", "4", "5"]


def test_a_rule_stands_as_the_member_said_and_no_longer_than_that():
    day = date(2026, 11, 27)
    found = [
        standing_of("1", None, None, day),
        standing_of("1", ["1"], day, day),
        standing_of("1", ["2"], day, day),
        standing_of("1", ["1"], day - timedelta(days=1), day),
    ]
    assert found == [Standing.EXISTS, Standing.ENABLED, Standing.MISSING, Standing.EXPIRED]


@pytest.fixture
def pack(cast) -> RulePack:
    """A pack that hub_op imported."""
    content = SURICATA.encode()
    return actions.import_pack(
        cast.actor("hub_op"), name="ET Open", form=PackFormat.SURICATA, licence="BSD", content=content
    )


def test_a_pack_is_imported_by_operators_and_takes_the_place_of_the_one_before(cast, pack):
    assert (pack.rules_read, pack.without_cve, pack.unread_count) == (2, 1, 2)
    again = actions.import_pack(
        cast.actor("hub_trusted"), name="ET Open", form=PackFormat.TABLE, licence="", content=TABLE.encode("cp932")
    )
    assert (again.pk, RulePack.objects.count()) == (pack.pk, 1)
    assert sorted(PackRule.objects.values_list("cve", flat=True)) == ["CVE-2017-5638", "CVE-2017-9791"]
    with pytest.raises(NotAllowed):
        actions.import_pack(cast.actor("a1"), name="x", form=PackFormat.TABLE, licence="", content=TABLE.encode())
    with pytest.raises(InvalidInput, match="names a CVE"):
        actions.import_pack(cast.actor("hub_op"), name="x", form=PackFormat.YAML, licence="", content=b"a: 1")


def _stands(cast, name: str, cve: str = "CVE-2021-44228") -> list[tuple[str, str]]:
    return [(hint.rule.rule_id, hint.standing.value) for hint in queries.hints_about(cast.actor(name), [cve])]


def test_each_organisation_is_told_how_the_rule_stands_with_itself_alone(cast, pack, stopped_clock):
    assert _stands(cast, "a1") == [("2034647", "exists")]
    until = stopped_clock.now.date() + timedelta(days=30)
    actions.say_enabled(cast.actor("a1"), pack, text="2034647 9", until=until)
    actions.say_enabled(cast.actor("b1"), pack, text="9", until=until)
    assert {name: _stands(cast, name) for name in ("a2", "b1", "o1", "hub_op", "sup")} == {
        "a2": [("2034647", "enabled")],
        "b1": [("2034647", "missing")],
        "o1": [("2034647", "exists")],
        "hub_op": [("2034647", "exists")],
        "sup": [],
    }
    stopped_clock.advance(days=32)
    assert _stands(cast, "a1") == [("2034647", "expired")]
    assert [n for n in ("a1", "b1", "o1", "hub_op") if queries.enabled_of(cast.actor(n), pack)] == ["a1", "b1"]


@pytest.mark.parametrize("days", [-1, 367])
def test_what_is_said_holds_from_today_up_to_a_year(cast, pack, stopped_clock, days):
    with pytest.raises(InvalidInput) as refused:
        actions.say_enabled(cast.actor("a1"), pack, text="1", until=stopped_clock.now.date() + timedelta(days=days))
    assert refused.value.field == "until"
    assert not EnabledRules.everything.exists()


def test_the_pages_import_a_pack_take_a_list_and_show_the_rule(cast, stopped_clock):
    row = Vulnerability.everything.create(name="CVE-2021-44228")
    file = SimpleUploadedFile("x.rules", SURICATA.encode())
    typed = {"name": "ET", "form": "suricata", "licence": "BSD", "file": file}
    assert cast.client("a1").post("/advisories/rules/", typed).status_code == 403
    file.seek(0)
    there = cast.client("hub_op").post("/advisories/rules/", typed).headers["Location"]
    member = cast.client("a1")
    page = f"/advisories/vulnerabilities/{row.pk}/"
    assert "a rule exists" in member.get(page).content.decode()
    until = (stopped_clock.now.date() + timedelta(days=9)).isoformat()
    assert member.post(there, {"rules": "2034647", "until": until}).status_code == 302
    assert until in member.get(page).content.decode()
    assert until not in cast.client("b1").get(page).content.decode()
    assert "2034647" not in cast.client("b1").get(there).content.decode()
    assert cast.client("sup").get("/advisories/rules/").status_code == 404
