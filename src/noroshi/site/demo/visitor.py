"""Somebody at a browser, for the demonstration: signs in, reads pages, fills in the forms that are on them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

import httpx

from noroshi.core.errors import Conflict

TIMEOUT_SECONDS: Final = 60


@dataclass
class Form:
    """A form of a page: where it goes, and what would be sent if nobody touched it."""

    action: str
    values: dict[str, list[str]] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    """The check boxes it offers, by name, checked or not."""


class _FormReader(HTMLParser):
    """Collects the forms of a page with their hidden, pre-filled and checkable fields."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(found.get("action") or self.path))
        elif tag == "input" and self.forms and found.get("name"):
            self._take(self.forms[-1], found)

    @staticmethod
    def _take(form: Form, found: dict[str, str]) -> None:
        name, value = found["name"], found.get("value", "")
        if found.get("type") in ("checkbox", "radio"):
            form.choices.setdefault(name, []).append(value)
            if "checked" not in found:
                return
        form.values.setdefault(name, []).append(value)


class Visitor:
    """A browser with one person in front of it."""

    def __init__(self, base_url: str, email: str) -> None:
        self.email = email
        self.browser = httpx.Client(base_url=base_url, follow_redirects=True, timeout=TIMEOUT_SECONDS)
        self.page = httpx.Response(200)

    def sign_in(self, path: str, password: str) -> None:
        """Sign in by mail address and password."""
        self.open(path)
        self.submit(path, login=[self.email], password=[password])
        if self.form_to(path, required=False):
            raise Conflict(f"{self.email} could not sign in.")

    def open(self, path: str) -> str:
        """Go to a page; return its HTML. Raises Conflict with the status if it does not open."""
        return self._show(self.browser.get(path))

    def form_to(self, action: str, *, required: bool = True) -> Form | None:
        """Return the form of the page that goes to `action`."""
        reader = _FormReader(self.page.url.path)
        reader.feed(self.page.text)
        found = next((form for form in reader.forms if form.action.split("?")[0] == action), None)
        if found is None and required:
            raise Conflict(f"{self.page.url.path} has no form that goes to {action}.")
        return found

    def submit(self, action: str, **values: list[str]) -> str:
        """Fill in the page's form that goes to `action` with `values`, and send it; return the next page's HTML."""
        form = self.form_to(action)
        assert form is not None  # noqa: S101 - required
        return self._show(self.browser.post(action, data={**form.values, **values}, headers=self._origin()))

    def _origin(self) -> dict[str, str]:
        return {"Referer": str(self.page.url)}

    def _show(self, answer: httpx.Response) -> str:
        self.page = answer
        if answer.is_error:
            raise Conflict(f"{self.email}: {answer.url.path} answered {answer.status_code}.")
        return answer.text
