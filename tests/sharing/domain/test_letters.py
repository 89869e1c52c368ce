"""Mails as drafts: what is read of them, and what is refused, whatever is sent."""

from email import policy
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.sharing.domain.letters import (
    Letter,
    LetterFile,
    Unfit,
    UnfitLetterError,
    address_of,
    read_letter,
    recipients_of,
    secrets_in,
)

SECRET = "abcdefghijklmnopqrstuvwxyz"
MOST = 1_000_000


def letter(text="本文です。", subject="偽サイト", **headers) -> EmailMessage:
    made = EmailMessage(policy=policy.SMTP)
    made["From"], made["Subject"], made["Message-ID"] = "a1@bank-a.example", subject, "<1@bank-a.example>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def read(message, most=MOST) -> Letter:
    return read_letter(message if isinstance(message, bytes) else message.as_bytes(), most=most)


def refused(message, most=MOST) -> Unfit:
    with pytest.raises(UnfitLetterError) as error:
        read(message, most)
    return error.value.reason


def test_address_when_made_and_read_then_its_secret_comes_back_whatever_the_case_and_the_name():
    address = address_of("in.example", "wg-incident" * 9, SECRET)
    assert len(address.rpartition("@")[0]) <= 64
    assert secrets_in([f"Noroshi <{address.upper()}>", address], "IN.example") == [SECRET]
    others = (
        "share@in.example",
        f"share+x.{SECRET}@other.example",
        f"fire+x.{SECRET}@in.example",
        "x",
        "",
        "share+x.é@in.example",
    )
    assert secrets_in(others, "in.example") == []


def test_recipients_when_several_headers_name_them_then_all_are_found():
    made = letter(To="A <x@in.example>, y@in.example", Delivered_To="z@in.example")
    assert recipients_of(made.as_bytes()) == ["z@in.example", "A <x@in.example>, y@in.example"]


def test_letter_when_plain_then_its_subject_is_the_title_and_its_text_the_body():
    found = read(letter(subject=" 偽\tサイト "))
    assert (found.title, found.body, found.files, found.sender) == ("偽 サイト", "本文です。", (), "a1@bank-a.example")
    assert read(letter(subject="", text="一行目\n二行目")).title == "一行目 二行目"


@pytest.mark.parametrize(
    ("declared", "real"),
    [
        ("iso-2022-jp", "iso-2022-jp"),
        ("utf-8", "cp932"),
        ("us-ascii", "utf-8"),
        ("x-unknown", "cp932"),
        ("euc-jp", "euc-jp"),
    ],
)
def test_letter_when_its_encoding_is_another_than_it_says_then_the_words_are_read_all_the_same(declared, real):
    head = f"From: a1@bank-a.example\nSubject: x\nContent-Type: text/plain; charset={declared}\n\n"
    assert read(head.encode() + "不正送金の手口を確認しました。".encode(real)).body == "不正送金の手口を確認しました。"


@pytest.mark.parametrize(
    "subject",
    ["=?utf-8?B?////?=", "=?x-none?Q?=E3?=", "=?", "\udcff".encode("utf-8", "surrogateescape").decode("latin-1")],
)
def test_letter_when_its_subject_is_no_rfc_2047_then_it_is_taken_as_it_stands(subject):
    raw = f"From: a1@bank-a.example\nSubject: {subject}\n\nx".encode("latin-1")
    assert read(raw).body == "x"


def test_letter_when_html_alone_then_its_words_and_where_its_links_lead_are_left():
    made = letter()
    made.set_content(
        "<style>x{}</style><script>alert(1)</script><p>見る<br><a href='http://evil.example/a?b=1&c=2'>here</a></p>"
        "<a href='javascript:x()'>no</a><img src=x onerror=y>&lt;b&gt;",
        subtype="html",
    )
    assert read(made).body == "見る\nhere (http://evil.example/a?b=1&c=2)\nno<b>"
    both = letter(text="plain")
    both.add_alternative("<p>markup</p>", subtype="html")
    assert read(both).body == "plain"


def test_letter_when_it_has_files_then_each_comes_with_its_name_and_calendars_and_signatures_do_not():
    made = letter()
    made.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="報告\u202efdp.exe")
    made.add_attachment(letter(text="inner"), filename=None)
    made.add_attachment(b"x", maintype="application", subtype="pkcs7-signature", filename="smime.p7s")
    found = read(made)
    assert [file.name for file in found.files] == [
        "報告\u202efdp.exe",
        "mail.txt",
    ]  # names are cleaned where they are kept
    assert found.files[0] == LetterFile("報告\u202efdp.exe", b"%PDF-")
    assert "inner" in found.files[1].data.decode()


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Auto_Submitted": "auto-replied"}, Unfit.AUTOMATIC),
        ({"Auto_Submitted": "auto-generated; x=y"}, Unfit.AUTOMATIC),
        ({"X_Autoreply": "yes"}, Unfit.AUTOMATIC),
        ({"Precedence": "auto_reply"}, Unfit.AUTOMATIC),
        ({"Precedence": "bulk"}, Unfit.LIST),
        ({"List_Id": "<x.example>"}, Unfit.LIST),
        ({"Return_Path": "<>"}, Unfit.BOUNCE),
    ],
)
def test_letter_when_a_machine_sent_it_then_it_is_refused(headers, reason):
    assert refused(letter(**headers)) is reason
    assert read(letter(Auto_Submitted="no")).title == "偽サイト"


def test_letter_when_a_bounce_or_sealed_or_empty_or_no_mail_then_it_is_refused():
    daemon = letter()
    daemon.replace_header("From", "MAILER-DAEMON@mx.example")
    report = letter(text="--x\n\nno such user\n--x--")
    report.replace_header("Content-Type", "multipart/report; boundary=x")
    sealed = letter()
    sealed.replace_header("Content-Type", "application/pkcs7-mime; smime-type=enveloped-data")
    calendar = letter()
    calendar.replace_header("Content-Type", "text/calendar; method=REQUEST")
    expected = {
        daemon: Unfit.BOUNCE,
        report: Unfit.BOUNCE,
        sealed: Unfit.SEALED,
        calendar: Unfit.EMPTY,
        letter(text=" \n"): Unfit.EMPTY,
    }
    assert {message: refused(message) for message in expected} == expected
    assert [refused(raw) for raw in (b"", b"\n\n", b"\x00\xff", b"no header")] == [Unfit.NO_MAIL] * 4


def test_letter_when_too_large_or_nested_too_deep_then_it_is_refused():
    assert refused(letter(text="x" * 2000), most=1000) is Unfit.TOO_LARGE
    assert refused(letter(text="x " * 30_000)) is Unfit.TOO_LARGE
    nested = MIMEMultipart()
    for _level in range(99):
        outer = MIMEMultipart()
        outer.attach(nested)
        nested = outer
    nested["From"] = "a1@bank-a.example"
    assert refused(nested) is Unfit.TOO_MANY_PARTS
    wide = MIMEMultipart()
    for _part in range(150):
        wide.attach(MIMEMultipart())
    assert refused(wide) is Unfit.TOO_MANY_PARTS


def test_letter_when_it_comes_by_two_ways_then_it_is_the_same_and_another_is_not():
    first = letter()
    second = letter(Received="from elsewhere", Delivered_To="x@y.example")
    assert read(first).digest == read(second).digest
    assert len({read(letter(text=text)).digest for text in ("a", "b")} | {read(first).digest}) == 3


@given(
    st.binary(max_size=400)
    | st.text(max_size=200).map(lambda text: f"From: {text}\nSubject: {text}\nContent-Type: {text}\n\n{text}".encode())
)
def test_letter_when_it_is_anything_at_all_then_it_is_read_or_refused(raw):
    try:
        found = read_letter(raw, most=MOST)
    except UnfitLetterError:
        return
    assert found.title
    assert "\n" not in found.title
    secrets_in(recipients_of(raw), "in.example")
