"""Mail in: addresses made and revoked, and a mail taken as a draft. It never goes out without its person's look."""

import base64
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.tlp import Profile
from noroshi.core.errors import Conflict, InvalidInput, NoroshiError, NotAllowed, NotFound
from noroshi.members.domain.secrets import digest
from noroshi.members.models import Group
from noroshi.members.queries import actor_of, house_of, usual_tlp_of
from noroshi.sharing import policy
from noroshi.sharing.actions.attachments import MOST_FILES, attach_file
from noroshi.sharing.actions.drafts import draft_signal
from noroshi.sharing.actions.files import Upload
from noroshi.sharing.actions.marking import check_marking, default_profile, usual_marking
from noroshi.sharing.domain.content import Content, Marking
from noroshi.sharing.domain.handling import Caveat, Handling, Pap
from noroshi.sharing.domain.letters import (
    SILENT,
    Letter,
    UnfitLetterError,
    address_of,
    read_letter,
    recipients_of,
    secrets_in,
)
from noroshi.sharing.models import MailAddress, Signal, TakenMail
from noroshi.sharing.queries import groups_on_offer, mail_address_with
from noroshi.sharing.wording import UNFIT_MAIL

LIFE: Final = timedelta(days=366)
MOST_ADDRESSES: Final = 20
LARGEST: Final = 35 * 1024 * 1024
"""Bytes of a mail: one file of the usual limit, as base64 makes it."""


class MailUnknown(NoroshiError):  # noqa: N818 - reads as the sentence it is
    """No usable address of ours is among those that a mail goes to."""


class MailIgnored(NoroshiError):  # noqa: N818
    """A machine sent it: it is not taken, and nobody is answered."""


@dataclass(frozen=True)
class Taken:
    """What became of a mail: the drafts it made, none where it had been taken before."""

    drafts: list[Signal]


@transaction.atomic
def issue_mail_address(actor: Actor, *, group: Group | None = None) -> tuple[MailAddress, str]:
    """Make an address for one's own drafts, for a group of one's own or for everybody; return it, this once."""
    policy.require_sharer(actor)
    _require_mail_in()
    if group is not None and not groups_on_offer(actor).filter(pk=group.pk).exists():
        raise InvalidInput("group", _("You can only choose among your own groups."))
    check_marking(actor, _usual_marking(actor, group))
    open_ones = MailAddress.objects.filter(person=actor.acting_person, revoked_at__isnull=True)
    if open_ones.count() >= MOST_ADDRESSES:
        raise Conflict(_("You have enough addresses: revoke one first."))
    secret = base64.b32encode(secrets.token_bytes(17)).decode().lower()[:26]
    row = MailAddress.objects.create(
        person_id=actor.acting_person, group=group, secret_hash=digest(secret), expires_at=clock.now() + LIFE
    )
    ledger.record(actor, "sharing.mail_address.issued", address=row.pk)
    return row, address_of(settings.MAIL_IN_DOMAIN, _label(group), secret)


@transaction.atomic
def revoke_mail_address(actor: Actor, row: MailAddress) -> None:
    """Make an own address useless."""
    if row.person_id != actor.person:
        raise NotFound
    if row.revoked_at is not None:
        raise Conflict(_("This address is revoked already."))
    row.revoked_at = clock.now()
    row.save(update_fields=["revoked_at"])
    ledger.record(actor, "sharing.mail_address.revoked", address=row.pk)


@transaction.atomic
def rotate_mail_address(actor: Actor, row: MailAddress) -> tuple[MailAddress, str]:
    """Put another address in the place of an own one, which is useless from now on."""
    revoke_mail_address(actor, row)
    return issue_mail_address(actor, group=row.group)


def take_mail(raw: bytes, *, recipients: Iterable[str] = ()) -> Taken:
    """Make a draft of a mail for each address of ours that it goes to; all of them or none.

    `recipients` are those of the envelope, where the mail server says so; else the headers are asked. Raises
    MailUnknown, MailIgnored, or another NoroshiError with the sentence for whoever sent it; the ledger has each.
    """
    try:
        with transaction.atomic():
            return _taken(raw, list(recipients))
    except UnfitLetterError as unfit:
        _note_refusal(raw, str(unfit.reason))
        sentence = str(UNFIT_MAIL[unfit.reason])
        if unfit.reason in SILENT:
            raise MailIgnored(sentence) from unfit
        raise InvalidInput("mail", sentence) from unfit
    except NoroshiError as refusal:
        _note_refusal(raw, type(refusal).__name__)
        raise


def _taken(raw: bytes, recipients: list[str]) -> Taken:
    _require_mail_in()
    if len(raw) > LARGEST:
        read_letter(raw, most=LARGEST)
    wanted = secrets_in(recipients or recipients_of(raw), settings.MAIL_IN_DOMAIN)
    rows = [row for secret in wanted if (row := mail_address_with(secret)) is not None]
    if not rows or len(rows) < len(wanted):
        raise MailUnknown(_("There is no such address here, or not any more."))
    letter = read_letter(raw, most=LARGEST)
    return Taken([draft for row in rows if (draft := _draft(row, letter)) is not None])


def _draft(row: MailAddress, letter: Letter) -> Signal | None:
    """Write the draft that a mail to this address becomes; None where it has been taken before."""
    actor = actor_of(row.person, Channel.CLI)
    if not actor.is_active or (
        row.group is not None and row.group.pk not in actor.groups and not actor.is_hub_operator
    ):
        raise MailUnknown(_("There is no such address here, or not any more."))
    with translation.override(row.person.language):
        _require_own_house(actor, letter)
        taken, new = TakenMail.objects.get_or_create(
            address=row, digest=letter.digest, defaults={"sender": letter.sender}
        )
        if not new:
            return None
        words = Content("", "", letter.title, letter.body)  # what it is about, and whom it strikes, the person says
        draft = draft_signal(actor, content=words, marking=_usual_marking(actor, row.group))
        _attach(actor, draft, letter)
    TakenMail.objects.filter(pk=taken.pk).update(signal=draft)
    MailAddress.objects.filter(pk=row.pk).update(last_used_at=clock.now())
    ledger.record(actor.veiled(), "sharing.mail.taken", draft)
    return draft


def _usual_marking(actor: Actor, group: Group | None) -> Marking:
    """Return what a new signal starts from on the page: the group's level, or the house's, and the usual handling."""
    caveats = {Caveat.PROTECTION} if default_profile() is Profile.F_ISAC_JP else set()
    level = None if group else usual_tlp_of(actor)
    return usual_marking(group, tlp=level, handling=Handling(Pap.GREEN, frozenset(caveats)))


def _attach(actor: Actor, draft: Signal, letter: Letter) -> None:
    """Take the files as the page does; one that is not taken is named, and the mail is refused with it."""
    if len(letter.files) > MOST_FILES:
        raise InvalidInput("file", _("A signal has at most %(limit)s files.") % {"limit": MOST_FILES})
    for file in letter.files:
        try:
            attach_file(actor, draft, upload=Upload(file.data, file.name))
        except InvalidInput as refusal:
            raise InvalidInput("file", f"{file.name[:60]}: {refusal.message}") from refusal


def _require_own_house(actor: Actor, letter: Letter) -> None:
    """Refuse a sender of another house. This proves nothing, but what went astray does not become a draft."""
    home = letter.sender.rpartition("@")[2]
    if home not in house_of(actor).domains:
        raise NotAllowed(
            _("This address takes mail from its owner's organisation alone: send it from your own mail address."),
            rule="mail",
        )


@transaction.atomic
def _note_refusal(raw: bytes, reason: str) -> None:
    """Write a refusal down: why, and which mail by its digest; nothing of what it says, and nobody's name."""
    ledger.record(Actor.system("mail"), "sharing.mail.refused", why=reason, digest=digest(raw.decode("latin-1")))


def _require_mail_in() -> None:
    if not settings.MAIL_IN_DOMAIN:
        raise NotFound(_("This installation takes no mail in."))


def _label(group: Group | None) -> str:
    """Return what stands in an address for people to read; of a confidential group, nothing of its name."""
    if group is None:
        return "all"
    return "group" if group.confidential else group.slug.lower()
