"""The policy page once more, as plainly as it can be said: no algebra, no database. It judges the real rules."""

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode, EntryKind, Item, State
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.membership import NEED_TO_KNOW, MembershipClass, Role, Standing
from noroshi.core.domain.tlp import TLP, Profile

from .sector import NOW

LEVELS = [TLP.CLEAR, TLP.GREEN, TLP.AMBER, TLP.AMBER_STRICT, TLP.RED]
CHANNEL_TABLE = {  # one row a channel of the policy page: RED, AMBER+STRICT, AMBER, GREEN, CLEAR
    Channel.WEB: "yyyyy",
    Channel.CLI: "yyyyy",
    Channel.API_PERSON_TOKEN: "nyyyy",
    Channel.API: "nnyyy",
    Channel.TAXII: "nnyyy",
    Channel.MISP: "nnyyy",
    Channel.TOOLS: "nnyyy",
    Channel.WEBHOOK: "nnyyy",
    Channel.MAIL_CONTENT: "nnnyy",
    Channel.MAIL_ENCRYPTED: "nnyyy",
    Channel.FEED: "nnnyy",
    Channel.EXPORT: "nnyyy",
    Channel.FEDERATION: "yyyyy",
    Channel.FEDERATION_HUB: "nnnny",
    Channel.PUBLIC: "nnnny",
}
COMMUNITY_CEILING = {
    MembershipClass.HUB: TLP.RED,
    MembershipClass.REGULAR: TLP.RED,
    MembershipClass.AFFILIATE: TLP.AMBER,
    MembershipClass.TRIAL: TLP.GREEN,
    MembershipClass.SUPPORTING: TLP.GREEN,
}
NEVER_ABOVE_AMBER = {MembershipClass.TRIAL, MembershipClass.SUPPORTING, MembershipClass.VENDOR}


def sees(actor: Actor, item: Item) -> bool:  # noqa: C901, PLR0911 - the page's order, rule by rule
    if actor.world != item.world:
        return False
    if CHANNEL_TABLE[actor.channel][4 - LEVELS.index(item.tlp)] == "n":
        return False
    if actor.membership is MembershipClass.SUPERVISOR:
        return False
    if actor.standing is not Standing.ACTIVE:
        return False
    if item.author is not None and item.author == actor.person and item.author_mode is not AuthorMode.UNLINKABLE:
        return True
    if item.state is State.HELD:
        return actor.membership is MembershipClass.HUB and Role.HUB_OPERATOR in actor.roles
    if item.state is State.DRAFT:
        return False
    lines = {(entry.kind, entry.target) for entry in item.audience}
    if actor.organisation and (EntryKind.EXCLUDED_ORGANISATION, actor.organisation) in lines:
        return False
    if actor.person and (EntryKind.EXCLUDED_PERSON, actor.person) in lines:
        return False
    named = _is_named(actor, item, EntryKind.PERSON)
    if item.embargo_until is not None and item.embargo_until > NOW and not named:
        return False
    if item.tlp is TLP.CLEAR:
        return True
    if actor.organisation is None:
        return False
    return _as_owner(actor, item) or _by_grant(actor, item)


def _is_named(actor: Actor, item: Item, kind: EntryKind) -> bool:
    if actor.channel is Channel.FEDERATION and actor.person is None:
        return actor.organisation is not None and any(
            entry.kind is kind and entry.organisation == actor.organisation for entry in item.audience
        )
    return actor.person is not None and any(
        entry.kind is kind and entry.target == actor.person for entry in item.audience
    )


def _knows(actor: Actor) -> bool:
    return actor.person is None or bool(actor.roles & NEED_TO_KNOW)


def _as_owner(actor: Actor, item: Item) -> bool:
    if item.owner != actor.organisation or item.author_mode is not AuthorMode.NAMED or not _knows(actor):
        return False
    return item.tlp in (TLP.GREEN, TLP.AMBER) or (item.tlp is TLP.AMBER_STRICT and item.profile is Profile.FIRST)


def _by_grant(actor: Actor, item: Item) -> bool:
    assert actor.membership is not None
    named_ok = not (actor.membership in NEVER_ABOVE_AMBER and item.tlp > TLP.AMBER)
    group_ok = named_ok and actor.membership is not MembershipClass.VENDOR
    node = actor.channel is Channel.FEDERATION and actor.person is None
    groups = actor.organisation_groups if node else actor.groups
    in_group = group_ok and any(e.kind is EntryKind.GROUP and e.target in groups for e in item.audience)
    directly = (named_ok and _is_named(actor, item, EntryKind.PERSON)) or in_group
    if item.tlp is TLP.RED:
        return (named_ok and _is_named(actor, item, EntryKind.PERSON)) or (
            group_ok and _is_named(actor, item, EntryKind.FROZEN)
        )
    organisation_reached = (
        named_ok
        and any(
            (e.kind is EntryKind.ORGANISATION and e.target == actor.organisation)
            or (e.kind is EntryKind.PERSON and e.organisation == actor.organisation)
            for e in item.audience
        )
    ) or (group_ok and any(e.kind is EntryKind.GROUP and e.target in actor.organisation_groups for e in item.audience))
    if item.tlp is TLP.AMBER_STRICT:
        return directly or (item.profile is Profile.FIRST and _knows(actor) and organisation_reached)
    ceiling = COMMUNITY_CEILING.get(actor.membership)
    community = (
        any(e.kind is EntryKind.COMMUNITY for e in item.audience) and ceiling is not None and ceiling >= item.tlp
    )
    relayed = any(e.kind is EntryKind.RELAY and e.target == actor.organisation for e in item.audience)
    reached = organisation_reached or community or relayed
    return directly or (reached and (item.tlp is TLP.GREEN or _knows(actor)))
