"""TAXII servers of others, behind the wire: our own one as the foreign one, and one that behaves as it is told."""

import json

from factories.taxii import KIND, Taxii
from noroshi.kit import outbound

API_ROOT = "https://elsewhere.example/taxii2/root/"


class OursElsewhere:
    """Our own server under another house's address; the link is cut before, or after, the n-th envelope arrived."""

    def __init__(self) -> None:
        self.client = Taxii().client
        self.envelopes: list[list[str]] = []
        self.cut_before = self.cut_after = 0

    def get(self, url, *, headers, **_bounds):
        return self._answer(self.client.get(url.partition(".example")[2], headers=headers))

    def post(self, url, *, content, headers, **_bounds):
        number = len(self.envelopes) + 1
        if number == self.cut_before:
            raise outbound.OutboundFailed("ConnectError")
        kind = headers["Content-Type"]
        given = self.client.generic(
            "POST", url.partition(".example")[2], content, content_type=kind, headers={**headers}
        )
        self.envelopes.append([each["id"] for each in json.loads(content)["objects"]])
        if number == self.cut_after:
            raise outbound.OutboundFailed("ReadTimeout")
        return self._answer(given)

    def _answer(self, given):
        return outbound.Answer(given.status_code, given.content, 0.1, given.headers)


class Scripted:
    """A server that says what a test wants said: of itself, of envelopes, and of what became of them."""

    def __init__(self) -> None:
        self.room = 10_000_000
        self.can_write = True
        self.refuses: dict[str, str] = {}
        """Objects that it names as failed, with its words."""
        self.chokes_on: set[str] = set()
        """Objects for which it refuses the whole envelope."""
        self.status: dict[str, object] = {"status": "complete"}
        """What it answers to an envelope, besides the failures."""
        self.statuses: dict[str, outbound.Answer] = {}
        self.broken: outbound.Answer | None = None
        """What it answers to every envelope instead."""
        self.envelopes: list[list[str]] = []
        self.asked: list[str] = []

    def get(self, url, *, headers, **_bounds):
        path = url.removeprefix(API_ROOT)
        self.asked.append(path)
        if path.startswith("status/"):
            return self.statuses.get(path.split("/")[1]) or said({"title": "no status"}, 404)
        if path.startswith("collections/"):
            return said({"id": "c", "can_read": False, "can_write": self.can_write})
        return said({"title": "Elsewhere", "max_content_length": self.room})

    def post(self, url, *, content, headers, **_bounds):
        names = [each["id"] for each in json.loads(content)["objects"]]
        self.envelopes.append(names)
        if self.broken is not None:
            return self.broken
        if self.chokes_on & set(names):
            return said({"title": "Unprocessable", "description": "I choke"}, 422)
        failures = [
            {"id": name, "version": "", "message": self.refuses[name]} for name in names if name in self.refuses
        ]
        return said({"id": "s1", "failure_count": len(failures), "failures": failures, **self.status}, 202)


def said(resource, status=200, **headers):
    """What a server answers."""
    return outbound.Answer(status, json.dumps(resource).encode(), 0.1, {"content-type": KIND, **headers})
