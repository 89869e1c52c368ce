"""A client of the TAXII server, as a SIEM is one."""

import json
from typing import Any, Final

from django.test import Client

from cast import Cast
from factories.program import ADMINS
from noroshi.members.actions import issue_token

KIND: Final = "application/taxii+json;version=2.1"
ROOT: Final = "/taxii2/root/"
BOTH: Final = ("taxii.read", "taxii.write")


def taxii_token(cast: Cast, name: str, *scopes: str) -> str:
    """The secret of a token of a person, or of the machine of an organisation, for TAXII."""
    chosen: dict[str, Any] = {"label": "siem", "scopes": scopes or BOTH}
    if name in cast.people:
        return issue_token(cast.actor(name), person=cast.people[name], **chosen)[1]
    return issue_token(cast.actor(ADMINS[name]), organisation=cast.organisations[name], **chosen)[1]


class Taxii:
    """Speaks TAXII with a token, or with none."""

    def __init__(self, secret: str = "") -> None:
        self.client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        self.headers = {"Accept": KIND, "Accept-Language": "en"}
        if secret:
            self.headers["Authorization"] = f"Bearer {secret}"

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Any:
        """Ask for a path below the API root, or for one from the server's own root on."""
        full = path if path.startswith("/") else ROOT + path
        given = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        kind = given.pop("Content-Type", KIND)
        return self.client.generic(
            method, full, body, content_type=kind, headers={key: value for key, value in given.items() if value}
        )

    def get(self, path: str, **query: Any) -> Any:
        """Ask for a path with parameters; a list is a parameter given more than once."""
        from urllib.parse import urlencode

        text = urlencode(query, doseq=True)
        return self.ask("GET", f"{path}?{text}" if text else path)

    def post(self, *objects: Any, collection: str = "sent-in") -> Any:
        """Send objects in."""
        return self.ask("POST", f"collections/{collection}/objects/", json.dumps({"objects": objects}).encode())

    def ids(self, collection: str = "everything", **query: Any) -> list[str]:
        """The identifiers of the objects that a collection gives."""
        return [
            each["id"] for each in self.get(f"collections/{collection}/objects/", **query).json().get("objects", [])
        ]


def client_of(cast: Cast, name: str, *scopes: str) -> Taxii:
    """A client with a token of somebody."""
    return Taxii(taxii_token(cast, name, *scopes))
