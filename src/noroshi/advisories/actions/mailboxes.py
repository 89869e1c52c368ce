"""A folder of a mailbox as a source: the messages behind a place, as one file of many parts."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from ipaddress import ip_network
from typing import IO, Any

from django.utils.translation import gettext as _

from noroshi.advisories import imap
from noroshi.advisories.domain.mailboxes import PORT, Mailbox
from noroshi.advisories.domain.packing import Packing, packed
from noroshi.advisories.domain.readers.mail import MOST_BYTES
from noroshi.advisories.domain.records import RefusedBecause
from noroshi.advisories.imap import Folder, Place
from noroshi.advisories.models import Source
from noroshi.advisories.reach import reach_of_mailbox
from noroshi.core.errors import InvalidInput
from noroshi.kit.domain.reach import Network

_MEGABYTE = 1024 * 1024


def check_mailbox(url: str, ports: Iterable[int], networks: Iterable[str]) -> None:
    """Raise InvalidInput where this is no mailbox that may be asked."""
    checked_networks(networks)
    try:
        mailbox = Mailbox.of(url)
    except ValueError as error:
        raise InvalidInput("url", _("Give a mailbox as in imaps://user@mail.example.com/INBOX.")) from error
    if mailbox.port not in {PORT, *ports}:
        raise InvalidInput("url", _("The port %(port)s is not open to outgoing calls.") % {"port": mailbox.port})


def checked_networks(networks: Iterable[str]) -> list[Network]:
    """Return the networks that are said. Raise InvalidInput where one is none."""
    try:
        return [ip_network(each) for each in networks]
    except ValueError as error:
        raise InvalidInput("networks", _("Give networks as in 10.1.2.0/24.")) from error


def read_mailbox(source: Source, kept: Mapping[str, Any], key: str, into: IO[bytes]) -> dict[str, Any] | None:
    """Write the messages behind a place into a file, and return where to go on; None where there are none.

    Raise OutboundRefused or OutboundFailed.
    """
    room = source.most_mb * _MEGABYTE
    reach = reach_of_mailbox(source.ports, map(ip_network, source.networks))
    with imap.signed_in(source.url, key, reach, room + MOST_BYTES) as (client, mailbox), packed(into) as packing:
        found = _gathered(client, mailbox.quoted, Place.of(kept), packing, room)
    return asdict(found) if found is not None else None


def _gathered(client: Folder, folder: str, place: Place, packing: Packing, room: int) -> Place | None:
    behind, uids, more = client.behind(folder, place)
    sizes = client.sizes(uids)
    reached = behind.uid
    for uid in uids:
        size = sizes.get(uid, 0)
        if packing.parts and size <= MOST_BYTES and packing.size + size > room:
            break
        _take(client, uid, size, packing)
        reached = uid
    if reached == behind.uid:
        return None
    return Place(behind.validity, reached, more or reached < uids[-1])


def _take(client: Folder, uid: int, size: int, packing: Packing) -> None:
    name = f"{uid:010}.eml"
    if size > MOST_BYTES:
        packing.refuse(name, RefusedBecause.TOO_LARGE, f"{size:,} bytes")
        return
    body = client.message(uid)
    if body is not None:  # else it was taken away meanwhile
        packing.add(name, body)
