from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.advisories.domain.readers import READERS, Given, jis
from noroshi.advisories.domain.records import Record, Refused, RefusedBecause
from noroshi.advisories.domain.sources import SourceKind

CIRCLED_AND_TALL = b"\x1b$B-!|b4k6H\x1b(B"  # ①髙企業, of which the standard's table has the last two alone


def read(mail):
    return list(READERS[SourceKind.MAIL](mail if isinstance(mail, bytes) else mail.encode(), Given()))


def mail(text, **headers):
    written = {"Subject": "About CVE-2099-0001", "Message-ID": "<1@maker.example>", **headers}
    return "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in written.items()) + "\n" + text


def test_a_mail_has_its_words_its_date_and_what_it_names():
    (found,) = read(mail("Versions < 2.0 and > 1.0: CVE-2099-0002.\n\nUpdate.", Date="Thu, 02 Apr 2099 09:30:00 +0900"))
    assert (found.title, found.summary) == (
        "About CVE-2099-0001",
        "Versions < 2.0 and > 1.0: CVE-2099-0002.\n\nUpdate.",
    )
    assert found.names == ("CVE-2099-0001", "CVE-2099-0002")
    assert (found.published.at.isoformat(), found.link, found.categories) == ("2099-04-02T00:30:00+00:00", "", ())


def test_the_same_mail_is_the_same_and_another_of_its_number_is_another():
    (first,), (again,), (forged,) = (read(mail(text)) for text in ("one", "one", "two"))
    assert first.native_id.startswith("1@maker.example sha256:")
    assert (first.native_id == again.native_id, first.native_id == forged.native_id) == (True, False)


@pytest.mark.parametrize("subject", ["[Update] x", "x (UPDATED)", "【更新】x", "続報: x", "Revised: x"])
def test_a_subject_says_that_a_mail_changes_what_was_said(subject):
    (found,), (other,) = read(mail("x", Subject=subject)), read(mail("x", Subject="Updater flaw"))
    assert (found.categories, other.categories) == (("update",), ())


@pytest.mark.parametrize("date", ["yesterday", "Thu, 99 Apr 2099 99:99:99 +9999", "\x00", "2099年99月"])
def test_a_date_that_is_none_keeps_no_mail_out(date):
    (found,) = read(mail("x", Date=date))
    assert (found.published, found.title) == (None, "About CVE-2099-0001")


@pytest.mark.parametrize(
    ("charset", "body"),
    [
        ('text/plain; charset="iso-2022-jp"', CIRCLED_AND_TALL),
        ("text/plain", CIRCLED_AND_TALL),
        ('text/plain; charset="shift_jis"', "①髙企業".encode("cp932")),
        ('text/plain; charset="utf-8"', "①髙企業".encode("cp932")),
        ('text/plain; charset="x-nobody-knows"', "①髙企業".encode()),
    ],
)
def test_japanese_is_read_with_the_letters_of_vendors_whatever_it_calls_itself(charset, body):
    (found,) = read(mail("", Content_Type=charset).encode() + body + b"\n")
    assert found.summary == "①髙企業"


def test_raw_bytes_and_encoded_words_are_both_read_in_headers():
    (raw,) = read(b"Subject: " + "①髙企業".encode("cp932") + b"\n\nx")
    (word,) = read(mail("x", Subject="=?iso-2022-jp?B?GyRCLSF8YjRrNkgbKEI=?="))
    assert (raw.title, word.title) == ("①髙企業", "①髙企業")


def test_of_several_parts_the_plain_text_is_read_and_no_attachment():
    made = EmailMessage()
    made["Subject"] = "x"
    made.set_content("plain CVE-2099-0001")
    made.add_alternative("<p>html</p><script>alert(1)</script>", subtype="html")
    made.add_attachment("attached CVE-2099-0002", filename="a.txt")
    (found,) = read(made.as_bytes())
    assert (found.summary, found.names) == ("plain CVE-2099-0001", ("CVE-2099-0001",))


def test_where_there_is_html_alone_its_text_is_read():
    (found,) = read(mail("<p>one</p><script>alert(1)</script><p>two</p>", Content_Type="text/html"))
    assert found.summary == "one\ntwo"


def test_an_armour_of_pgp_is_no_text():
    signed = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nwords\n"
        "-----BEGIN PGP SIGNATURE-----\n\nabc=\n-----END PGP SIGNATURE-----\n"
    )
    (found,) = read(mail(signed))
    assert found.summary == "words"


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b"", RefusedBecause.SHAPE), (b" " * (20 * 1024 * 1024 + 1), RefusedBecause.TOO_LARGE)],
)
def test_what_is_no_mail_is_refused_by_its_reason(body, reason):
    assert [each.reason for each in read(body)] == [reason]


@pytest.mark.parametrize("name", ["iso2022jp.eml", "utf8.eml"])
def test_the_mails_of_the_collection(shared_data, name):
    (found,) = read((shared_data / "advisories/synthetic/mail" / name).read_bytes())
    assert (found.title.startswith("【重要】架空製品"), found.names) == (True, ("CVE-2099-30001", "CVE-2099-30002"))


LINES = st.sampled_from(
    [
        b"Subject: =?x?B?!!!?=",
        b"Subject: =?iso-2022-jp?B?GyRC?=",
        b"Date: \xff",
        b"Content-Type: multipart/mixed; boundary=a",
        b"Content-Type: text/plain; charset*=x'y'%ff",
        b"Content-Type: message/rfc822",
        b"Content-Transfer-Encoding: base64",
        b"--a",
        b"--a--",
        b"",
        b"\x1b$B\x30",
    ]
)


@given(st.lists(LINES | st.binary(max_size=20), max_size=12))
def test_whatever_comes_is_read_or_refused(lines):
    assert [each for each in read(b"\n".join(lines)) if not isinstance(each, Record | Refused)] == []


@given(st.text("架空製品の脆弱性アｱaA1、\n", max_size=20))
def test_what_python_writes_is_read_alike(text):
    assert jis.decoded(text.encode("iso2022_jp_ext")) == text
