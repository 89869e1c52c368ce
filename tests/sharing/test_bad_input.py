"""What comes from outside: too much of it, characters that deceive, markup that acts."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from factories.audience import WORDS
from noroshi.core.domain.tlp import TLP
from noroshi.members.actions import issue_token
from noroshi.sharing.models import Comment, Signal

FORM = {"title": "t", "kind": "phishing", "target": "customer", "body": "b", "tlp": "AMBER", "community": "on"}


def test_compose_when_fifty_megabytes_are_pasted_then_one_sentence_says_so_and_nothing_is_written(cast):
    answer = cast.client("a1").post(reverse("sharing:compose"), {**FORM, "body": "あ" * 17_000_000})
    assert answer.status_code == 413
    assert "That is too large: at most 3 MB can be sent in one form." in answer.content.decode()
    assert Signal.everything.count() == 0


def test_title_when_it_turns_the_direction_then_it_is_shown_spelt_out(cast, share):
    from dataclasses import replace

    signal = share("a1", content=replace(WORDS, title="invoice\u202efdp.exe\u200f\x07"))
    for address in (reverse("sharing:list"), reverse("sharing:detail", args=[signal.pk])):
        text = cast.client("b1").get(address).content.decode()
        assert "invoice[U+202E]fdp.exe[U+200F]" in text
        assert not re.search("[\u200e\u200f\u202a-\u202e\u2066-\u2069\x07]", text)


def test_title_when_it_has_ten_thousand_characters_then_one_sentence_says_so_and_what_was_typed_is_kept(cast):
    title = "長" * 10_000
    answer = cast.client("a1").post(reverse("sharing:compose"), {**FORM, "title": title})
    text = answer.content.decode()
    assert "at most 200 characters (it has 10000)" in text
    assert title in text, "nothing of what was typed is lost"
    token = issue_token(cast.actor("a1"), person=cast.a1, label="x", scopes=["signals.write"])[1]
    program = Client(headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"})
    words = {"kind": "phishing", "target": "customer", "title": title, "tlp": "GREEN", "grants": {"community": True}}
    answer = program.post("/api/v1/signals", words, content_type="application/json")
    assert (answer.status_code, answer.json()["field"]) == (422, "title")
    assert answer.json()["detail"] == "This is longer than 200 characters."
    assert Signal.everything.count() == 0


def test_host_when_it_only_looks_like_another_then_pages_mails_and_values_say_its_ascii_name(cast, share, drain):
    from dataclasses import replace

    signal = share("a1", tlp=TLP.GREEN, content=replace(WORDS, title="аpple.com", body="Go to gооgle.com/login"))
    text = cast.client("b1").get(reverse("sharing:detail", args=[signal.pk])).content.decode()
    assert "аpple.com [xn--pple-43d.com]" in text
    assert "gооgle.com [xn--ggle-55da.com]/login" in text
    assert "xn--ggle-55da[.]com" in text, "the value to look for is that very name, and no part of it"
    cast.client("b1").post(reverse("sharing:act", args=[signal.pk, "comment"]), {"body": "and pаypal.com"})
    assert Comment.everything.get().body == "and pаypal.com [xn--pypal-4ve.com]"
    drain()
    assert {
        "аpple.com [xn--pple-43d.com]" in letter.body or "аpple.com [" in letter.subject for letter in mail.outbox
    } == {True}


@pytest.mark.parametrize(
    "form",
    [
        {},
        {**FORM, "tlp": "PURPLE"},
        {**FORM, "kind": ["phishing", "x"]},
        {**FORM, "expires_at": "yesterday"},
        {**FORM, "groups": "not-a-uuid"},
        {**FORM, "community": "", "people": "nobody@example.test"},
        {**FORM, "title": "\x00\x01\u202e", "body": "\x00"},
        {"title[]": "t", "kind[$ne]": "1", "__proto__": "x"},
    ],
    ids=["empty", "level", "twice", "date", "group", "nobody", "controls", "brackets"],
)
def test_form_when_it_is_broken_then_it_comes_back_with_sentences_and_nothing_goes_out(cast, form):
    answer = cast.client("a1").post(reverse("sharing:compose"), form)
    assert answer.status_code in {200, 302, 422}
    assert Signal.everything.exclude(state="draft").count() == 0


HOSTILE = {
    "script": "<script>alert(1)</script>",
    "image tag": "<img src=x onerror=alert(1)>",
    "javascript link": "[open](javascript:alert(1))",
    "data link": "[open](data:text/html;base64,PHNjcmlwdD4=)",
    "autolink": "<javascript:alert(1)>",
    "image": "![tracker](https://evil.example/pixel.png)",
    "style": '<p style="position:fixed">over the page</p>',
    "frame": '<iframe src="https://evil.example"></iframe>',
    "form": '<form action="https://evil.example"><input name="password"></form>',
    "svg": "<svg/onload=alert(1)>",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_words_when_they_carry_markup_then_none_of_it_acts(cast, share, text):
    from dataclasses import replace

    signal = share("a1", content=replace(WORDS, title=text[:200], body=text))
    client = cast.client("b1")
    client.post(reverse("sharing:act", args=[signal.pk, "comment"]), {"body": text})
    assert Comment.everything.count() == 1
    page = client.get(reverse("sharing:detail", args=[signal.pk])).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    tags = re.findall(r"<[^>]+>", main)
    acting = re.compile(r"<(?:script|img|iframe|svg(?! class=\"icon\"))|\son\w+=|href=\"(?!/|#)|style=|evil\.example")
    assert [tag for tag in tags if acting.search(tag)] == []


def test_table_when_it_is_huge_then_the_page_still_comes(cast, share):
    from dataclasses import replace

    row = "|" + "x|" * 60 + "\n"
    body = row + "|" + "-|" * 60 + "\n" + row * 350
    signal = share("a1", content=replace(WORDS, body=body))
    text = cast.client("b1").get(reverse("sharing:detail", args=[signal.pk])).content.decode()
    assert "<table>" in text
    assert text.rstrip().endswith("</html>")


@pytest.mark.parametrize("text", ["> " * 20_000, "[" * 20_000, "*a " * 10_000, "- " * 20_000, "`" * 20_000])
def test_body_when_it_nests_without_end_then_the_page_still_comes(cast, share, text):
    from dataclasses import replace

    signal = share("a1", content=replace(WORDS, body=text))
    assert cast.client("b1").get(reverse("sharing:detail", args=[signal.pk])).status_code == 200


@pytest.mark.parametrize(
    "query", ["q=%00", "q=" + "a" * 5000, "after=9e9", "sort=password", "since=0000-00-00", "tlp=<b>"]
)
def test_list_when_its_address_makes_no_sense_then_it_is_a_page_all_the_same(cast, query):
    assert cast.client("b1").get(f"{reverse('sharing:list')}?{query}").status_code == 200
