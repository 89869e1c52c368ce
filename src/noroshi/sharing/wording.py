"""Codes of this room and the rooms below in the reader's language."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from noroshi.core.domain.audience import EntryKind
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.intel.domain.misp.events import Reason
from noroshi.sharing.domain.file_kinds import FileKind, Refusal
from noroshi.sharing.domain.handling import Caveat, Objective, Pap
from noroshi.sharing.domain.letters import Unfit
from noroshi.sharing.domain.outline import Form
from noroshi.sharing.domain.plain_words import Step
from noroshi.sharing.domain.release import Gravity
from noroshi.sharing.domain.scan import FindingKind
from noroshi.sharing.domain.style import Habit
from noroshi.sharing.domain.ways import Way
from noroshi.sharing.models import Kind, Target

GRANTS: Final[dict[EntryKind, Promise]] = {
    EntryKind.COMMUNITY: _("The whole community"),
    EntryKind.ORGANISATION: _("Organisations"),
    EntryKind.GROUP: _("Groups"),
    EntryKind.PERSON: _("People"),
    EntryKind.RELAY: _("Relayed to"),
    EntryKind.EXCLUDED_ORGANISATION: _("All but these organisations"),
    EntryKind.EXCLUDED_PERSON: _("All but these people"),
}

WAYS: Final[dict[Way, Promise]] = {
    Way.AUTHOR: _("wrote it"),
    Way.RELEASE: _("releases it"),
    Way.OWNER: _("colleague of the author"),
    Way.PUBLIC: _("the public"),
    Way.PERSON: _("named in person"),
    Way.GROUP: _("in a group it is given to"),
    Way.ORGANISATION: _("the organisation is named"),
    Way.COLLEAGUE: _("by way of a colleague who is named or in a group"),
    Way.COMMUNITY: _("the whole community"),
    Way.RELAY: _("it was relayed to the organisation"),
}
"""How an item reaches somebody, said of them to its author."""

REACHED_BY: Final[dict[Way, Promise]] = {
    Way.AUTHOR: _("You wrote it."),
    Way.RELEASE: _("It waits for a hub operator's release."),
    Way.OWNER: _("Your organisation shared it, and your role needs to know."),
    Way.PUBLIC: _("It is public."),
    Way.PERSON: _("It was shared with you by name."),
    Way.GROUP: _("It was shared with a group you belong to."),
    Way.ORGANISATION: _("It was shared with your organisation."),
    Way.COLLEAGUE: _("It was shared with a colleague or a colleague's group, and your role needs to know."),
    Way.COMMUNITY: _("It was shared with the whole community."),
    Way.RELAY: _("A recipient relayed it to your organisation."),
}
"""How an item reaches its reader, said to them."""

GRAVITY: Final[dict[Gravity, Promise]] = {
    Gravity.RED: _("It is TLP:RED."),
    Gravity.ANONYMOUS: _("It is anonymous: somebody checks that the text names nobody by mistake."),
}

HABITS: Final[dict[Habit, tuple[Promise, Promise]]] = {
    Habit.OWN_ORGANISATION: (
        _("Words for your own organisation"),
        _("They tell what kind of institution writes. Write “a member” or “we”."),
    ),
    Habit.GREETING: (
        _("Greetings and set phrases"),
        _("How somebody opens and closes a letter is recognised. Leave them out: a signal needs none."),
    ),
    Habit.SIGNATURE: (_("A signature"), _("Take away the closing lines with a section, a role or a name.")),
    Habit.CONTACT: (_("A telephone number"), _("Whoever wants to ask can comment here: take the number away.")),
    Habit.INTERNAL_NUMBER: (
        _("A number of your own files"),
        _("It leads back to your organisation's system. Take it away."),
    ),
    Habit.HOUSE_MARK: (
        _("Marks of a house style"),
        _("Headings in brackets and marks before each line are the custom of a house. Write plain sentences."),
    ),
    Habit.PUNCTUATION: (_("Unusual punctuation"), _("Write one plain mark, as everybody does.")),
    Habit.WIDTH: (
        _("Unusual character widths"),
        _("Full-width letters and digits, half-width kana, “，” and “．” are a custom of few: write the usual ones."),
    ),
}
"""A habit that gives an anonymous author away, and what to do about it."""

EXTRACTION: Final[dict[str, Promise]] = {
    "plain": _("written out"),
    "defanged": _("defanged or full-width"),
    "labelled": _("named by a label"),
    "attached": _("attached here as a sample"),
    "stix": _("looked for by a STIX pattern"),
    "misp": _("in the event"),
}
"""How a value was known in the text, by the first word of its code."""

_ANYBODY: Final = _("Anybody, the public too.")
_COMMUNITY: Final = _("Whoever needs it in the community; never the public.")
_ORGANISATION: Final = _("People of your organisation who need to know; nobody outside it.")
_NOBODY: Final = _("Nobody. It is for those it was shared with in person.")

PASSING_ON: Final[dict[Profile, dict[TLP, Promise]]] = {
    Profile.FIRST: {
        TLP.CLEAR: _ANYBODY,
        TLP.GREEN: _COMMUNITY,
        TLP.AMBER: _("People of your organisation and its clients who need to know, to protect themselves."),
        TLP.AMBER_STRICT: _ORGANISATION,
        TLP.RED: _NOBODY,
    },
    Profile.F_ISAC_JP: {
        TLP.CLEAR: _ANYBODY,
        TLP.GREEN: _COMMUNITY,
        TLP.AMBER: _(
            "People of your organisation and the outsourcers that run its systems, who need to know: only to protect"
            " members' systems and services."
        ),
        TLP.AMBER_STRICT: _("Nobody outside the named group, not even colleagues."),
        TLP.RED: _NOBODY,
    },
}
"""Whom a reader may pass an item on to: TLP 2.0, and the table of the Financials ISAC Japan."""

TLP_CHOICES: Final[dict[Profile, dict[TLP, Promise]]] = {
    Profile.FIRST: {
        TLP.RED: _("the people named, nobody else"),
        TLP.AMBER_STRICT: _("the organisations and groups named, nobody beyond"),
        TLP.AMBER: _("who needs to know, at the organisations chosen and their clients"),
        TLP.GREEN: _("everybody in the community"),
        TLP.CLEAR: _("everybody, the public too"),
    },
    Profile.F_ISAC_JP: {
        TLP.RED: _("the people named, nobody else"),
        TLP.AMBER_STRICT: _("the people and groups named, not their colleagues"),
        TLP.AMBER: _("who needs to know, only to protect members' systems"),
        TLP.GREEN: _("whoever needs it in the community"),
        TLP.CLEAR: _("everybody, the public too"),
    },
}
"""What the author chooses, the narrowest first."""

FORMS: Final[dict[Form, Promise]] = {
    Form.FREE: _("Free text"),
    Form.OUTLINE: _("Source, technique, purpose, counter-measure"),
}

OUTLINE: Final[dict[str, Promise]] = {
    "source": _("Source of the attack"),
    "technique": _("Technique"),
    "purpose": _("Purpose"),
    "measure": _("Counter-measure"),
    "outcome": _("Result of the counter-measure"),
}
"""The questions of the fixed form."""

PAP: Final[dict[Pap, Promise]] = {
    Pap.RED: _("only what nobody outside can notice: search your own logs, use it on no network"),
    Pap.AMBER: _("passive checks, also at services of others; nothing that touches the attacker, no blocking"),
    Pap.GREEN: _("active measures are allowed: block it, connect to it"),
    Pap.CLEAR: _("no restriction on what you do with it"),
}

CAVEATS: Final[dict[Caveat, Promise]] = {
    Caveat.PROTECTION: _("Only for protecting members' systems and services"),
    Caveat.NO_CONTACT: _("Do not contact the attacker's infrastructure"),
    Caveat.NO_BLOCKING: _("Do not block yet"),
    Caveat.NO_SUBMISSION: _("Do not submit files or addresses to public analysis services"),
}

OBJECTIVES: Final[dict[Objective, Promise]] = {
    Objective.DETECT: _("detect"),
    Objective.BLOCK: _("block"),
    Objective.ANALYSE: _("analyse"),
}
"""What a value is given for."""

FINDINGS: Final[dict[FindingKind, Promise]] = {
    FindingKind.OWN_NAME: _("Your organisation's name"),
    FindingKind.OWN_DOMAIN: _("Your organisation's domain or mail address"),
    FindingKind.OWN_RANGE: _("Your organisation's address range"),
    FindingKind.OWN_STAFF: _("Somebody of your organisation"),
    FindingKind.MEMBER: _("Another member"),
    FindingKind.MAIL: _("Mail address"),
    FindingKind.PHONE: _("Telephone number"),
    FindingKind.MY_NUMBER: _("Individual number (My Number)"),
    FindingKind.ACCOUNT: _("Bank account"),
    FindingKind.CARD: _("Card number"),
    FindingKind.IBAN: _("International account number (IBAN)"),
}
"""What a text is scanned for before it goes."""

CONSENT: Final[dict[str, Promise]] = {
    "unneeded": _("The question was marked for everybody: it may be published."),
    "unasked": _("The question was narrower than GREEN: whoever asked has to agree to these words first."),
    "asked": _("Whoever asked has these words before them. They have not answered yet."),
    "given": _("Whoever asked has agreed to these words."),
    "refused": _("Whoever asked did not agree to these words."),
}
"""How far the consent to a published answer is, as the hub reads it."""

_AS_SAMPLE: Final = _(
    "Malware is taken only as a sample: tick “This is a malware sample”, and it is wrapped into an encrypted ZIP"
    " archive."
)

ELSEWHERE: Final = _("Malware is no document of a group: attach it to a signal, as a sample.")
"""What is said of malware where none is taken."""

REFUSALS: Final[dict[Refusal, Promise]] = {
    Refusal.EMPTY: _("The file is empty."),
    Refusal.UNKNOWN: _(
        "Files of this kind are not taken. Pictures, PDF, Word, Excel and PowerPoint files, texts, packet captures and"
        " ZIP archives are; anything else only as a malware sample."
    ),
    Refusal.EXECUTABLE: _("This is a program. %(how)s"),
    Refusal.SCRIPT: _("This is a script or a web page, which a double click would run. %(how)s"),
    Refusal.MACRO: _("This Office file contains macros. %(how)s"),
    Refusal.OLD_OFFICE: _(
        "Old Office formats can hide macros: save it as .docx, .xlsx or .pptx, or attach it as a malware sample."
    ),
    Refusal.OTHER_ARCHIVE: _("Of archives, only ZIP is taken: others cannot be looked through."),
    Refusal.NOT_ENCRYPTED: _(
        "A sample that comes in an archive must be in a ZIP archive whose every file is encrypted (password: infected)."
        " Or attach the file itself as a sample, and it is wrapped here."
    ),
    Refusal.BROKEN_ARCHIVE: _("The archive is damaged."),
    Refusal.BOMB: _("The archive would unpack to far too much."),
    Refusal.NESTED: _("The archive holds archives within archives."),
    Refusal.HIDDEN_PATH: _("The archive holds a name that leads out of its folder."),
    Refusal.UNCLEANABLE_KIND: _(
        "Without your name, only files whose metadata can be removed are taken: pictures, PDF, Office files, texts, and"
        " samples that are wrapped here."
    ),
    Refusal.UNCLEANABLE: _(
        "The metadata of this file cannot be removed with certainty. Make a picture or a PDF of what matters in it."
    ),
}
"""Why a file is not taken, and what to do."""

FILE_KINDS: Final[dict[FileKind, Promise]] = {
    FileKind.PNG: _("picture"),
    FileKind.JPEG: _("picture"),
    FileKind.GIF: _("picture"),
    FileKind.WEBP: _("picture"),
    FileKind.PDF: _("PDF"),
    FileKind.DOCX: _("Word"),
    FileKind.XLSX: _("Excel"),
    FileKind.PPTX: _("PowerPoint"),
    FileKind.TEXT: _("text"),
    FileKind.CAPTURE: _("packet capture"),
    FileKind.ZIP: _("ZIP archive"),
    FileKind.SAMPLE: _("malware sample"),
}


def refusal_of_file(reason: Refusal, *, samples: bool = True) -> str:
    """Return why a file is not taken, in one sentence or two; `samples` where malware is taken as one."""
    how = _AS_SAMPLE if samples else ELSEWHERE
    return str(REFUSALS[reason]) % {"how": how} if reason in _NEEDS_WRAPPING else str(REFUSALS[reason])


def recalled(number: str) -> str:
    """Return all that is said of a signal to whoever got it and cannot see it any more."""
    return str(_RECALLED) % {"number": number}


def withdrawn(number: str) -> str:
    """Return how a signal is called of which nothing but that is left."""
    return str(_WITHDRAWN) % {"number": number}


def document_withdrawn(group: object) -> str:
    """Return how a document is called of which nothing but that is left."""
    return str(_DOCUMENT_WITHDRAWN) % {"group": group}


_WITHDRAWN: Final = _("%(number)s was withdrawn")
_DOCUMENT_WITHDRAWN: Final = _("A document of %(group)s was withdrawn")

_RECALLED: Final = _("%(number)s, which you got, was withdrawn or changed: do not rely on it any more.")

_NEEDS_WRAPPING: Final = frozenset({Refusal.EXECUTABLE, Refusal.SCRIPT, Refusal.MACRO})

UNFIT_MAIL: Final[dict[Unfit, Promise]] = {
    Unfit.TOO_LARGE: _("This mail is too large: write it on the page."),
    Unfit.TOO_MANY_PARTS: _("This mail has too many parts, or parts within parts: write it on the page."),
    Unfit.NO_MAIL: _("This cannot be read as a mail."),
    Unfit.AUTOMATIC: _("A machine sent this by itself."),
    Unfit.LIST: _("This came by a mailing list."),
    Unfit.BOUNCE: _("This is the report of a mail server."),
    Unfit.SEALED: _(
        "This mail is encrypted or signed in a way that cannot be read here: send it in clear, or write it on the page."
    ),
    Unfit.EMPTY: _("There is nothing in this mail."),
}
"""Why a mail does not become a draft, to whoever sent it."""

MISP_REASONS: Final[dict[Reason, Promise]] = {
    Reason.NO_OBJECT: _("It is not an object of MISP."),
    Reason.NO_VALUE: _("It has no type or no value."),
    Reason.TOO_LONG: _("Its value is too long."),
    Reason.UNREADABLE: _("Its value has control characters, or several lines where one belongs."),
    Reason.NOT_ITS_TYPE: _("Its value is not of its type."),
    Reason.TOO_MANY: _("An event is taken with 20,000 attributes at most."),
}

OBSTACLES: Final = {
    "level": _("Only TLP:GREEN and TLP:AMBER go to another hub by agreement."),
    "left_out": _("Somebody is left out of it, which another hub could not heed: it stays here."),
    "unseen": _("A hub operator has to read TLP:AMBER before another hub gets it, and none of them sees this one."),
}
"""Why nobody need agree that a signal goes to another hub (`queries.obstacle_to_passage`)."""

HAPPENED: Final[dict[str, Promise]] = {
    Kind.INCIDENT: _("Another institution was attacked, or its systems were disturbed."),
    Kind.FRAUD: _("Somebody takes money by deceit, or tries to."),
    Kind.PHISHING: _("False mails, messages or web pages are about that pass themselves off as genuine."),
    Kind.MALWARE: _("A program that does harm is spreading."),
    Kind.VULNERABILITY: _("A weakness was found in a product that institutions use."),
    Kind.QUESTION: _("Another institution asks for advice."),
    Kind.GOOD_PRACTICE: _("Another institution tells what worked well for it."),
    Kind.NEWS: _("There is news to know of."),
}
"""What a signal of each kind tells, in plain words."""

CONCERNED: Final[dict[str, Promise]] = {
    Target.OWN_SYSTEM: _("Everybody who works with your organisation's computers, and whoever looks after them."),
    Target.CUSTOMER: _("Your customers, and your people at the counter and on the telephone."),
}
"""Whom it concerns, in plain words."""

STEPS: Final[dict[Step, Promise]] = {
    Step.TELL_STAFF: _("Tell everybody in the house, at the counter and on the telephone too."),
    Step.TELL_COUNTER: _(
        "Tell your people at the counter and on the telephone, so that they know it when customers ask."
    ),
    Step.OPEN_NOTHING: _(
        "Open no attachment and no link of a mail that you did not expect. If in doubt, ask the sender by telephone."
    ),
    Step.UNPLUG: _(
        "If somebody has opened one or typed a password in: pull that computer's network cable and turn its wireless"
        " network off, leave it switched on, and call."
    ),
    Step.ASK_SUPPORT: _(
        "Ask whoever looks after your systems whether this concerns them, and have the answer written down."
    ),
    Step.ASK_UPDATE: _("Ask them on which day the correction will be put in."),
    Step.ASK_BACKUP: _("Ask them whether the last backup worked, and when it was."),
    Step.CHECK_TRANSFERS: _(
        "Look through the transfers of today and yesterday. Stop what looks strange, and ask the customer by telephone."
    ),
    Step.HELP_CUSTOMERS: _(
        "If a customer has typed a password or an account number in: block the access at once, as for a lost card."
    ),
    Step.NO_BLOCKING: _("Have nothing blocked yet: the attacker would notice."),
    Step.NO_CONTACT: _("Do not write to the attacker, and do not open the addresses named."),
    Step.NO_SUBMISSION: _("Upload no file and no address to a public testing service."),
    Step.ANSWER: _("If you can help, answer on the page of the signal."),
    Step.READ: _("Read it when you have time. Nothing need be done today."),
}
"""What to do, in plain words."""
