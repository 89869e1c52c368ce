"""A program with a token, as partners write one."""

import json
from typing import Any, Final

from django.test import Client

from cast import Cast
from noroshi.members.actions import issue_token
from noroshi.members.domain.scopes import Scope

ADMINS: Final = {"bank_a": "a_admin", "bank_b": "b_admin", "outsider": "o_admin", "supervisor": "sup_admin"}
"""Who gives the machines of an organisation their tokens."""

EVERYTHING: Final = tuple(Scope)


class Program:
    """Calls the API; it has no session and keeps no cookie that would count."""

    def __init__(self, secret: str | None = "") -> None:
        headers = {"Accept-Language": "en"} | ({"Authorization": f"Bearer {secret}"} if secret else {})
        self.client = Client(enforce_csrf_checks=True, headers=headers, raise_request_exception=False)

    def call(self, method: str, path: str, body: Any = None, kind: str = "application/json", **headers: str) -> Any:
        """Send `body` (bytes and text as they are, everything else as JSON) to a path below `/api/v1`."""
        content = body if isinstance(body, bytes | str) else json.dumps(body or {})
        full = path if path.startswith("/api") else f"/api/v1{path}"
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.generic(method, full, b"" if method == "GET" else content, content_type=kind, headers=given)

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1{path}", query)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("POST", path, body, **headers)

    def put(self, path: str, body: Any = None) -> Any:
        return self.call("PUT", path, body)

    def delete(self, path: str) -> Any:
        return self.call("DELETE", path)

    def items(self, path: str, **query: Any) -> list[Any]:
        """All lines of a list, page by page, two at a time."""
        found, cursor = [], ""
        while cursor is not None:
            answer = self.get(path, limit=2, cursor=cursor, **query)
            assert answer.status_code == 200, answer.content
            found += answer.json()["items"]
            cursor = answer.json()["next"]
        return found


def program_of(cast: Cast, name: str, *scopes: str, days: int = 90) -> Program:
    """A program of a person, or of the machine of an organisation, with these scopes; with all where none is named."""
    chosen = {"label": "tool", "scopes": scopes or EVERYTHING, "days": days}
    if name in cast.people:
        return Program(issue_token(cast.actor(name), person=cast.people[name], **chosen)[1])
    admin = cast.actor(ADMINS[name])
    return Program(issue_token(admin, organisation=cast.organisations[name], **chosen)[1])


def refusal(answer: Any) -> tuple[int, str]:
    """The status and the sentence of a refusal, which must be a problem document."""
    assert answer["Content-Type"] == "application/problem+json", answer.content
    body = answer.json()
    assert (body["type"], body["status"], bool(body["title"])) == ("about:blank", answer.status_code, True)
    assert len(body["detail"].splitlines()) == 1, body
    return answer.status_code, body["detail"]
