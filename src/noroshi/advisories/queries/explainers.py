"""Explainers: each for those alone who may read it, with the pictures, bulletins and vulnerabilities that they see."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from noroshi.advisories import policy
from noroshi.advisories.domain.identifiers import is_cve, names_in
from noroshi.advisories.models import Explainer, Picture, ReviewComment, Serial, Vulnerability
from noroshi.advisories.queries.reviewed import out_for
from noroshi.advisories.queries.vulnerabilities import numbers_of_names
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.errors import NotFound
from noroshi.kit import search

EXPLAINER_KIND: Final = "explainer"
MOST_LINKED: Final = 20


def explainers_for(actor: Actor) -> QuerySet[Explainer]:
    """Return the explainers that are out, the newest first."""
    return out_for(actor, Explainer).select_related("category", "serial")


def parts_of(actor: Actor, serial: Serial) -> QuerySet[Explainer]:
    """Return the parts of a series that are out, in their order, as far as the actor sees them."""
    return explainers_for(actor).filter(serial=serial).order_by("part", "pk")


def serials() -> QuerySet[Serial]:
    """Return all series; an editor sees those as well in which nothing is out."""
    return Serial.objects.all()


def serials_on_offer() -> QuerySet[Serial]:
    """Return the series that take something new."""
    return serials().filter(is_retired=False)


def serials_for(actor: Actor) -> QuerySet[Serial]:
    """Return the series of which the actor sees a part."""
    seen = Explainer.objects.visible_to(actor).filter(state=State.PUBLISHED, superseded_at=None, serial__isnull=False)
    return serials().filter(pk__in=seen.values("serial"))


def serial_for(actor: Actor, serial_id: UUID) -> Serial:
    """Return a series of which the actor sees a part, any to an editor. Raises NotFound."""
    rows = serials() if policy.may_edit_bulletins(actor) else serials_for(actor)
    row = rows.filter(pk=serial_id).first()
    if row is None:
        raise NotFound
    return row


def comments_on(actor: Actor, row: Explainer) -> QuerySet[ReviewComment]:
    """Return what operators said about a version in review; nothing of it to its readers."""
    rows = ReviewComment.objects.visible_to(actor).select_related("author")
    return rows.filter(explainer=row) if policy.may_edit_bulletins(actor) else rows.none()


def pictures_at_hand(row: Explainer) -> QuerySet[Picture]:
    """Return the pictures that the versions of an explainer can show: for whoever writes on one of them."""
    return Picture.objects.filter(explainer=row.root).order_by("added_at", "id")


def handles_at_hand(row: Explainer, wanted: Collection[str]) -> set[str]:
    """Return those of some names by which there are pictures."""
    return set(pictures_at_hand(row).filter(handle__in=wanted).values_list("handle", flat=True))


def is_shown(picture: Picture) -> bool:
    """Whether any version shows a picture, whoever writes or reads that."""
    rows = Explainer.objects.unrestricted(reason="what a version shows stays, whoever sees that version")
    versions = rows.filter(Q(pk=picture.explainer_id) | Q(first=picture.explainer_id))
    return any(picture.handle in version.pictures for version in versions)


def picture_for(actor: Actor, row: Explainer, handle: str) -> Picture:
    """Return a picture of a version that the actor sees: that the version shows, or that its author may yet show.

    Raises NotFound, also where there is one that another version shows.
    """
    shown = row.state != State.WITHDRAWN and handle in row.pictures
    found = pictures_at_hand(row).filter(handle=handle).first() if shown or policy.may_revise(actor, row) else None
    if found is None:
        raise NotFound
    return found


def vulnerabilities_in(actor: Actor, texts: Collection[str]) -> dict[str, UUID]:
    """Return the vulnerabilities that some texts name by CVE, as far as they are held and the actor sees them."""
    names = {name for text in texts for name in names_in(text) if is_cve(name)}
    found = numbers_of_names(actor, names) if names else {}
    return {name: number for name, number in found.items() if name in names}


def explainers_about(actor: Actor, vulnerability: Vulnerability) -> QuerySet[Explainer]:
    """Return the explainers that name a vulnerability, as far as the actor sees them."""
    return explainers_for(actor).filter(search.matching(EXPLAINER_KIND, vulnerability.name))
