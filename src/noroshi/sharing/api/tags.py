"""What signals can be tagged with, over REST: `/api/v1/tags`."""

from typing import Any, Final

from ninja import Query, Router, Schema

from noroshi.intel.models import Tag
from noroshi.intel.queries import tags_found
from noroshi.kit.api import example
from noroshi.kit.http import ActorRequest
from noroshi.sharing.api.shapes import READS

router = Router(tags=["tags"])


WORD: Final[dict[str, Any]] = {
    "name": "noroshi-bank-malware:web-injection",
    "title": "Web injection",
    "title_ja": "Webインジェクション",
    "family": "noroshi-bank-malware",
    "meaning": "The malware changes the bank's page in the victim's browser.",
}


class TagLine(Schema):
    """A word of a taxonomy; `name` is what signals carry."""

    model_config = example(**WORD)

    name: str
    title: str
    title_ja: str
    family: str
    meaning: str


class FoundTags(Schema):
    """The closest, at most twenty."""

    model_config = example(items=[WORD])

    items: list[TagLine]


class WantedTag(Schema):
    """What is looked for."""

    q: str


@router.get("", response=FoundTags, auth=READS)
def find_tags(request: ActorRequest, wanted: Query[WantedTag]) -> dict[str, list[Tag]]:  # noqa: ARG001 - words are everybody's
    """Find tags by words in their titles, numbers and synonyms, in Japanese or English."""
    return {"items": tags_found(wanted.q)}
