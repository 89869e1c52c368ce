"""Mail of the magazine that came back: the mailbox where it is read, and the letters that were read there."""

from django.db.models import QuerySet

from noroshi.advisories.models import ReturnBox, ReturnedLetter
from noroshi.core.actor import Actor


def return_box_for(actor: Actor) -> ReturnBox | None:
    """Return the mailbox, where one is named and the actor sees it."""
    return ReturnBox.objects.visible_to(actor).first()


def returned_letters_for(actor: Actor) -> QuerySet[ReturnedLetter]:
    """Return the letters that were read there, the newest first, each with the address of the mail it is about."""
    rows = ReturnedLetter.objects.visible_to(actor).select_related(
        "delivery__subscriber", "delivery__mailing__bulletin"
    )
    return rows.order_by("-at", "-pk")
