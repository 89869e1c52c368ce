"""Components and base pages: each in use, in both languages, under the content security policy."""

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from http import HTTPStatus
from pathlib import Path

import pytest
from django import forms
from django.contrib.auth.models import Group
from django.template import Context, Template
from django.template.backends.django import DjangoTemplates
from django.test import RequestFactory
from django.utils.translation import override

from kit.guide_sample import guide_context, sample_list
from noroshi import kit
from noroshi.core import clock
from noroshi.core.domain.tlp import TLP
from noroshi.kit import icons
from noroshi.kit.wording import relative

KIT = Path(kit.__file__).parent
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# The kit alone: no room's addresses, no room's context.
PROCESSORS = ("request", "i18n", "csrf")
ENGINE = DjangoTemplates(
    {
        "NAME": "kit",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": [f"django.template.context_processors.{name}" for name in PROCESSORS]},
    }
)
pytestmark = pytest.mark.urls("django.conf.urls.i18n")


class Page(HTMLParser):
    """Collects elements and their words, and refuses elements closed out of order."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.open, self.words = [], [], []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def show(source, **context):
    return Template("{% load kit %}" + source).render(Context(context)).strip()


def page(template="kit/guide.html", language="ja", **context):
    request = RequestFactory().get("/guide")
    with override(language), clock.stopped_at(NOW + timedelta(hours=3)):
        return Page(ENGINE.get_template(template).render(context, request))


@pytest.fixture
def guide(db):
    Group.objects.bulk_create(Group(name=f"g{number}") for number in range(30))
    return guide_context(sample_list())


@pytest.mark.parametrize("level", list(TLP))
def test_tlp_shows_its_word(level):
    assert Page(show("{% tlp level %}", level=level.value)).text == level.label


def test_tlp_has_a_colour_for_each_level():
    styles = (KIT / "static/kit/components.css").read_text(encoding="utf-8")
    slugs = {show("{% tlp level %}", level=level).split('"')[1].split()[1] for level in TLP}
    assert slugs == {"tlp-clear", "tlp-green", "tlp-amber", "tlp-amber-strict", "tlp-red"}
    assert [slug for slug in sorted(slugs) if f".{slug}" not in styles] == []


@pytest.mark.parametrize("level", ["", "WHITE", None])
def test_tlp_that_is_no_level_is_a_mistake_and_never_a_badge(level):
    with pytest.raises(ValueError, match="is not a valid TLP"):
        show("{% tlp level %}", level=level)


@pytest.mark.parametrize("name", sorted(icons.SHAPES))
def test_icon_is_silent_inline_svg(name):
    (svg, *_shapes) = Page(str(icons.icon(name))).all("svg")
    assert (svg["aria-hidden"], svg["stroke"], "style" in svg) == ("true", "currentColor", False)


def test_icon_that_does_not_exist_is_a_mistake():
    with pytest.raises(KeyError):
        icons.icon("dragon")


class Mini(forms.Form):
    title = forms.CharField(label="Title", help_text="Short & clear")
    note = forms.CharField(label="Note", required=False)
    agree = forms.BooleanField(label="Agree")
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def test_field_ties_label_help_and_error_to_its_input():
    with override("en"):
        shown = Page(show("{% field form.title %}", form=Mini({})))
    (label,), (entry,) = shown.all("label"), shown.all("input")
    assert label["for"] == entry["id"]
    assert entry["aria-invalid"] == "true"
    ids = {attributes["id"] for _tag, attributes in shown.elements if "id" in attributes}
    assert set(entry["aria-describedby"].split()) <= ids
    assert shown.text == "Title Short & clear This field is required."


def test_field_that_may_stay_empty_says_so():
    with override("en"):
        assert Page(show("{% field form.note %}", form=Mini())).text == "Note optional"


def test_field_with_a_checkbox_has_its_label_behind_it():
    tags = [tag for tag, _attributes in Page(show("{% field form.agree %}", form=Mini())).elements]
    assert tags.index("input") < tags.index("label")


def test_field_that_is_hidden_shows_its_input_alone():
    tags = [tag for tag, _attributes in Page(show("{% field form.token %}", form=Mini())).elements]
    assert tags == ["input"]


def test_fields_show_what_is_wrong_with_the_form_first():
    form = Mini({"title": "x", "agree": "on"})
    form.add_error(None, "Not both at once.")
    assert Page(show("{% fields form %}", form=form)).text.startswith("Not both at once.")


@pytest.mark.parametrize(
    ("gap", "english", "japanese"),
    [
        (timedelta(seconds=-59), "just now", "たった今"),
        (timedelta(minutes=-1), "1 minute ago", "1 分前"),
        (timedelta(minutes=-59), "59 minutes ago", "59 分前"),
        (timedelta(hours=3), "in 3 hours", "3 時間後"),
        (timedelta(days=-364), "364 days ago", "364 日前"),
        (timedelta(days=-800), "2 years ago", "2 年前"),
    ],
)
def test_moment_is_told_relative_to_now(gap, english, japanese):
    with override("en"):
        assert relative(NOW + gap, NOW) == english
    with override("ja"):
        assert relative(NOW + gap, NOW) == japanese


def test_when_shows_local_time_and_utc_on_hover():
    with override("en"), clock.stopped_at(NOW + timedelta(minutes=5)):
        shown = Page(show("{% when moment %}", moment=NOW))
    assert shown.text == "2026-11-22 12:00 5 minutes ago"
    assert shown.all("time") == [{"datetime": "2026-11-22T03:00:00+00:00", "title": "2026-11-22 03:00:00 UTC"}]


def test_when_without_a_moment_is_a_dash():
    assert Page(show("{% when None %}")).text == "–"


@pytest.mark.parametrize(
    ("value", "maximum", "bar"),
    [
        (0, 10, {"max": "100", "value": "0"}),
        (5, 10, {"max": "100", "value": "50"}),
        (12, 10, {"max": "100", "value": "100"}),
    ],
)
def test_progress_is_a_share_of_its_maximum(value, maximum, bar):
    shown = Page(show("{% progress value maximum 'Job' %}", value=value, maximum=maximum))
    assert shown.all("progress") == [{**bar, "aria-label": "Job"}]


def test_progress_without_a_known_maximum_only_runs():
    assert Page(show("{% progress 3 0 'Job' %}")).all("progress") == [{"aria-label": "Job"}]


def test_stat_groups_digits_and_escapes_words():
    with override("en"):
        assert Page(show("{% stat 'Hits' 1234567 %}")).text == "Hits 1,234,567"
    assert "<b>" not in show("{% stat label 'x' %}", label="<b>")


@pytest.mark.parametrize("kind", ["ok", "late", "failing", "waiting", "running", "off"])
def test_status_has_a_word_an_icon_and_a_colour(kind):
    shown = Page(show("{% status kind 'Word' %}", kind=kind))
    assert (shown.text, len(shown.all("svg"))) == ("Word", 1)
    assert f".status-{kind}" in (KIT / "static/kit/components.css").read_text(encoding="utf-8")


def test_card_frames_its_content_and_escapes_its_title():
    shown = Page(show("{% card title url='/x' action='All' %}<p>in</p>{% endcard %}", title="<i>"))
    assert (shown.text, shown.all("a"), shown.all("i")) == ("<i> All in", [{"href": "/x"}], [])


def test_block_content_from_a_variable_is_escaped():
    assert "<script>" not in show("{% card 'T' %}{{ evil }}{% endcard %}", evil="<script>")
    assert "<script>" not in show("{% notice 'info' %}{{ evil }}{% endnotice %}", evil="<script>")


def test_dialog_is_opened_by_its_button_and_named_by_its_title():
    shown = Page(show("{% dialog 'gone' 'Withdraw' 'Withdraw it?' %}<p>Sure?</p>{% enddialog %}"))
    opener, closer = shown.all("button")
    assert (opener["command"], opener["commandfor"], closer["command"]) == ("show-modal", "gone", "close")
    assert shown.all("dialog") == [{"id": "gone", "class": "dialog", "aria-labelledby": "gone-title"}]


def test_dialog_without_an_opener_is_opened_from_elsewhere():
    shown = Page(show("{% dialog 'gone' '' 'Gone' %}<p>Sure?</p>{% enddialog %}"))
    assert [button["command"] for button in shown.all("button")] == ["close"]


def test_empty_says_what_to_do():
    shown = Page(show("{% empty 'Nothing yet.' url='/new' action='Begin' %}"))
    assert (shown.text, shown.all("a")[0]["href"]) == ("Nothing yet. Begin", "/new")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_guide_is_well_formed_and_obeys_the_content_policy(guide, language):
    shown = page(language=language, **guide)
    attributes = {name for _tag, found in shown.elements for name in found}
    assert shown.all("html")[0]["lang"] == language
    assert {name for name in attributes if name == "style" or name.startswith("on")} == set()
    assert shown.all("style") == []
    assert [script for script in shown.all("script") if "src" not in script] == []
    assert [image for image in shown.all("img") if not image["src"].startswith("/")] == []


def test_guide_has_no_id_twice_and_no_reference_to_none(guide):
    elements = page(**guide).elements
    ids = [found["id"] for _tag, found in elements if "id" in found]
    referring = ("for", "popovertarget", "commandfor", "aria-labelledby", "form")
    wanted = {found[name] for _tag, found in elements for name in referring if name in found}
    assert sorted(ids) == sorted(set(ids))
    assert wanted - set(ids) == set()


def test_guide_names_every_control(guide):
    elements = page(**guide).elements
    labelled = {found["for"] for tag, found in elements if tag == "label" and "for" in found}
    entries = [
        found for tag, found in elements if tag in {"input", "select", "textarea"} and found.get("type") != "hidden"
    ]
    assert [found for found in entries if found.get("id") not in labelled and "aria-label" not in found] == []


def test_guide_in_japanese_leaves_no_english_component(guide):
    shown = page(**guide).text
    assert [
        word for word in ("Next", "Previous", "Rows per page", "Sign out", "Apply", "Menu", "optional") if word in shown
    ] == []


def test_base_page_begins_with_the_way_past_the_navigation(guide):
    shown = page(**guide)
    assert shown.all("a")[0] == {"class": "skip", "href": "#main"}
    assert shown.all("main")[0]["id"] == "main"
    assert [link["href"] for link in shown.all("a") if link.get("aria-current") == "page"] == ["/"]


def test_single_keys_are_named_reached_and_loaded_unless_their_reader_turned_them_off(guide):
    off = {**guide, "account": {**guide["account"], "keys_url": ""}}
    seen = [
        (
            [found["data-key"] for _tag, found in shown.elements if "data-key" in found],
            [script["src"] for script in shown.all("script") if script["src"].endswith("/keys.js")],
            [dialog["id"] for dialog in shown.all("dialog") if dialog["id"] == "keys"],
        )
        for shown in (page(**guide), page(**off))
    ]
    assert seen == [(["/", "?"], ["/static/kit/keys.js"], ["keys"]), (["/"], [], [])]


def test_exercise_is_announced_and_the_real_world_is_not(guide):
    real = page(language="en", **guide)
    drill = page(language="en", **{**guide, "world": "exercise:42", "world_label": "Drill <1>"})
    assert "EXERCISE" not in real.text
    assert "EXERCISE You are in “Drill <1>”." in drill.text


def test_demo_banner_is_shown_in_a_demonstration_alone(guide):
    sentence = "Demonstration with invented institutions."
    assert sentence in page(language="en", **guide).text
    assert sentence not in page(language="en", **{**guide, "demo_mode": False}).text


@pytest.mark.parametrize(
    ("theme", "attribute"), [("dark", "dark"), ("light", "light"), ('"><script>', None), ("", None)]
)
def test_theme_comes_from_the_cookie_if_it_is_one(theme, attribute):
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = theme
    shown = Page(ENGINE.from_string("{% load kit %}<p{% theme_attribute %}></p>").render({}, request))
    assert shown.all("p")[0].get("data-theme") == attribute


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 422, 429, 500])
def test_error_page_says_its_sentence_code_and_what_to_do(status):
    shown = page("kit/error.html", "en", status=HTTPStatus(status), message="It <broke>.")
    assert f"It <broke>. Error {status}" in shown.text
    assert len(shown.all("li")) >= 2


def test_messages_are_shown_by_level():
    message = type("Message", (), {"level_tag": "success", "__str__": lambda self: "Saved."})()
    shown = Page(ENGINE.get_template("kit/messages.html").render({"messages": [message]}))
    assert shown.text == "Saved."


def test_public_page_has_no_navigation_and_no_search():
    shown = page(
        "kit/base_public.html", demo_mode=False, navigation=[{"url": "/secret", "label": "x"}], search_url="/s"
    )
    assert (shown.all("nav"), [link for link in shown.all("a") if link["href"] == "/secret"]) == ([], [])
    assert [form for form in shown.all("form") if form.get("role") == "search"] == []


def test_print_sheet_is_always_light():
    assert page("kit/print.html", account={"name": "A", "organisation": "B"}).all("html")[0]["data-theme"] == "light"


def contrast(first, second):
    def luminance(colour):
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def palette(theme):
    """Return the values of the style sheet in one appearance: 0 is light, 1 is dark."""
    styles = "".join((KIT / f"static/kit/{name}.css").read_text(encoding="utf-8") for name in ("noroshi", "data"))
    both = {name: pair for name, *pair in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", styles)}
    return {name: pair[theme] for name, pair in both.items()}


@pytest.mark.parametrize("theme", [0, 1])
@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [
        *(
            (ink, ground, 4.5)
            for ink in ("ink", "ink-soft", "accent")
            for ground in ("ground", "surface", "sunken", "hover")
        ),
        *(("ink-faint", ground, 4.5) for ground in ("ground", "surface", "sunken", "hover")),
        *((tone, f"{tone}-ground", 4.5) for tone in ("good", "warn", "bad")),
        *((tone, "surface", 4.5) for tone in ("good", "warn", "bad")),
        ("accent-strong", "accent-ground", 4.5),
        ("ink", "accent-ground", 4.5),
        ("on-accent", "accent", 4.5),
        ("rail-ink", "rail", 4.5),
        ("rail-ink", "rail-hover", 4.5),
        *(("line-strong", ground, 3) for ground in ("surface", "ground")),
        *(("focus", ground, 3) for ground in ("surface", "ground", "sunken")),
        *((f"tone-{number}", "surface", 3) for number in range(1, 7)),
    ],
)
def test_colours_keep_the_contrast_of_wcag(theme, ink, ground, least):
    values = palette(theme)
    assert contrast(values[ink], values[ground]) >= least


@pytest.mark.parametrize("colour", ["#ff2b2b", "#ffc000", "#33ff00", "#ffffff"])
def test_tlp_colours_are_legible_on_black(colour):
    assert contrast(colour, "#000000") >= 4.5
