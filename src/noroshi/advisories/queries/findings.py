"""What configuration checks found of the systems of the actor's own organisation."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from noroshi.advisories.models import Asset, Finding, FindingsImport, FindingStage
from noroshi.core.actor import Actor
from noroshi.core.errors import NotFound

MOST_SCANS: Final = 100
MOST_ABOUT: Final = 50


def findings_for(actor: Actor) -> QuerySet[Finding]:
    """Return what checks found with the actor's organisation, the gravest first."""
    return Finding.objects.visible_to(actor).order_by("-severity", "-pk")


def finding_for(actor: Actor, finding_id: UUID) -> Finding:
    """Return one of them. Raises NotFound."""
    row = findings_for(actor).select_related("imported_by").filter(pk=finding_id).first()
    if row is None:
        raise NotFound
    return row


def scans_for(actor: Actor) -> Sequence[Mapping[str, Any]]:
    """Return each product and account of which findings are known: how many, how many fail, when it was seen last."""
    rows = Finding.objects.visible_to(actor).values("product", "account")
    failing = Count("pk", filter=Q(stage=FindingStage.FAILING))
    found = rows.annotate(findings=Count("pk"), failing=failing, last=Max("seen_at"))
    return list(found.order_by("product", "account")[:MOST_SCANS])


def imports_for(actor: Actor) -> QuerySet[FindingsImport]:
    """Return the files of findings that the actor's organisation sent, the last one first."""
    return FindingsImport.objects.visible_to(actor).select_related("sent_by").order_by("-sent_at", "-pk")


def import_for(actor: Actor, import_id: UUID) -> FindingsImport:
    """Return one of them. Raises NotFound."""
    row = imports_for(actor).filter(pk=import_id).first()
    if row is None:
        raise NotFound
    return row


def failing_about(actor: Actor, asset: Asset, cves: Iterable[str]) -> QuerySet[Finding]:
    """Return the failing checks whose resource is called as an asset, and those that name a vulnerability."""
    names = [name for name in (asset.label, asset.name) if name]
    about = Q(resource_name__in=names) | Q(resource_uid__in=names)
    for cve in cves:
        about |= Q(cves__contains=f" {cve} ")
    return findings_for(actor).filter(about, stage=FindingStage.FAILING)[:MOST_ABOUT]
