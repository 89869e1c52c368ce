"""Why something was not sent, as pages say it."""

from typing import Final

from django.utils.translation import gettext_lazy as _

REASONS: Final = {
    "exercise": _("It belongs to an exercise: nothing of an exercise leaves."),
    "unpublished": _("It is not published."),
    "nobody": _("%(detail)s, and its audience reaches nobody of that organisation."),
    "from_there": _("It came from there, or has been there already."),
    "superseded": _("A later entry says the same and more."),
    "unchanged": _("That side has it already, as it is now."),
    "never_sent": _("It never went there, and is withdrawn."),
    "anonymous": _("It is anonymous, and the connection would tell whose it is: share it on the hub's own pages."),
    "grave": _("%(detail)s waits for a person of the hub: share it on the hub's own pages."),
    "stays_home": _("Its audience is your own organisation."),
    "too_narrow": _("%(detail)s never goes to another hub."),
    "consent": _("%(detail)s goes to another hub only if its author agrees. The author has not agreed."),
    "release": _("Its author has agreed. It waits for a hub operator's release."),
    "changed": _("It was changed since it was released for that hub: it waits for another release."),
    "embargo": _("It is under an embargo."),
    "not_ours": _("It came from another installation: only that one may hand it on."),
    "suspended": _("That organisation takes no part at present."),
    "gone": _("It is no more."),
    "older": _("That side cannot read it before it is upgraded."),
    "narrower": _("It was said while the signal had another level."),
    "members": _("What is said under a signal is for members: it goes to hubs of the same community, to TLP:GREEN."),
    "behind": _("It goes behind its signal."),
    "unwritable": _("It could not be written; the log of the program says why."),
}


def why(reason: str, detail: str) -> str:
    """Return why an entry was not sent, in the reader's language; what the other side said stays as it is."""
    sentence = REASONS.get(reason)
    return reason if sentence is None else str(sentence) % {"detail": detail}


SUBJECTS: Final = {
    "sharing.signal": _("Signal"),
    "sharing.comment": _("Comment"),
    "sharing.answers": _("Answers to a signal"),
    "members.directory": _("Directory"),
    "advisories.counts": _("Counts of patch tasks"),
    "federation.reading": _("What can be read here"),
}
