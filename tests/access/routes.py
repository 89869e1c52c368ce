"""Every address of the installation, from the URL resolver: a new page is walked without anybody adding it here.

Parameters are filled with the identifiers of real rows, so that an address leads to what could leak.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db.models import Model, UUIDField
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.regex_helper import normalize

from noroshi.hunting.engine.detections.starting_pack import pack_rules
from noroshi.intel.domain.taxii.media import TAXII
from noroshi.intel.models import StixObject
from noroshi.sharing.views.reading import DEEDS

from .leak_channels import Look, plain, undone

MOST_A_ROUTE: Final = 3
BY_TOKEN: Final = ("/api/", "/taxii2/", "/outputs/", "/misp/")
"""Where a program shows its token."""

ELSEWHERE: Final = "203.0.113.7"
NOBODYS: Final = UUID(int=7 << 76 | 2 << 62 | 1)
NUMBER: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
"""A number of ours (UUIDv7), which an answer may repeat: `leak_channels.plain` leaves it out of the comparison."""
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    # what no row names; everything else is filled from rows
    "secret": ("a-secret-that-nobody-was-ever-given",),
    "key": ("1-abcdef-0123456789abcdef",),
    "uidb36": ("1",),
    "provider_id": ("oidc",),
    "path_prefix": ("",),
    "period": ("2026-10",),
    "output_format": ("list", "csv", "zeek"),
    "rule_id": (str(pack_rules()[0].id),),
    "collection": ("everything", "sent-in", "group-five"),
}


Question = tuple[str, str]
"""A method and an address."""


@dataclass(frozen=True)
class Route:
    """An address with its parameters still to fill."""

    template: str
    names: tuple[str, ...]

    def paths(self, values: Mapping[str, list[str]]) -> Iterator[str]:
        """The address, filled with some of what each parameter can be."""
        chosen = product(*(values[name] for name in self.names))
        for _count, some in zip(range(MOST_A_ROUTE), chosen, strict=False):
            yield "/" + self.template % dict(zip(self.names, some, strict=True))


def routes() -> list[Route]:
    """All of them, in the order of the resolver."""
    return list(_below("", get_resolver().url_patterns))


def questions(known: Iterable[Route], values: Mapping[str, list[str]]) -> Iterator[Question]:
    """What is asked of each address: some of what it can be by GET, and one of these, another each time, by POST."""
    for turn, route in enumerate(known):
        paths = list(route.paths(values))
        yield from (("GET", path) for path in paths)
        yield "POST", paths[turn % len(paths)]


def as_nobodys(path: str, there: Container[str]) -> str:
    """The address with nobody's number in place of each that is not of what is there: all of these are as missing."""
    return NUMBER.sub(lambda found: found[0] if found[0] in there else str(NOBODYS), path)


def _below(prefix: str, patterns: Iterable[Any]) -> Iterator[Route]:
    for pattern in patterns:
        regex = prefix + pattern.pattern.regex.pattern.removeprefix("^").removesuffix("\\Z")
        if isinstance(pattern, URLResolver):
            yield from _below(regex, pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            yield from (Route(template, tuple(names)) for template, names in normalize(regex))


def values_of_rows(known: Iterable[Route]) -> dict[str, list[str]]:
    """For each parameter, the identifiers of real rows that it can be, and one that nobody has."""
    return {name: _values(name) for route in known for name in route.names}


def _values(name: str) -> list[str]:
    if name in WORDS:
        return list(WORDS[name])
    if name == "verb":
        return [*sorted(DEEDS), "suspend", "leave"]
    if name == "stix_id":
        return [*_first(StixObject, name), f"indicator--{NOBODYS}"]
    if name.endswith("_id"):
        return [str(pk) for model in _models(name.removesuffix("_id")) for pk in _first(model, "pk")] + [str(NOBODYS)]
    found = [str(value) for model in apps.get_models() for value in _first(model, name)]
    return [*found, "nothing"]


def _models(name: str) -> list[type[Model]]:
    """The models with a UUID that a parameter can mean: of its name (`hit_id`), or ending in it (`file_id`)."""
    ours = [m for m in apps.get_models() if m.__module__.startswith("noroshi") and isinstance(m._meta.pk, UUIDField)]
    same = [model for model in ours if model._meta.model_name == name.replace("_", "")]
    return same or [model for model in ours if str(model._meta.model_name).endswith(name)] or ours


def _first(model: type[Model], column: str) -> list[Any]:
    if column != "pk" and column not in {field.name for field in model._meta.get_fields()}:
        return []
    manager: Any = getattr(model, "everything", None) or model._default_manager
    return list(manager.order_by(f"-{column}").values_list(column, flat=True)[:3])


class Walk:
    """Asks every address, by GET and by POST, as one reader; what a request changed is undone."""

    def __init__(self, client: Client, token: str = "") -> None:
        self.client = client
        self.token = token

    def over(self, asked: Iterable[Question]) -> Look:
        """All answers, by method and address."""
        return {f"{method} {path}": self.ask(method, path) for method, path in asked}

    def ask(self, method: str, path: str) -> str:
        """One answer, as text that can be compared."""
        cookies = self.client.cookies.copy()
        try:
            return undone(lambda: plain(self._send(method, path)))
        finally:
            self.client.cookies = cookies

    def read(self, path: str) -> str:
        """What an address answers, as text; what the request changed stays."""
        return plain(self._send("GET", path))

    def _send(self, method: str, path: str) -> Any:
        known: dict[str, Any] = {"REMOTE_ADDR": ELSEWHERE}
        if path.startswith(BY_TOKEN) and self.token:
            known["headers"] = {"Authorization": f"Bearer {self.token}"}
        if method == "GET":
            return self.client.get(path, **known)
        if path.startswith("/api/"):
            return self.client.post(path, {}, content_type="application/json", **known)
        if path.startswith("/taxii2/"):
            return self.client.post(path, "{}", content_type=TAXII, **known)
        return self.client.post(path, {"q": "x", "body": "x", "reason": "x"}, **known)
