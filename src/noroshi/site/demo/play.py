"""The loop, played over HTTP by the sector's own people, and compared with what was planted."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from noroshi.core.errors import Conflict
from noroshi.hunting.models import Hit, Hunt, HuntState
from noroshi.notify.models import Notice, NoticeKind
from noroshi.site.demo.sector import AUTHOR, MEMBERS, PASSWORD, address
from noroshi.site.demo.timeline import Timeline
from noroshi.site.demo.visitor import Visitor

PATIENCE_SECONDS: Final = 120
PAUSE_SECONDS: Final = 0.1

Finding = tuple[str, str, str]
"""Institution, type, value."""


@dataclass(frozen=True)
class Outcome:
    """What came of the play: expected and found values by institution, and who was alerted without a cause."""

    hits_expected: int
    hits_found: int
    false_alerts: int

    @property
    def is_right(self) -> bool:
        """Whether every planted hit was found and nobody else was alerted."""
        return self.hits_found == self.hits_expected and self.false_alerts == 0


@dataclass(frozen=True)
class Story:
    """What the author shares, and what must be found: (institution, type, value) -> number of lines."""

    title: str
    body: str
    expected: dict[Finding, int]

    @property
    def touched(self) -> list[str]:
        """The institutions in whose logs something is."""
        return sorted({slug for slug, _type, _value in self.expected})


def play(base_url: str, story: Story, timeline: Timeline) -> Outcome:
    """Share the story as the author's analyst and follow it to the sightings that come back."""
    login = reverse("account_login")
    people = {member.slug: Visitor(base_url, address("analyst", member.slug)) for member in MEMBERS}
    with timeline.step("twelve analysts sign in"):
        for visitor in people.values():
            visitor.sign_in(login, PASSWORD)
    with timeline.step(f"{AUTHOR}: the analyst pastes the report and looks it over"):
        review = _compose(people[AUTHOR], story)
    begun = time.perf_counter()
    signal = _send(people[AUTHOR], review)
    timeline.note("the signal is out", time.perf_counter() - begun)
    _wait("the look-back through all logs", lambda: _hunt_is_done(signal))
    timeline.note(f"shared -> hits at {len(story.touched)} members", time.perf_counter() - begun)
    _wait("the alerts", lambda: _alerted() >= set(story.touched))
    timeline.note("shared -> those members are alerted", time.perf_counter() - begun)
    with timeline.step("each of them opens its hits and says: we saw this too"):
        for slug in story.touched:
            _answer(people[slug], signal)
    others = len(story.touched) - 1  # the author's own "too" is the signal itself
    _wait("the sightings", lambda: _author_knows(people[AUTHOR], signal) or others < 2)  # noqa: PLR2004
    timeline.note("shared -> the author sees how many saw it too", time.perf_counter() - begun)
    return _compare(story)


def _compose(analyst: Visitor, story: Story) -> str:
    """Fill in the form; return the address of the page on which the draft is looked over."""
    page = reverse("sharing:compose")
    analyst.open(page)
    analyst.submit(
        page,
        title=[story.title],
        kind=["phishing"],
        target=["customer"],
        body=[story.body],
        tlp=["AMBER"],
        community=["on"],
    )
    review = analyst.page.url.path
    if not review.endswith("/review"):
        raise Conflict("The draft was refused.")
    return review


def _send(analyst: Visitor, review: str) -> str:
    """Keep every value that was recognised, those of documentation networks too, and send; return the page."""
    form = analyst.form_to(review)
    assert form is not None  # noqa: S101 - required
    analyst.submit(review, observable=form.choices.get("observable", []))
    if analyst.page.url.path != review.removesuffix("review"):
        raise Conflict(f"The signal was not sent; the portal shows {analyst.page.url.path}.")
    return analyst.page.url.path


def _answer(analyst: Visitor, signal: str) -> None:
    """Open the inbox, the hits and the signal; then take note and say "we saw this too"."""
    analyst.open(reverse("notify:inbox"))
    analyst.open(reverse("hunting:hits"))
    analyst.open(signal)
    for verb in ("acknowledge", "seen"):
        if analyst.form_to(f"{signal}{verb}", required=False):
            analyst.submit(f"{signal}{verb}")


def _hunt_is_done(signal: str) -> bool:
    hunt = _hunts().filter(signal=UUID(signal.rstrip("/").rpartition("/")[2])).first()
    if hunt is not None and hunt.state == HuntState.FAILED:
        raise Conflict(f"The look-back failed: {hunt.error}")
    return hunt is not None and hunt.state == HuntState.DONE


def _hunts() -> QuerySet[Hunt]:
    return Hunt.objects.unrestricted(reason="the demonstration watches the clock")


def _alerted() -> set[str]:
    notices = Notice.objects.unrestricted(reason="the demonstration compares with what it planted")
    return set(notices.filter(kind=NoticeKind.HIT).values_list("person__organisation__slug", flat=True))


def _author_knows(author: Visitor, signal: str) -> bool:
    author.open(signal)
    return 'data-seen-by="' in author.page.text


def _compare(story: Story) -> Outcome:
    hits = Hit.objects.unrestricted(reason="the demonstration compares with what it planted")
    found = {
        (slug, kind, value): count
        for slug, kind, value, count in hits.values_list("organisation__slug", "type", "value", "count")
    }
    right = [finding for finding, count in story.expected.items() if found.get(finding) == count]
    wrong = [finding for finding in found if finding not in story.expected]
    return Outcome(
        hits_expected=len(story.expected),
        hits_found=len(right),
        false_alerts=len(wrong) + len(_alerted() - set(story.touched)),
    )


def _wait(what: str, happened: Callable[[], bool]) -> None:
    limit = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        if time.monotonic() > limit:
            raise Conflict(f"Nothing came of {what} within {PATIENCE_SECONDS} seconds.")
        time.sleep(PAUSE_SECONDS)
