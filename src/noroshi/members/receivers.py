"""What sign-in (allauth) does to an account goes into the ledger."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set, user_logged_in
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.db import transaction
from django.dispatch import receiver

from noroshi.core import ledger
from noroshi.members.models import Person
from noroshi.members.queries import actor_of


@receiver(user_logged_in)
@transaction.atomic
def note_sign_in(user: Person, **_: Any) -> None:
    """Record that a person signed in."""
    ledger.record(actor_of(user), "members.person.signed_in", user)


@receiver([password_changed, password_reset, password_set])
@transaction.atomic
def note_password(user: Person, **_: Any) -> None:
    """Record that a password was changed."""
    ledger.record(actor_of(user), "members.password.changed", user)


@receiver(authenticator_added)
@transaction.atomic
def note_factor_added(user: Person, authenticator: Any, **_: Any) -> None:
    """Record that a second factor came."""
    ledger.record(actor_of(user), "members.factor.added", user, kind=authenticator.type)


@receiver(authenticator_removed)
@transaction.atomic
def note_factor_removed(user: Person, authenticator: Any, **_: Any) -> None:
    """Record that a second factor went."""
    ledger.record(actor_of(user), "members.factor.removed", user, kind=authenticator.type)


@receiver(authenticator_reset)
@transaction.atomic
def note_factor_reset(user: Person, authenticator: Any, **_: Any) -> None:
    """Record that a second factor was made anew: recovery codes."""
    ledger.record(actor_of(user), "members.factor.reset", user, kind=authenticator.type)
