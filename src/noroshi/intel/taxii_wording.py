"""What is wrong with a request of TAXII, in the reader's language. The domain knows no Django."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from noroshi.intel.domain.taxii.query import MOST_VALUES, Fault, MalformedQueryError

FAULTS: Final[dict[Fault, Promise]] = {
    Fault.TWICE: _("%(parameter)s stands there more than once."),
    Fault.LIMIT: _("%(parameter)s is no whole number above zero."),
    Fault.MOMENT: _("%(parameter)s is no timestamp of the form 2026-01-02T03:04:05.678901Z."),
    Fault.PLACE: _("%(parameter)s is not what an answer gave."),
    Fault.EMPTY: _("%(parameter)s has an empty value."),
    Fault.MANY: _("%(parameter)s has more than %(most)d values."),
    Fault.VERSION: _("%(parameter)s takes first, last, all, or timestamps of STIX."),
    Fault.REPEATED: _("%(parameter)s names a version twice."),
    Fault.ALL: _("%(parameter)s takes all by itself alone."),
}

NO_TOKEN: Final = _("Give a token that opens TAXII, as bearer or as password.")
NOT_ACCEPTED: Final = _("Only %(kind)s is answered here.")
NOT_READ: Final = _("Only %(kind)s is read here.")
NO_LENGTH: Final = _("Say how long the body is (Content-Length).")
TOO_LONG: Final = _("The body is longer than %(most)d bytes.")
NO_READING: Final = _("This token does not read this collection.")
NO_WRITING: Final = _("This token does not write to this collection.")
NO_DELETING: Final = _("Only who reads and writes a collection deletes in it.")


def sentence(error: MalformedQueryError) -> str:
    """Return one sentence on a malformed parameter."""
    return str(FAULTS[error.fault]) % {"parameter": error.parameter, "most": MOST_VALUES}
