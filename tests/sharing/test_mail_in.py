"""Mail in: an address of one's own, a mail that becomes a draft, and everything that does not."""

from contextlib import contextmanager
from email import policy
from email.message import EmailMessage

import pytest
from click.testing import CliRunner
from django.core import mail
from django.urls import reverse

from factories.files import picture
from noroshi.core.errors import Conflict, InvalidInput, NoroshiError, NotAllowed, NotFound
from noroshi.core.models import LedgerEntry
from noroshi.members.actions import change_group, leave_group, state_marks
from noroshi.members.domain.groups import Terms
from noroshi.members.models import Person
from noroshi.sharing import actions, mailbox, queries
from noroshi.sharing.cli.mail import mail as command
from noroshi.sharing.models import Attachment, MailAddress, Signal, TakenMail

HOME = "in.noroshi.example"


@pytest.fixture(autouse=True)
def _mail_in(settings):
    settings.MAIL_IN_DOMAIN = HOME


@pytest.fixture
def address(cast):
    """Make an address of somebody; for the working group, or for everybody."""

    def make(name="a1", group="wg_incident"):
        chosen = cast.groups[group] if group else None
        return actions.issue_mail_address(cast.actor(name), group=chosen)[1]

    return make


def written(to, text="攻撃元は45.155.205.66", *, sender="a1@bank-a.example", subject="偽のログイン画面", **headers):
    made = EmailMessage(policy=policy.SMTP)
    made["From"], made["To"], made["Subject"], made["Message-ID"] = sender, to, subject, "<1@bank-a.example>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def left():
    return (Signal.everything.count(), Attachment.everything.count(), TakenMail.objects.count())


def test_mail_when_it_comes_to_a_group_s_address_then_it_is_a_draft_for_the_group_with_its_usual_marking(cast, address):
    change_group(cast.actor("hub_op"), group=cast.wg_incident, name_ja="x", default_tlp="AMBER+STRICT", terms=Terms())
    actions.take_mail(written(address()).as_bytes())
    draft = Signal.everything.get()
    assert (draft.state, draft.author, draft.title, draft.tlp, draft.author_mode, draft.pap) == (
        "draft",
        cast.a1,
        "偽のログイン画面",
        "AMBER+STRICT",
        "named",
        "GREEN",
    )
    names = queries.audience_by_name(cast.actor("a1"), draft)
    assert {kind.value: lines for kind, lines in names.items()} == {"group": ["wg_incident"]}
    values = queries.observables_of(cast.actor("a1"), draft)
    assert [row.observable.value for row in values] == ["45.155.205.66"]
    assert not any(Signal.objects.visible_to(cast.actor(name)).exists() for name in ("a2", "b1", "hub_op"))


def test_mail_when_for_everybody_then_it_begins_as_on_the_page_of_the_house(cast, address):
    cast.bank_a.usual_tlp = "GREEN"
    cast.bank_a.save()
    actions.take_mail(written("x@y.example").as_bytes(), recipients=[address(group=None)])
    draft = Signal.everything.get()
    assert (draft.tlp, list(queries.audience_by_name(cast.actor("a1"), draft))) == ("GREEN", ["community"])
    cast.bank_a.usual_tlp = "RED"
    cast.bank_a.save()
    with pytest.raises(InvalidInput):  # nobody makes an address by which nothing could be shared
        address(group=None)


def test_draft_when_it_came_by_mail_then_it_does_not_go_before_its_person_has_said_what_it_is(cast, address):
    actions.take_mail(written(address()).as_bytes())
    draft, browser = Signal.everything.get(), cast.client("a1")
    with pytest.raises(InvalidInput) as refused:
        actions.publish_signal(cast.actor("a1"), draft)
    assert refused.value.field == "kind"
    review = browser.get(reverse("sharing:review", args=[draft.pk])).content.decode()
    assert "This draft came by mail. The mail says that it is from a1@bank-a.example" in review
    sent = browser.post(reverse("sharing:review", args=[draft.pk]), {"looked_at": draft.changed_at.isoformat()})
    assert sent["Location"] == reverse("sharing:edit", args=[draft.pk])
    edit = browser.get(sent["Location"]).content.decode()
    assert '<option value="" selected>choose what it is about</option>' in edit
    assert Signal.everything.get().state == "draft"


def test_mail_when_taken_then_its_person_is_told_by_a_neutral_subject_and_the_ledger_names_nobody(cast, address, drain):
    Person.objects.update(language="en")
    to = address()
    actions.take_mail(written(to).as_bytes())
    drain()
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["a1@bank-a.example"], "A signal needs you")
    assert "偽のログイン" not in letter.body
    entries = LedgerEntry.objects.filter(subject_id=Signal.everything.get().pk)
    assert set(entries.values_list("action", "person")) == {
        ("sharing.signal.drafted", None),
        ("sharing.mail.taken", None),
    }
    inbox = cast.client("a1").get(reverse("notify:inbox")).content.decode()
    assert "Your mail became a draft." in inbox
    assert to not in inbox


def test_mail_when_it_comes_twice_by_whichever_way_then_it_is_one_draft(cast, address):
    to = address()
    first, again = written(to), written(to, Received="by another way", Delivered_To=to)
    assert [len(actions.take_mail(each.as_bytes()).drafts) for each in (first, again, first)] == [1, 0, 0]
    actions.take_mail(written(to, "another").as_bytes())
    both = written(f"{to}, {address(group=None)}", "to both")
    assert len(actions.take_mail(both.as_bytes()).drafts) == 2
    assert left() == (4, 0, 4)


def test_files_when_mailed_then_they_are_cleaned_as_on_the_page_and_a_wrong_one_refuses_the_mail(cast, address):
    to = address()
    good = written(to)
    good.add_attachment(picture(), maintype="image", subtype="jpeg", filename="画面\u202egpj.exe")
    actions.take_mail(good.as_bytes())
    file = Attachment.everything.get()
    assert (file.kind, file.cleaned, file.name) == ("jpeg", True, "画面_gpj.exe.jpg")
    before = left()
    wrong = written(to, "other")
    wrong.add_attachment(picture(), maintype="image", subtype="jpeg", filename="a.jpg")
    wrong.add_attachment(b"MZ\x90" + b"\0" * 99, maintype="application", subtype="pdf", filename="rechnung.pdf")
    with pytest.raises(InvalidInput) as refused:
        actions.take_mail(wrong.as_bytes())
    assert refused.value.message.startswith("rechnung.pdf: ")
    assert left() == before


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"sender": "ceo@elsewhere.example"}, NotAllowed),
        ({"sender": ""}, NotAllowed),
        ({"Auto_Submitted": "auto-replied"}, actions.MailIgnored),
        ({"List_Id": "<x.example>"}, actions.MailIgnored),
        ({"text": " "}, InvalidInput),
        ({"text": "x " * 30_000}, InvalidInput),
    ],
    ids=["another house", "nobody", "an answering machine", "a list", "empty", "too long"],
)
def test_mail_when_it_is_not_taken_then_one_sentence_says_why_in_the_ledger_and_nothing_is_left(
    cast, address, change, error
):
    to = address()
    with pytest.raises(error) as refused:
        actions.take_mail(written(to, **change).as_bytes())
    assert len(refused.value.message.splitlines()) == 1
    entry = LedgerEntry.objects.latest("id")
    assert (entry.action, entry.person, set(entry.payload)) == ("sharing.mail.refused", None, {"why", "digest"})
    assert left() == (0, 0, 0)


def test_mail_when_from_a_domain_that_the_admin_stated_then_it_is_of_the_house(cast, address):
    state_marks(cast.actor("a_admin"), organisation=cast.bank_a, names="", domains="csirt-a.example", ranges="")
    actions.take_mail(written(address(), sender="CSIRT <desk@csirt-a.example>").as_bytes())
    assert TakenMail.objects.get().sender == "desk@csirt-a.example"


def test_address_when_revoked_replaced_ended_or_its_holder_is_out_then_it_opens_nothing(cast, address, stopped_clock):
    def opens(to):
        try:
            return bool(actions.take_mail(written(to, to).as_bytes()).drafts)
        except actions.MailUnknown as unknown:
            return unknown.message == "There is no such address here, or not any more."

    def refuses(to):
        with pytest.raises(actions.MailUnknown):
            actions.take_mail(written(to, to).as_bytes())

    revoked, replaced, fine = address(), address(), address()
    assert opens(fine)
    rows = list(MailAddress.objects.order_by("created_at", "pk"))
    actions.revoke_mail_address(cast.actor("a1"), rows[0])
    fresh = actions.rotate_mail_address(cast.actor("a1"), rows[1])[1]
    refuses(revoked)
    refuses(replaced)
    assert opens(fresh)
    for row in rows[:2]:
        with pytest.raises((Conflict, NotFound)):
            actions.revoke_mail_address(cast.actor("b1"), row)
    everybody = address(group=None)
    leave_group(cast.actor("a1"), group=cast.wg_incident, person=cast.a1)
    refuses(fine)
    assert opens(everybody)
    cast.a1.standing = "suspended"
    cast.a1.save()
    refuses(everybody)
    cast.a1.standing = "active"
    cast.a1.save()
    stopped_clock.advance(days=367)
    refuses(everybody)


def test_address_when_made_then_it_is_stored_as_a_hash_and_tells_nothing_of_a_confidential_group(cast, address):
    assert address().startswith("share+wg_incident.")
    secret = address().partition(".")[2].partition("@")[0]
    assert not MailAddress.objects.filter(secret_hash__contains=secret).exists()
    assert not LedgerEntry.objects.filter(payload__icontains=secret).exists()
    terms = Terms(confidential=True)
    change_group(cast.actor("hub_op"), group=cast.wg_incident, name_ja="x", default_tlp="AMBER", terms=terms)
    cast.wg_incident.refresh_from_db()
    assert address().startswith("share+group.")
    for name, group in (("a_reader", None), ("sup", None), ("i1", cast.wg_incident)):
        with pytest.raises(NoroshiError):
            actions.issue_mail_address(cast.actor(name), group=group)


def test_addresses_when_there_are_many_then_no_more_are_made(cast, address, monkeypatch):
    monkeypatch.setattr("noroshi.sharing.actions.mail_in.MOST_ADDRESSES", 2)
    assert [address(), address()]
    with pytest.raises(Conflict):
        address()


def test_mail_in_when_the_installation_has_none_then_it_is_nowhere(cast, address, settings):
    to, browser = address(), cast.client("a1")
    settings.MAIL_IN_DOMAIN = ""
    with pytest.raises(NotFound):
        actions.take_mail(written(to).as_bytes())
    assert browser.get(reverse("sharing:mail-addresses")).status_code == 404
    assert "Share by mail" not in browser.get("/").content.decode()


# The page


def test_page_when_an_address_is_made_replaced_and_revoked_then_each_is_shown_once(cast):
    browser, path = cast.client("a1"), reverse("sharing:mail-addresses")
    assert "No addresses." in browser.get(path).content.decode()
    made = browser.post(path, {"group": str(cast.wg_incident.pk)}).content.decode()
    assert "share+wg_incident." in made
    row = MailAddress.objects.get()
    assert "share+" not in browser.get(path).content.decode()
    replaced = browser.post(reverse("sharing:mail-address-rotate", args=[row.pk])).content.decode()
    assert "share+wg_incident." in replaced
    new = MailAddress.objects.get(revoked_at=None)
    assert cast.client("b1").post(reverse("sharing:mail-address-revoke", args=[new.pk])).status_code == 404
    browser.post(reverse("sharing:mail-address-revoke", args=[new.pk]))
    assert MailAddress.objects.filter(revoked_at=None).count() == 0
    assert "Share by mail" in browser.get("/").content.decode()
    assert cast.client("sup").get(path).status_code == 404


# The two doors


def with_picture(to):
    made = written(to, "with a picture")
    made.add_attachment(picture(), maintype="image", subtype="jpeg", filename="a.jpg")
    return made.as_bytes()


@pytest.fixture
def full_disk(settings, tmp_path):
    """Within the block nothing can be written where files are kept."""

    @contextmanager
    def block():
        before, settings.MEDIA_ROOT = settings.MEDIA_ROOT, tmp_path / "no folder"
        settings.MEDIA_ROOT.write_bytes(b"")
        yield
        settings.MEDIA_ROOT.unlink()
        settings.MEDIA_ROOT = before

    return block


def received(raw, *arguments):
    """What `noroshi mail receive` ends with, and says."""
    ran = CliRunner().invoke(command, ["receive", *arguments], input=raw)
    return ran.exit_code, ran.output.strip()


def test_receive_when_a_mail_server_hands_mail_over_then_its_codes_say_what_to_do(cast, address, full_disk, settings):
    to = address()
    unknown = f"share+x.{'a' * 26}@{HOME}"
    assert received(written("x@y.example").as_bytes(), "--recipient", to) == (0, "")
    assert received(written(unknown).as_bytes()) == (67, "There is no such address here, or not any more.")
    assert received(written(to, "other", sender="x@y.example").as_bytes())[0] == 77
    assert received(written(to, Auto_Submitted="auto-replied").as_bytes()) == (0, "")
    assert received(b"") == (65, "This cannot be read as a mail.")
    assert received(b"x" * (36 * 1024 * 1024))[0] == 65

    with full_disk():
        code, said = received(with_picture(to))
    assert (code, "This mail could not be taken now; it will be tried again." in said) == (75, True)
    assert left() == (1, 0, 1)
    assert received(with_picture(to)) == (0, "")
    settings.MAIL_IN_DOMAIN = ""
    assert received(written(to).as_bytes()) == (75, "This installation takes no mail in.")


class Server:
    """A mailbox, as far as it is asked: `folders` by name, each a list of mails."""

    folders: dict[str, list[bytes]] = {}

    def __init__(self, *_args, **_values):
        self.gone = set()

    def __enter__(self):
        return self

    def __exit__(self, *_args):
        return False

    def login(self, user, password):
        assert (user, password) == ("in", "p@ss")
        return "OK", [b""]

    def create(self, folder):
        self.folders.setdefault(folder, [])
        return "NO", [b"it is there"]

    def select(self, folder):
        assert folder == '"INBOX"'
        return "OK", [b"1"]

    def uid(self, verb, *given):
        inbox = self.folders["INBOX"]
        match verb:
            case "SEARCH":
                return "OK", [" ".join(str(number) for number in range(len(inbox))).encode()]
            case "FETCH":
                return "OK", [(b"1 (BODY[]", inbox[int(given[0])]), b")"]
            case "COPY":
                self.folders[given[1]].append(inbox[int(given[0])])
            case "STORE":
                self.gone.add(int(given[0]))
        return "OK", [b""]

    def expunge(self):
        kept = [raw for number, raw in enumerate(self.folders["INBOX"]) if number not in self.gone]
        self.folders["INBOX"] = kept
        return "OK", [b""]


@pytest.fixture
def server(settings, monkeypatch):
    settings.MAIL_IN_IMAP_URL = "imaps://in:p%40ss@imap.example/INBOX"
    monkeypatch.setattr("imaplib.IMAP4_SSL", Server)
    Server.folders = {"INBOX": []}
    return Server


def test_fetch_when_the_mailbox_holds_all_kinds_then_each_is_filed_and_what_broke_here_stays(
    cast, address, server, full_disk
):
    to = address()
    good, foreign, nonsense = written(to).as_bytes(), written(to, "b", sender="x@y.example").as_bytes(), b"\xff\xfe"
    server.folders["INBOX"] = [good, foreign, nonsense, good]
    assert vars(mailbox.fetch_mail()) == {"taken": 2, "refused": 2, "left": 0}
    assert server.folders == {"INBOX": [], "Noroshi-Taken": [good, good], "Noroshi-Refused": [foreign, nonsense]}
    assert Signal.everything.count() == 1
    server.folders["INBOX"] = [with_picture(to)]
    with full_disk():
        assert vars(mailbox.fetch_mail()) == {"taken": 0, "refused": 0, "left": 1}
    assert len(server.folders["INBOX"]) == 1
    ran = CliRunner().invoke(command, ["fetch"])
    assert (ran.exit_code, ran.output.strip()) == (0, "1 taken, 0 refused, 0 left for later")


@pytest.mark.parametrize("url", ["", "imap://in:p@imap.example/", "imaps://", "https://imap.example"])
def test_fetch_when_the_address_is_not_by_tls_then_it_is_refused(db, settings, url):
    settings.MAIL_IN_IMAP_URL = url
    with pytest.raises(InvalidInput):
        mailbox.fetch_mail()
