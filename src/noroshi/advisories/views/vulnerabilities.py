"""Vulnerabilities: the list, and each with all that is said of it."""

from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise

from noroshi.advisories import policy, queries
from noroshi.advisories.claim_wording import INPUTS, KINDS, OUTCOMES, in_words
from noroshi.advisories.domain.decisions import BOD_26_04, decide, tables
from noroshi.advisories.domain.records import ClaimKind
from noroshi.advisories.models import Vulnerability
from noroshi.advisories.rule_wording import STANDING_TONES, STANDINGS
from noroshi.advisories.task_lists import tone_of
from noroshi.advisories.vulnerability_lists import CHANGES, VULNERABILITIES
from noroshi.kit import lists
from noroshi.kit.http import ActorRequest

MOST_BULLETINS: Final = 20
MOST_HITS: Final = 50


def vulnerability_list(request: ActorRequest) -> HttpResponseBase:
    """List the vulnerabilities."""
    policy.require_member(request.actor)
    rows = queries.vulnerabilities_for(request.actor)
    template = "advisories/vulnerabilities.html"
    context = {"sees_counts": policy.sees_counts(request.actor)}
    return lists.respond(request, VULNERABILITIES, actor=request.actor, rows=rows, template=template, context=context)


def catalogue_changes(request: ActorRequest) -> HttpResponseBase:
    """List what changed in catalogues of exploited vulnerabilities."""
    policy.require_member(request.actor)
    rows = queries.catalogue_changes_for(request.actor)
    template = "advisories/catalogue_changes.html"
    return lists.respond(request, CHANGES, actor=request.actor, rows=rows, template=template)


def vulnerability_detail(request: ActorRequest, vulnerability_id: UUID) -> HttpResponse:
    """Show a vulnerability: what it comes to, who says what since when, and how urgent it is by the table."""
    policy.require_member(request.actor)
    row = queries.vulnerability_for(request.actor, vulnerability_id)
    claims = [
        (claim, KINDS[ClaimKind(claim.kind)], in_words(claim.kind, claim.value)) for claim in queries.claims_about(row)
    ]
    names = [each.name for each in row.names.order_by("name")]
    hints = queries.hints_about(request.actor, {row.name, *names})
    context = {
        "vulnerability": row,
        "names": [name for name in names if name != row.name],
        "standing": [each for each in claims if each[0].until is None],
        "taken_back": [each for each in claims if each[0].until is not None],
        "items": queries.items_about(row)[: queries.MOST_ITEMS],
        "bulletins": queries.bulletins_about(request.actor, row)[:MOST_BULLETINS],
        "explainers": queries.explainers_about(request.actor, row)[:MOST_BULLETINS],
        "hits": [(each, tone_of(each)) for each in queries.matches_of_vulnerability(request.actor, row)[:MOST_HITS]],
        "urgency": _urgency(row),
        "may_ask": policy.may_ask(request.actor),
        "hints": [(each, STANDINGS[each.standing], STANDING_TONES[each.standing]) for each in hints],
        "table": BOD_26_04,
    }
    return render(request, "advisories/vulnerability.html", context)


def _urgency(row: Vulnerability) -> list[tuple[bool, Promise, list[Promise]]]:
    """Return what BOD 26-04 asks for a system that the internet reaches, and not; with what was not known for it."""
    table = tables()[f"{BOD_26_04.name} {BOD_26_04.version}"]
    known = {
        "kev": "yes" if row.exploited_since else "no",
        "automatable": None if row.automatable is None else "yes" if row.automatable else "no",
        "impact": row.impact or None,
    }
    found = []
    for exposed in (True, False):
        decision = decide(table, {**known, "exposed": "yes" if exposed else "no"})
        missing = [INPUTS[name] for name in decision.not_known]
        found.append((exposed, OUTCOMES[decision.outcome.name], missing))
    return found
