"""Sources: added, changed, switched on and off, asked at once."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.advisories import policy
from noroshi.advisories.actions.mailboxes import check_mailbox, checked_networks
from noroshi.advisories.actions.telling import tell_of_health
from noroshi.advisories.domain.asking import Cursor
from noroshi.advisories.domain.mailboxes import is_mailbox
from noroshi.advisories.domain.sources import USUAL_LANGUAGE, USUAL_ZONE, SourceKind
from noroshi.advisories.models import CatalogueState, Source, SourceState
from noroshi.advisories.reach import reach_of
from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict, InvalidInput
from noroshi.kit import outbound
from noroshi.kit.sealing import sealed

PURPOSE = "advisories.source"


@dataclass(frozen=True)
class SourceSaid:
    """What a person says of a source. An empty `secret` leaves the one that is known."""

    name: str
    kind: str
    url: str = ""
    zone: str = "UTC"
    language: str = ""
    category: str = ""
    terms: str = ""
    selector: str = ""
    minutes: int = 60
    rhythm_hours: int = 0
    gap_seconds: int = 2
    most_mb: int = 20
    ports: Sequence[int] = ()
    networks: Sequence[str] = ()
    secret: str = ""


@transaction.atomic
def add_source(actor: Actor, *, said: SourceSaid, carried: bool = False) -> Source:
    """Write down a source. Nothing is asked of it before it is switched on.

    One that a bundle `carried` keeps its address where it may not be asked from here: others allowed it, there.
    """
    policy.require_source_keeper(actor)
    if not carried:
        _check_address(said)
    source = Source(added_by_id=actor.person, world=actor.world)
    _write(source, said)
    SourceState.objects.create(source=source, host=_host(said.url))
    ledger.record(actor, "advisories.source.added", source, name=source.name, url=source.url)
    return source


@transaction.atomic
def change_source(actor: Actor, source: Source, *, said: SourceSaid) -> None:
    """Say something else of a source. At another address it is read from the beginning."""
    policy.require_source_keeper(actor)
    _check_address(said)
    source, state = locked(source)
    if (said.url, said.kind) != (source.url, source.kind):
        state.etag = state.last_modified = state.digest = ""
        state.cursor, state.window, state.high_water = {}, [], None
    _write(source, said)
    state.host, state.due_at, state.failures = _host(said.url), clock.now(), 0
    state.save()
    ledger.record(actor, "advisories.source.changed", source, name=source.name, url=source.url)


def _write(source: Source, said: SourceSaid) -> None:
    _check(source, said)
    if said.url != source.url:
        source.secret = ""  # it goes to the server alone for which it was given
    if said.secret:
        source.secret = sealed(PURPOSE, said.secret.encode())
    for each in fields(said):
        if each.name != "secret":
            value = getattr(said, each.name)
            setattr(source, each.name, list(value) if isinstance(value, tuple) else value)
    source.save()


def _check(source: Source, said: SourceSaid) -> None:
    if Source.everything.filter(world=source.world, name=said.name).exclude(pk=source.pk).exists():
        raise InvalidInput("name", _("There is a source of this name."))
    try:
        ZoneInfo(said.zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InvalidInput("zone", _("This is no time zone: give one as in Asia/Tokyo.")) from error


def _check_address(said: SourceSaid | Source) -> None:
    """Refuse an address that may not be asked from here."""
    networks = checked_networks(said.networks)
    if is_mailbox(said.url):
        if said.kind != SourceKind.MAIL:
            raise InvalidInput("url", _("Of a mailbox only mails are read: choose that kind."))
        check_mailbox(said.url, said.ports, said.networks)
    elif said.url:
        try:
            outbound.check_url(said.url, reach_of(said.ports, networks))
        except outbound.OutboundRefused as refusal:
            raise InvalidInput("url", refusal.message) from refusal


@transaction.atomic
def switch_source(actor: Actor, source: Source, *, on: bool) -> None:
    """Ask a source from now on, or no more."""
    policy.require_source_keeper(actor)
    source, state = locked(source)
    if on and not source.url:
        raise Conflict(_("It has no address: files alone are read into it."))
    if on:
        _check_address(source)
    source.enabled = on
    source.save(update_fields=["enabled"])
    state.due_at = state.since = clock.now()
    state.failures, state.failing_since = 0, None
    tell_of_health(state)
    state.save()
    ledger.record(actor, "advisories.source.changed", source, name=source.name, enabled=on)


@transaction.atomic
def ask_now(actor: Actor, source: Source) -> None:
    """Have a source asked with the next round."""
    policy.require_source_keeper(actor)
    source, state = locked(source)
    if not source.enabled:
        raise Conflict(_("It is switched off."))
    state.due_at = clock.now()
    state.save(update_fields=["due_at"])


@transaction.atomic
def ask_from(actor: Actor, source: Source, *, day: date) -> None:
    """Have a source that is asked for windows of time asked again from a day on."""
    policy.require_source_keeper(actor)
    source, state = locked(source)
    since = datetime(day.year, day.month, day.day, tzinfo=UTC)
    state.cursor, state.due_at = Cursor(since=since.isoformat()).kept, clock.now()
    state.save(update_fields=["cursor", "due_at"])
    ledger.record(actor, "advisories.source.changed", source, name=source.name, since=str(day))


@transaction.atomic
def settle_source(actor: Actor, source: Source) -> None:
    """Take it for seen that something is missing, came older or in another shape; what comes next is judged anew."""
    policy.require_source_keeper(actor)
    source, state = locked(source)
    if state.regressed_since is not None:
        state.high_water = None  # what the source sends now is what it says
        CatalogueState.objects.filter(source=source).update(released=None)
    state.gap_since = state.regressed_since = state.shape_since = None
    tell_of_health(state)
    state.save()
    ledger.record(actor, "advisories.source.settled", source, name=source.name)


def source_for_files(actor: Actor, *, name: str, kind: SourceKind) -> Source:
    """Return the source of this name that files are read into, made where there is none."""
    found = source_named(actor, name)
    if found is None:
        zone, language = USUAL_ZONE.get(kind, "UTC"), USUAL_LANGUAGE.get(kind, "")
        found = add_source(actor, said=SourceSaid(name, kind, zone=zone, language=language))
    if found.kind != kind:
        raise Conflict(_("The source of this name is of another kind."))
    return found


def source_named(actor: Actor, name: str) -> Source | None:
    """Return the source of this name, for the operator of the machine."""
    rows = Source.objects.unrestricted(reason="the command line, by the operator of the machine")
    return rows.filter(name=name, world=actor.world).first()


def locked(source: Source) -> tuple[Source, SourceState]:
    """Return a source and its state as they are now, held to the end of the transaction."""
    state = SourceState.objects.select_for_update(of=("self",)).select_related("source").get(pk=source.pk)
    return state.source, state


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "")[:255]
