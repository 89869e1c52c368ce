"""The API's description of itself (OpenAPI 3.1): what ninja reads from the code, and what holds for every call."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from noroshi.kit.idempotency import HEADER, REPLAYED

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
PROBLEM: Final = "application/problem+json"

REFUSALS: Final[Mapping[HTTPStatus, tuple[str, str]]] = {
    HTTPStatus.BAD_REQUEST: ("The body is no JSON.", "The request could not be read."),
    HTTPStatus.UNAUTHORIZED: (
        "No usable token, or one without the scope.",
        "Send a valid token with the scope this needs.",
    ),
    HTTPStatus.FORBIDDEN: (
        "The token's holder may not do this, or not by a token.",
        "TLP:RED goes by no token of this kind, neither out nor in: write it on the pages.",
    ),
    HTTPStatus.NOT_FOUND: (
        "There is no such thing, or not for the token's holder: the two are one answer.",
        "There is no such page, or not for you.",
    ),
    HTTPStatus.CONFLICT: ("The thing is in a state that forbids this.", "This signal has already been sent."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("It is past a limit that the sentence names.", "That is too large."),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: (
        "The body is of another type than the call reads.",
        "This address does not read a body of this type.",
    ),
    HTTPStatus.UNPROCESSABLE_ENTITY: (
        "A value is wrong; `field` names it.",
        "This is not a cursor that a page before gave.",
    ),
    HTTPStatus.TOO_MANY_REQUESTS: (
        "Too many in too short a time; `Retry-After` says, where it is there, when to come again.",
        "Too many requests. Wait a minute.",
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        "It broke on this side, and nothing was saved: the call can be made again.",
        "Something broke on our side. It was written to the log; nothing was saved.",
    ),
}
"""What a call is refused for: in which case, and a sentence as an example."""

ALWAYS: Final = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
)
OF_WRITING: Final = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
)

PROBLEM_SCHEMA: Final[dict[str, Any]] = {
    "title": "Problem",
    "description": "Why a call was refused (RFC 9457): `detail` is one sentence in the language that was asked for.",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "const": "about:blank"},
        "title": {"type": "string", "description": "The name of the status"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "field": {"type": "string", "description": "Which value is wrong (422)"},
        "accepted": {"type": "string", "description": "Which types are read (415)"},
    },
    "examples": [
        {
            "type": "about:blank",
            "title": "Unprocessable Entity",
            "status": 422,
            "detail": "This is not a cursor that a page before gave.",
            "field": "cursor",
        }
    ],
}

KEY_PARAMETER: Final[dict[str, Any]] = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "schema": {"type": "string", "pattern": "^[\\x21-\\x7e]{1,200}$"},
    "description": (
        "For a day, the same key and the same call of one token have one effect and one answer; a kept answer has"
        f" `{REPLAYED}: true`. A refused call leaves its key free."
    ),
}


class Described(NinjaAPI):
    """An API whose description is complete: short names, scopes, keys, every refusal."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return the name of the function, which no other call has: it is the method's name in a generated client."""
        return operation.view_func.__name__

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """Return the description."""
        if path_prefix is None:
            path_prefix = self.get_root_path(path_params or {})
        return Description(self, path_prefix)


class Description(OpenAPISchema):
    """The description as a document."""

    def get_components(self) -> dict[str, Any]:
        """Return the schemas, that of a refusal among them."""
        self.schemas["Problem"] = PROBLEM_SCHEMA
        return super().get_components()

    def operation_details(self, operation: Operation) -> dict[str, Any]:
        """Return what is said of a call."""
        details = super().operation_details(operation)
        if not SAFE.issuperset(operation.methods):
            details["parameters"].append(KEY_PARAMETER)
        for status in _refusals(operation, details):
            details["responses"][status.value] = _refusal(status)
        return details

    def operation_security(self, operation: Operation) -> list[dict[str, Any]] | None:
        """Return the scope that a token needs: OpenAPI 3.1 names it as a role."""
        required = super().operation_security(operation)
        if required is None:
            return None
        scopes = [str(guard.scope) for guard in operation.auth_callbacks if hasattr(guard, "scope")]
        return [dict.fromkeys(each, scopes) for each in required]

    def add_schema_definitions(self, definitions: dict[str, Any]) -> None:
        """Take in the schemas of a call; two things of one name would overwrite each other without a word."""
        for name, schema in definitions.items():
            known = self.schemas.get(name, schema)
            if known.get("properties", {}).keys() != schema.get("properties", {}).keys():
                raise ValueError(f"two schemas are called {name}")
        super().add_schema_definitions(definitions)


def _refusals(operation: Operation, details: Mapping[str, Any]) -> Iterator[HTTPStatus]:
    yield from ALWAYS
    if details["parameters"] or "requestBody" in details:
        yield HTTPStatus.UNPROCESSABLE_ENTITY
    if not SAFE.issuperset(operation.methods):
        yield from OF_WRITING


def _refusal(status: HTTPStatus) -> dict[str, Any]:
    meaning, sentence = REFUSALS[status]
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": sentence}
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": body}
    return {"description": meaning, "content": {PROBLEM: content}}
