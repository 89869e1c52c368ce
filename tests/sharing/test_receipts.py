"""Who got a signal: noted, told, taken out, and told again when it changes."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.core import mail
from django.test import Client
from django.urls import reverse

from factories.audience import COMMUNITY, to_group, to_organisation
from factories.subscriptions import choose
from noroshi.core import ledger as chain
from noroshi.core.domain.audience import AuthorMode, EntryKind
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import NotAllowed, NotFound
from noroshi.core.models import AudienceEntry, LedgerEntry
from noroshi.core.signing import public_key
from noroshi.members import actions as members
from noroshi.members.models import Person
from noroshi.notify.models import Delivery, Notice, NoticeKind
from noroshi.sharing import actions, queries
from noroshi.sharing.domain.receipt_file import verify
from noroshi.sharing.models import Receipt
from noroshi.site.commands.auditing import audit


def detail(cast, name, signal):
    return cast.client(name).get(reverse("sharing:detail", args=[signal.pk]))


def bearer(cast, name, home=None):
    owner = {"organisation": cast.organisations[home]} if home else {"person": cast.people[name]}
    _row, secret = members.issue_token(cast.actor(name), label="reader", scopes=["signals.read"], **owner)
    return Client(headers={"Authorization": f"Bearer {secret}"})


def noted():
    rows = Receipt.everything.order_by("pk").values_list("person__name", "channel", "rule", "count")
    return list(rows)


def test_reading_when_a_page_is_opened_again_within_the_hour_then_one_row_has_it(cast, share, stopped_clock):
    signal = share(tlp=TLP.GREEN)
    for _ in range(3):
        detail(cast, "b1", signal)
    assert noted() == [("b1", "web", "grant", 1)]
    stopped_clock.advance(hours=2)
    detail(cast, "b1", signal)
    assert noted() == [("b1", "web", "grant", 2)]


def test_reading_when_it_was_noted_within_the_hour_then_it_writes_nothing(cast, share, django_assert_num_queries):
    signal = share(tlp=TLP.GREEN)
    reader = cast.actor("b1")
    actions.note_read(reader, [signal])
    with django_assert_num_queries(1):
        actions.note_read(reader, [signal])


def test_reading_when_nobody_or_the_author_or_a_tombstone_is_read_then_nothing_is_noted(cast, share):
    signal = share(tlp=TLP.CLEAR)
    Client().get(reverse("sharing:detail", args=[signal.pk]))
    detail(cast, "a1", signal)
    actions.withdraw_signal(cast.actor("a1"), signal, reason="resolved")
    detail(cast, "b1", signal)
    bearer(cast, "b1").get(f"/api/v1/signals/{signal.pk}")
    assert noted() == []


def test_reading_when_the_hidden_author_reads_then_only_the_audience_decides_what_is_noted(cast, share):
    hidden = {"author_mode": AuthorMode.ANONYMOUS}
    to_all = share("a1", tlp=TLP.GREEN, **hidden)
    to_others = share("a1", to_organisation(cast.bank_b), tlp=TLP.AMBER, **hidden)
    for signal in (to_all, to_others):
        detail(cast, "a1", signal)
        detail(cast, "b1", signal)
    assert noted() == [("a1", "web", "grant", 1), ("b1", "web", "grant", 1), ("b1", "web", "grant", 1)]


@pytest.fixture
def read_by_seven(cast, share, drain):
    """A signal to a group and three institutions, and seven who got it by four channels."""
    Person.objects.update(language="en")
    for name in ("b2", "o1"):
        members.join_group(cast.actor("hub_op"), group=cast.wg_incident, person=cast.people[name])
    signal = share("a1", COMMUNITY, tlp=TLP.GREEN)
    mail.outbox.clear()
    drain()
    Receipt.everything.all().delete()
    for name in ("b1", "b2"):
        detail(cast, name, signal)
    for name in ("i1", "o1"):
        bearer(cast, name).get(f"/api/v1/signals/{signal.pk}")
    bearer(cast, "b_admin", "bank_b").get(f"/api/v1/signals/{signal.pk}/observables")
    b"".join(cast.client("t1").get("/signals/?export=csv").streaming_content)
    for name in ("s1", "hub_op"):
        actions.note_read(cast.actor(name, Channel.MAIL_CONTENT), [signal])
    return signal


def test_receipts_when_read_by_several_ways_then_each_way_has_its_row(cast, read_by_seven):
    assert sorted(noted(), key=str) == [
        ("b1", "web", "grant", 1),
        ("b2", "web", "grant", 1),
        ("hub_op", "mail_content", "grant", 1),
        ("i1", "api_person_token", "grant", 1),
        ("o1", "api_person_token", "grant", 1),
        ("s1", "mail_content", "grant", 1),
        ("t1", "export", "grant", 1),
        (None, "api", "grant", 1),
    ]


def test_recall_when_a_signal_is_withdrawn_then_all_seven_are_told_by_their_way_even_without_access(
    cast, drain, read_by_seven
):
    signal = read_by_seven
    for name in ("supporter", "hub"):  # who got it by mail loses access
        AudienceEntry.objects.create(
            item_id=signal.pk, kind=EntryKind.EXCLUDED_ORGANISATION, target=cast.organisations[name].pk
        )
    mail.outbox.clear()
    actions.withdraw_signal(cast.actor("a1"), signal, reason="It was a mistake")
    drain()
    told = Notice.everything.filter(kind="withdrawn")
    got = {"b1", "b2", "i1", "o1", "t1", "s1", "hub_op"}
    names = dict(told.values_list("person__name", "subject"))
    assert got <= names.keys()
    assert {name for name, subject in names.items() if subject == "sharing.recall"} == {"s1", "hub_op"}
    for name in ("s1", "hub_op"):
        (letter,) = [letter for letter in mail.outbox if letter.to == [cast.people[name].email]]
        assert letter.subject == "A signal needs you"
        assert [word in letter.body for word in (signal.title, "mistake", "evil-bank")] == [False] * 3
        assert signal.reference in cast.client(name).get("/inbox/").content.decode()
    for client, readable in (
        (bearer(cast, "i1"), True),
        (bearer(cast, "b_admin", "bank_b"), True),
        (bearer(cast, "s1"), False),
    ):
        items = client.get("/api/v1/signal-changes").json()["items"]
        assert [(row["id"], row["change"], row["readable"]) for row in items] == [
            (str(signal.pk), "withdrawn", readable)
        ]
    assert bearer(cast, "b_reader").get("/api/v1/signal-changes").json()["items"] == []
    assert not told.filter(person=cast.sup).exists()


def test_changes_when_asked_since_a_moment_then_nothing_after_it_is_left_out(cast, share, stopped_clock):
    signal = share("a1", tlp=TLP.GREEN)
    client = bearer(cast, "b1")
    client.get(f"/api/v1/signals/{signal.pk}")
    stopped_clock.advance(hours=3)
    since = stopped_clock.now
    actions.amend_signal(cast.actor("a1"), signal, title="Other", body="words", reason="clearer")
    address = "/api/v1/signal-changes"
    assert [row["change"] for row in client.get(address, {"since": since.isoformat()}).json()["items"]] == ["changed"]
    later = since + timedelta(hours=5)
    assert client.get(address, {"since": later.isoformat()}).json()["items"] == []
    assert client.get(address, {"since": "2026-11-22T00:00:00"}).status_code == 422
    assert client.get(address, {"cursor": "x"}).status_code == 422


def test_amended_when_mail_had_brought_it_then_mail_takes_it_back_whatever_the_rule(cast, share, drain):
    Person.objects.update(language="en")
    choose(cast.actor("b1"), NoticeKind.WITHDRAWN, Delivery.INBOX)
    choose(cast.actor("i1"), NoticeKind.WITHDRAWN, Delivery.INBOX)
    choose(cast.actor("i1"), NoticeKind.SIGNAL, Delivery.INBOX)
    signal = share("a1", tlp=TLP.GREEN)
    drain()
    assert Receipt.everything.filter(person=cast.b1, channel="mail_content").count() == 1
    mail.outbox.clear()
    actions.withdraw_signal(cast.actor("a1"), signal, reason="a mistake")
    drain()
    assert [bool([m for m in mail.outbox if m.to == [cast.people[n].email]]) for n in ("b1", "i1")] == [True, False]


def test_author_page_when_few_read_then_no_number_and_from_three_on_numbers_alone(cast, share):
    signal = share("a1", tlp=TLP.GREEN)
    url = reverse("sharing:receipts", args=[signal.pk])

    def counts():
        return queries.disclosure_of(signal).counts.organisations

    seen = []
    for name in ("b1", "b2", "i1", "o1"):
        detail(cast, name, signal)
        seen.append(counts())
    assert seen == [None, None, None, 3]
    text = cast.client("a1").get(url).content.decode()
    assert "4 people of 3 organisations" in text
    assert [cast.people[name].email in text for name in ("b1", "i1", "o1")] == [False] * 3
    members.name_readers(cast.actor("b_admin"), organisation=cast.bank_b, allowed=True)
    known = queries.disclosure_of(signal)
    assert ({row.person for row in known.named}, known.counts.organisations) == ({"b1", "b2"}, None)
    assert LedgerEntry.objects.filter(action="sharing.receipts.read", person=cast.a1.pk).count() == 1


@pytest.mark.parametrize("name", ["a2", "b1", "hub_op", "hub_trusted", "b_admin", "sup"])
def test_receipts_when_asked_by_others_then_there_is_nothing(cast, share, name):
    signal = share("a1", tlp=TLP.GREEN)
    for path, method in (("receipts", "get"), ("receipt-file", "post")):
        url = reverse(f"sharing:{path}", args=[signal.pk])
        assert getattr(cast.client(name), method)(url).status_code == 404
    assert cast.client(name).get(reverse("sharing:receipt-list")).status_code == 404


def test_auditor_page_when_read_then_it_has_everything_but_the_content_and_the_hidden_author(cast, share):
    signal = share("a1", to_organisation(cast.bank_b), tlp=TLP.AMBER, author_mode=AuthorMode.ANONYMOUS)
    detail(cast, "b1", signal)
    detail(cast, "a1", signal)
    client = cast.client("auditor")
    pages = [client.get(reverse("sharing:receipt-list")), client.get(reverse("sharing:receipts", args=[signal.pk]))]
    for page in pages:
        text = page.content.decode()
        assert [word in text for word in (signal.reference, cast.bank_b.name_en)] == [True, True]
        assert [word in text for word in (signal.title, cast.bank_a.name_en, "evil-bank")] == [False] * 3
    other = signal.reference[:-1] + ("1" if signal.reference.endswith("0") else "0")
    found = [
        client.get(reverse("sharing:receipt-list"), {"number": number}).content.decode()
        for number in (signal.reference, other)
    ]
    assert [f"<code>{signal.reference}</code>" in page for page in found] == [True, False]
    assert LedgerEntry.objects.filter(action="sharing.receipts.read", person=cast.auditor.pk).count() == 4


def test_setting_when_somebody_else_changes_it_then_they_are_refused(cast):
    for name in ("hub_op", "b1", "a_admin"):
        with pytest.raises(NotAllowed):
            members.name_readers(cast.actor(name), organisation=cast.bank_b, allowed=True)
    url = reverse("members:organisation-readers", args=["bank_b"])
    assert cast.client("b_admin").post(url, {"allowed": "yes"}).status_code == 302
    cast.bank_b.refresh_from_db()
    assert cast.bank_b.names_its_readers


def test_file_when_taken_by_author_and_auditor_then_both_hold_and_the_author_learns_no_more(cast, share, drain):
    signal = share("a1", to_group(cast.wg_incident), tlp=TLP.AMBER)
    detail(cast, "b1", signal)
    actions.acknowledge_signal(cast.actor("b1"), signal)
    actions.report_seen(cast.actor("b1"), signal)
    drain()
    files = {
        name: cast.client(name).post(reverse("sharing:receipt-file", args=[signal.pk])).content
        for name in ("a1", "auditor")
    }
    assert [verify(file, expected_key=public_key()).holds for file in files.values()] == [True, True]
    authors, auditors = json.loads(files["a1"]), json.loads(files["auditor"])
    assert [entry["action"] for entry in authors["entries"]] == ["sharing.signal.published"]
    assert authors["did_see"]["organisations"] is None
    assert (set(authors["head"]), set(authors["entries"][0])) == ({"digest"}, {"action", "at", "reason", "digest"})
    assert str(cast.b1.pk) not in files["a1"].decode()
    assert [row["person"] for row in auditors["did_see"]] == [str(cast.b1.pk)]
    assert auditors["head"]["position"] > 0
    assert {entry["entry"]["action"] for entry in auditors["entries"]} >= {
        "sharing.signal.published",
        "sharing.signal.acknowledged",
    }
    assert [word in file.decode() for file in files.values() for word in (signal.title, "evil-bank")] == [False] * 4


def test_command_when_a_file_is_whole_changed_or_none_then_the_exit_code_says_so(cast, share, tmp_path):
    signal = share("a1", tlp=TLP.GREEN)
    file = tmp_path / "receipt.json"
    run = CliRunner().invoke
    assert run(audit, ["receipt", "export", str(signal.pk), str(file)]).exit_code == 0
    key = run(audit, ["receipt", "key"]).stdout.strip()
    done = run(audit, ["receipt", "verify", str(file), "--key", key, "--json"])
    assert (done.exit_code, json.loads(done.stdout)["holds"]) == (0, True)
    assert run(audit, ["receipt", "verify", str(file), "--key", "00" * 32]).exit_code == 4
    file.write_text(file.read_text().replace('"tlp": "GREEN"', '"tlp": "CLEAR"'))
    assert run(audit, ["receipt", "verify", str(file)]).exit_code == 4
    file.write_text("no receipt")
    assert run(audit, ["receipt", "verify", str(file)]).exit_code == 3
    assert ((tmp_path / "keys" / "signing_key").stat().st_mode & 0o777) == 0o600


def test_links_when_exported_then_they_are_those_of_the_chain(cast, share):
    signal = share("a1", tlp=TLP.GREEN)
    while chain.seal():
        pass
    found = json.loads(actions.export_receipt(cast.actor("auditor"), signal))
    assert chain.verify().holds
    assert [entry["digest"] for entry in found["entries"]] == [
        chain.chained(entry["previous"], LedgerEntry.objects.get(pk=entry["entry"]["id"])) for entry in found["entries"]
    ]


def test_disclosed_when_it_never_went_out_then_there_is_nothing_to_tell(cast, draft):
    with pytest.raises(NotFound):
        queries.disclosed_signal(cast.actor("a1"), draft("a1").pk)
    with pytest.raises(NotFound):
        queries.disclosed_signal(cast.actor("auditor"), draft("a1").pk)
