"""Documents of groups: who adds them, who gets them, what is left of them. Nobody outside learns anything."""

import io

import pytest
from django.core import mail as outgoing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.datastructures import MultiValueDict

from factories import files
from factories.program import program_of, refusal
from factories.subscriptions import choose
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, TooLarge, TooMany
from noroshi.core.models import AudienceEntry
from noroshi.core.policy import decide, seen_by_each
from noroshi.members.actions import (
    appoint_coordinator,
    change_group,
    close_group,
    create_group,
    join_group,
    leave_group,
    suspend_person,
    write_charter,
)
from noroshi.members.domain.groups import Charter, Terms
from noroshi.members.models import Organisation, Person, RoleAssignment
from noroshi.notify.models import Delivery, Notice, NoticeKind
from noroshi.notify.tasks import send_due_mail
from noroshi.sharing import actions, blobs, queries
from noroshi.sharing.actions import Upload
from noroshi.sharing.domain import archives
from noroshi.sharing.models import DocumentVersion, GroupDocument

TEXT = Upload("当番表\n".encode(), "当番.txt")


@pytest.fixture
def room(cast):
    """The working group with a1 as its coordinator; its charter lets every member add documents."""
    hub = cast.actor("hub_op")
    appoint_coordinator(hub, group=cast.wg_incident, person=cast.a1)
    write_charter(hub, group=cast.wg_incident, charter=Charter(ja="規約", members_add_documents=True))
    return cast.wg_incident


@pytest.fixture
def add(cast, room):
    """Add a document as somebody does."""

    def put(name="b1", upload=TEXT, *, tlp=TLP.AMBER, title="Quokka desks", description="okapi"):
        described = {"title": title, "description": description, "tlp": tlp}
        return actions.add_document(cast.actor(name), room, upload=upload, **described)

    return put


def renew(cast, document, name="b1", data=b"second", note="narwhal"):
    return actions.add_document_version(cast.actor(name), document, upload=Upload(data, "b.txt"), note=note)


def read(cast, document, name, number=1):
    actor = cast.actor(name)
    return actions.read_document(actor, queries.document_version(actor, document.pk, number))


def told(kind="document"):
    return sorted(Notice.everything.filter(kind=kind).values_list("person__name", flat=True))


# Who sees


def test_document_when_any_reader_asks_then_those_in_the_group_now_see_it_as_far_as_its_level_goes(cast, add, room):
    for name in ("v1", "t1", "a_reader", "i1", "s1"):
        join_group(cast.actor("hub_op"), group=room, person=cast.people[name])
    rows = [add("b1", tlp=tlp) for tlp in actions.DOCUMENT_LEVELS]
    for number, profile in enumerate([*Profile, *Profile]):
        rows.append(add("b1", tlp=TLP.AMBER_STRICT if number % 2 else TLP.AMBER))
        GroupDocument.everything.filter(pk=rows[-1].pk).update(profile=profile)
    leave_group(cast.actor("hub_op"), group=room, person=cast.i1)
    everything = list(GroupDocument.everything.all())
    inside = {"a1", "b1", "hub_op", "v1", "t1", "a_reader", "s1"}
    for name in cast.people:
        for channel in (Channel.WEB, Channel.API_PERSON_TOKEN, Channel.FEED, Channel.EXPORT):
            actor = cast.actor(name, channel)
            seen = set(GroupDocument.objects.visible_to(actor))
            assert seen == {row for row in everything if decide(actor, row).allowed}, (name, channel)
            assert [(actor, sorted(seen, key=lambda row: row.pk))] == [
                (who, sorted(some, key=lambda row: row.pk))
                for who, some in seen_by_each([actor], GroupDocument, [row.pk for row in everything])
            ]
            assert not seen or name in inside, (name, channel)
    levels = {name: {row.tlp for row in GroupDocument.objects.visible_to(cast.actor(name))} for name in inside}
    every = set(actions.DOCUMENT_LEVELS)
    up_to_amber = {TLP.GREEN, TLP.AMBER}
    assert levels == dict.fromkeys(inside, every) | {"v1": set(), "t1": up_to_amber, "s1": up_to_amber}


def test_document_when_machines_visitors_and_the_hub_ask_then_they_are_in_no_group(cast, add):
    document = add("b1", tlp=TLP.GREEN)
    actors = [cast.machine("bank_b"), cast.machine("bank_b", Channel.FEDERATION), cast.actor("hub_trusted")]
    assert [decide(actor, document).allowed for actor in actors] == [False, False, False]
    assert decide(cast.actor("b2"), document).rule == "circle"
    assert decide(cast.actor("a1"), document).rule == "grant"


@pytest.mark.parametrize("way", ["leaves", "is suspended", "group closes"])
def test_document_when_its_author_is_in_the_group_no_more_then_it_is_gone_for_them_at_once(cast, add, room, way):
    document = add("b1")
    program, browser = program_of(cast, "b1", "documents.read"), cast.client("b1")
    assert [program.get(f"/documents/{document.pk}").status_code, browser.get(page(document)).status_code] == [200, 200]
    if way == "leaves":
        leave_group(cast.actor("b1"), group=room, person=cast.b1)
    elif way == "is suspended":
        suspend_person(cast.actor("b_admin"), person=cast.b1, reason="x")
    else:
        close_group(cast.actor("hub_op"), group=room)
    addresses = [page(document), f"{page(document)}versions/1", f"/signals/groups/{room.slug}/documents/"]
    shown = [browser.get(address).status_code for address in addresses]
    assert 200 not in shown
    assert program.get(f"/documents/{document.pk}").status_code in (401, 404)
    assert not GroupDocument.objects.visible_to(cast.actor("b1")).exists()


def page(document):
    return f"/signals/documents/{document.pk}/"


# Who adds and changes


def test_document_when_the_charter_says_nothing_then_the_coordinators_alone_add(cast, add, room):
    document = add("b1")
    write_charter(cast.actor("a1"), group=room, charter=Charter(ja="幹事が登録する"))
    add("a1")
    with pytest.raises(NotAllowed):
        add("b1")
    with pytest.raises(NotAllowed):
        renew(cast, document)
    renew(cast, document, "a1")
    actions.withdraw_document(cast.actor("b1"), document, reason="mine still")


def test_document_when_somebody_outside_adds_then_there_is_no_such_group(cast, room, add):
    for name in ("i1", "b2", "hub_trusted", "sup"):
        with pytest.raises(NotFound):
            add(name)
    assert not GroupDocument.everything.exists()


def test_document_when_another_member_changes_it_then_it_is_refused(cast, add):
    document = add("b1")
    operator = cast.actor("hub_op")  # in the group, and neither its author nor a coordinator
    for change in (
        lambda: renew(cast, document, "hub_op"),
        lambda: actions.describe_document(operator, document, title="x", description=""),
        lambda: actions.withdraw_document(operator, document, reason="x"),
    ):
        with pytest.raises(NotAllowed):
            change()
    outsider = cast.actor("i1")
    with pytest.raises(NotFound):
        actions.describe_document(outsider, document, title="x", description="")


def test_document_when_renewed_and_described_then_earlier_versions_stay_and_the_ledger_has_it(cast, add, ledger):
    document = add("b1")
    renew(cast, document)
    renew(cast, document, "a1", b"third", "okapi")
    actions.describe_document(cast.actor("a1"), document, title="Capybara", description="")
    versions = queries.versions_of_document(cast.actor("hub_op"), document)
    assert [(row.number, row.name, row.uploader.name, row.note) for row in versions] == [
        (3, "b.txt", "a1", "okapi"),
        (2, "b.txt", "b1", "narwhal"),
        (1, "当番.txt", "b1", ""),
    ]
    assert [read(cast, document, "hub_op", number) for number in (1, 2, 3)] == [TEXT.data, b"second", b"third"]
    b1, a1, hub = cast.b1.pk, cast.a1.pk, cast.hub_op.pk
    assert ledger(document) == [
        ("sharing.document.added", b1),
        ("sharing.document.renewed", b1),
        ("sharing.document.renewed", a1),
        ("sharing.document.described", a1),
        *[("sharing.document.downloaded", hub)] * 3,
    ]


def test_document_when_withdrawn_then_a_reason_is_left_and_its_bytes_go(cast, add, stopped_clock):
    document = add("b1")
    renew(cast, document)
    actions.withdraw_document(cast.actor("a1"), document, reason="古い")
    actor = cast.actor("hub_op")
    gone = queries.document_for(actor, document.pk)
    assert (gone.state, gone.title, gone.description, gone.withdrawal_reason) == ("withdrawn", "", "", "古い")
    assert (list(queries.versions_of_document(actor, document)), queries.documents_for(actor).count()) == ([], 0)
    with pytest.raises(NotFound):
        read(cast, document, "hub_op")
    with pytest.raises(Conflict):
        renew(cast, document)
    shown = cast.client("hub_op").get(page(document)).content.decode()
    assert ("古い" in shown, "Quokka" in shown) == (True, False)
    assert cast.client("i1").get(page(document)).status_code == 404
    stopped_clock.advance(days=1, seconds=1)
    assert actions.forget_unneeded_files() == 2


def test_bytes_when_a_document_needs_them_then_they_stay_though_a_signal_lets_go(cast, add, draft, stopped_clock):
    signal = draft("a1")
    actions.attach_file(cast.actor("a1"), signal, upload=TEXT)
    add("b1")
    actions.discard_draft(cast.actor("a1"), signal)
    stopped_clock.advance(days=2)
    assert (actions.forget_unneeded_files(), queries.blobs_needed()) == (0, [blobs.digest(TEXT.data)])


# What is taken


def test_file_when_it_tells_of_its_maker_then_it_is_cleaned(cast, add):
    document = add("b1", Upload(files.pdf(), "議事録.pdf"))
    (version,) = queries.versions_of_document(cast.actor("a1"), document)
    assert (version.kind, version.cleaned) == ("pdf", True)
    assert files.SECRET.encode() not in files.everything_in(read(cast, document, "a1"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"upload": Upload(files.PE, "a.exe")}, "file"),
        ({"upload": Upload(b"", "a.txt")}, "file"),
        ({"upload": Upload(b"malware", "a.bin", sample=True)}, "file"),
        ({"tlp": TLP.RED}, "tlp"),
        ({"tlp": TLP.CLEAR}, "tlp"),
        ({"title": " \t"}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"description": "x" * 2_001}, "description"),
    ],
)
def test_document_when_something_is_wrong_then_it_is_refused_and_nothing_is_kept(add, changes, field):
    with pytest.raises(InvalidInput) as refused:
        add("b1", **changes)
    assert (refused.value.field, GroupDocument.everything.count(), AudienceEntry.objects.count()) == (field, 0, 0)


def test_file_when_it_is_malware_then_it_is_said_where_it_belongs(add):
    encrypted = archives.wrap(files.PE, "a.bin")
    for upload in (Upload(files.PE, "a.exe"), Upload(encrypted, "a.zip"), Upload(b"x", "a.txt", sample=True)):
        with pytest.raises(InvalidInput, match="attach it to a signal, as a sample"):
            add("b1", upload)


@pytest.mark.parametrize("limit", ["FILE_LIMIT", "FILES_PER_GROUP_LIMIT", "FILES_PER_ORGANISATION_LIMIT"])
def test_document_when_past_a_limit_then_it_is_refused(cast, add, settings, limit):
    document = add("b1", Upload(b"1234567890", "a.txt"))
    setattr(settings, limit, 9 if limit == "FILE_LIMIT" else 15)
    for more in (lambda: add("b1", Upload(b"123456789x", "a.txt")), lambda: renew(cast, document, data=b"1234567890y")):
        with pytest.raises(TooLarge):
            more()
    assert (GroupDocument.everything.count(), DocumentVersion.everything.count()) == (1, 1)


def test_document_when_the_group_or_the_document_is_full_then_no_more_come(cast, add, monkeypatch):
    from noroshi.sharing.actions import documents

    monkeypatch.setattr(documents, "MOST_DOCUMENTS", 1)
    monkeypatch.setattr(documents, "MOST_VERSIONS", 1)
    document = add("b1")
    with pytest.raises(TooLarge):
        add("b1")
    with pytest.raises(TooLarge):
        renew(cast, document)


# Who got it


def test_downloads_when_told_then_by_names_of_those_who_allow_it_and_numbers_from_three_organisations_on(
    cast, add, room
):
    for name in ("i1", "o1", "a2"):
        join_group(cast.actor("hub_op"), group=room, person=cast.people[name])
    document = add("b1")
    renew(cast, document)
    counts = []
    for name in ("b1", "a1", "a2", "i1", "o1", "o1"):
        read(cast, document, name)
        counts.append(queries.downloads_of(document).counts.people)
    assert counts == [None, None, None, None, 4, 4]  # what b1 does with its own file is nobody's
    Organisation.objects.filter(pk=cast.bank_a.pk).update(names_its_readers=True)
    found = queries.downloads_of(document)
    assert (found.counts.people, [row.person for row in found.named]) == (None, ["a1", "a2"])
    shown = {name: cast.client(name).get(page(document)).content.decode() for name in ("b1", "a1", "i1")}
    assert {name: "Who has downloaded it" in html for name, html in shown.items()} == {
        "b1": True,
        "a1": True,
        "i1": False,
    }


def test_download_when_an_account_takes_too_much_then_it_is_refused_and_told(cast, add, settings):
    settings.READING_LIMITS = (1, 2)
    documents = [add("b1") for _number in range(3)]
    for document in documents[:2]:
        read(cast, document, "a1")
    with pytest.raises(TooMany):
        read(cast, documents[2], "a1")


# Who is told


def test_told_when_it_comes_is_renewed_and_goes_then_those_are_who_see_it_but_not_who_did_it(cast, add, drain, room):
    join_group(cast.actor("hub_op"), group=room, person=cast.v1)
    join_group(cast.actor("hub_op"), group=room, person=cast.i1)
    leave_group(cast.actor("hub_op"), group=room, person=cast.i1)
    document = add("b1", tlp=TLP.AMBER_STRICT)
    drain()
    assert told() == ["a1", "hub_op"]
    renew(cast, document, "a1")
    actions.describe_document(cast.actor("a1"), document, title="Other", description="")
    drain()
    assert told() == ["a1", "b1", "hub_op", "hub_op"]
    actions.withdraw_document(cast.actor("b1"), document, reason="古い")
    drain()
    assert told("withdrawn") == ["a1", "hub_op"]


def test_subscription_when_it_names_a_group_then_its_documents_are_mailed_and_no_other_s(cast, add, drain, room):
    other = create_group(cast.actor("hub_op"), slug="wg_other", name_ja="他部会", kind="ad_hoc")
    for name in ("a1", "i1"):
        join_group(cast.actor("hub_op"), group=other, person=cast.people[name])
    choose(cast.actor("a1"), NoticeKind.DOCUMENT, Delivery.WEEKLY, groups=[other.pk])
    choose(cast.actor("hub_op"), NoticeKind.DOCUMENT, Delivery.WEEKLY, groups=[room.pk])
    add("b1")
    drain()
    due = Notice.everything.filter(kind="document", mail_due_at__isnull=False)
    assert list(due.values_list("person__name", flat=True)) == ["hub_op"]


def test_inbox_and_mail_when_somebody_leaves_then_they_say_nothing_of_it(cast, add, drain, room, stopped_clock):
    Person.objects.update(language="en")
    join_group(cast.actor("hub_op"), group=room, person=cast.i1)
    add("b1", tlp=TLP.GREEN)
    drain()
    assert "Quokka desks" in cast.client("i1").get("/inbox/").content.decode()
    leave_group(cast.actor("i1"), group=room, person=cast.i1)
    assert "Quokka desks" not in cast.client("i1").get("/inbox/").content.decode()
    stopped_clock.advance(hours=24)
    send_due_mail()
    drain()
    sent = {message.to[0].partition("@")[0]: f"{message.subject} {message.body}" for message in outgoing.outbox}
    assert ("i1" in sent, "Quokka desks" in sent["a1"]) == (False, True)


def test_mail_when_the_group_is_confidential_then_it_names_neither_the_document_nor_the_group(
    cast, add, drain, room, stopped_clock
):
    Person.objects.update(language="en")
    terms = Terms(confidential=True)
    names = {"name_ja": room.name_ja, "name_en": "Lantern circle", "default_tlp": "GREEN"}
    change_group(cast.actor("hub_op"), group=room, terms=terms, **names)
    add("b1", tlp=TLP.GREEN)
    drain()
    stopped_clock.advance(hours=24)
    send_due_mail()
    drain()
    text = "".join(f"{message.subject}\n{message.body}" for message in outgoing.outbox)
    assert (text != "", "Quokka" in text, "Lantern" in text) == (True, False, False)
    RoleAssignment.objects.create(person=cast.b_reader, role="auditor")
    assert "sharing.document" not in cast.client("b_reader").get("/ledger/").content.decode()


def test_feed_when_it_is_green_then_it_is_there_in_its_last_version_and_only_that_it_went(cast, add, room):
    from noroshi.members.actions import issue_token

    secret = issue_token(cast.actor("a1"), person=cast.a1, label="reader", scopes=["feeds.read"])[1]

    def feed():
        return cast.client("a1").get(f"/inbox/feeds/{secret}/atom").content.decode()

    document = add("b1", tlp=TLP.GREEN)
    add("b1", tlp=TLP.AMBER, title="Numbat")
    assert ("Quokka desks" in feed(), "Numbat" in feed()) == (True, False)
    actions.withdraw_document(cast.actor("b1"), document, reason="古い")
    assert ("Quokka" in feed(), "古い" in feed()) == (False, True)
    leave_group(cast.actor("a1"), group=room, person=cast.a1)
    assert "古い" not in feed()


# Pages


def test_pages_add_find_renew_describe_and_withdraw(cast, room):
    browser, reader = cast.client("b1"), cast.client("a1")
    listed = f"/signals/groups/{room.slug}/documents/"
    form = {"title": "Desks", "description": "Hours of **axolotl**", "tlp": "AMBER", "without_metadata": "on"}
    refused = browser.post(f"{listed}new", {**form, "file": SimpleUploadedFile("a.exe", files.PE)})
    assert (refused.status_code, GroupDocument.everything.count()) == (422, 0)
    browser.post(f"{listed}new", {**form, "file": SimpleUploadedFile("表.txt", b"one")})
    document = GroupDocument.everything.get()
    assert all("Desks" in reader.get(path).content.decode() for path in (listed, f"{listed}?q=axolotl", page(document)))
    assert "Desks" in reader.get("/search?q=axolotl").content.decode()
    assert "Desks" not in cast.client("i1").get("/search?q=axolotl").content.decode()
    assert "Desks" in b"".join(reader.get(f"{listed}?export=csv").streaming_content).decode()
    answer = reader.get(f"{page(document)}versions/1")
    assert (answer.content, "attachment" in answer["Content-Disposition"]) == (b"one", True)
    assert reader.get(f"{page(document)}versions/1", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    renewed = {"note": "Hours", "without_metadata": "on", "file": SimpleUploadedFile("表.txt", b"two")}
    assert browser.post(f"{page(document)}renew", {"note": "x"}).status_code == 422
    assert browser.post(f"{page(document)}renew", renewed).status_code == 302
    browser.post(f"{page(document)}edit", {"title": "Duty desks", "description": ""})
    html = reader.get(page(document)).content.decode()
    assert ("Duty desks" in html, "Hours" in html, "version 2" in html) == (True, True, True)
    assert browser.post(f"{page(document)}withdraw", {"reason": ""}).url == page(document)
    assert browser.post(f"{page(document)}withdraw", {"reason": "old"}).url == listed
    assert "old" in reader.get(listed).content.decode()
    assert [cast.client(name).get(listed).status_code for name in ("i1", "sup", "hub_trusted")] == [404, 404, 404]


@pytest.mark.parametrize("address", ["/signals/groups/wg_incident/documents/", "page", "/search?q=quokka"])
def test_page_when_it_has_more_rows_then_it_costs_the_same(cast, add, address):
    document, browser, costs = add("b1"), cast.client("a1"), []
    for more in (0, 2):
        for number in range(more):
            add("b1")
            renew(cast, document, "a1" if number else "b1", data=f"{number}".encode())
        path = page(document) if address == "page" else address
        browser.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(path).status_code == 200
        costs.append(len(captured))
    assert costs[0] == costs[1]


# The API


def upload(program, path, method="post", **fields):
    fields = MultiValueDict({name: [value] for name, value in fields.items()})
    return getattr(program.client, method)(f"/api/v1{path}", fields.dict())


def test_api_when_asked_then_it_lists_adds_reads_renews_and_withdraws(cast, room):
    member, other = program_of(cast, "b1", "documents.read", "documents.write"), program_of(cast, "i1")
    reader, machine = program_of(cast, "a1", "documents.read"), program_of(cast, "bank_b", "documents.read")
    new = {"title": "Desks", "description": "axolotl", "tlp": "AMBER+STRICT"}
    made = upload(member, "/groups/wg_incident/documents", file=io.BytesIO(b"one"), **new)
    assert (made.status_code, made.json()["from"]["person"], made.json()["version"]) == (201, "b1", 1)
    address = f"/documents/{made.json()['id']}"
    assert reader.items("/groups/wg_incident/documents", q="axolotl") == [made.json()]
    renewed = upload(member, f"{address}/versions", file=io.BytesIO(b"two"), note="Hours")
    assert (renewed.status_code, renewed.json()["version"]) == (201, 2)
    assert [(row["number"], row["note"]) for row in reader.items(f"{address}/versions")] == [(2, "Hours"), (1, "")]
    assert [reader.get(f"{address}/versions/{number}").content for number in (1, 2)] == [b"one", b"two"]
    assert member.put(address, {"title": "Duty desks"}).json()["title"] == "Duty desks"
    assert reader.put(address, {"title": "x"}).status_code == 401
    assert (
        refusal(upload(member, "/groups/wg_incident/documents", file=io.BytesIO(b"x"), title="x", tlp="RED"))[0] == 422
    )
    paths = ("/groups/wg_incident/documents", address, f"{address}/versions", f"{address}/versions/1")
    assert [program.get(path).status_code for program in (other, machine) for path in paths] == [404] * 8
    assert member.post(f"{address}/withdraw", {"reason": "old"}).status_code == 204
    assert [reader.get(path).status_code for path in paths] == [200, 404, 404, 404]
