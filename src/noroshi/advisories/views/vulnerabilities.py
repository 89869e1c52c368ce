"""Vulnerabilities: the list, and each with all that is said of it."""

from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from noroshi.advisories import actions, policy, queries
from noroshi.advisories.claim_wording import INPUTS, KINDS, in_words
from noroshi.advisories.domain.records import ClaimKind
from noroshi.advisories.domain.urgency import cases_of
from noroshi.advisories.rule_wording import STANDING_TONES, STANDINGS
from noroshi.advisories.table_wording import case_in_words
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
    """Show a vulnerability: what it comes to, who says what since when, and how urgent it is by the reader's table."""
    policy.require_member(request.actor)
    row = queries.vulnerability_for(request.actor, vulnerability_id)
    claims = [
        (claim, KINDS[ClaimKind(claim.kind)], in_words(claim.kind, claim.value)) for claim in queries.claims_about(row)
    ]
    names = [each.name for each in row.names.order_by("name")]
    table = next(iter(queries.tables_for(request.actor).values()))
    cases = cases_of(actions.facts_of(row, None), table)
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
        "urgency": [case_in_words(case, table) for case in cases],
        "not_known": [INPUTS[name] for name in cases[0].decision.not_known],
        "may_ask": policy.may_ask(request.actor),
        "hints": [(each, STANDINGS[each.standing], STANDING_TONES[each.standing]) for each in hints],
        "table": table,
        "may_choose": policy.may_see_inventories(request.actor),
    }
    return render(request, "advisories/vulnerability.html", context)
