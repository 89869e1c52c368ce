"""What is hidden in the leak tests, and the life it has: written, sent, answered, changed, kept, taken back.

Each has words that stand nowhere else, in its title, text, comment, reason, files, group and value; shares a word, a
value and the bytes of a file with what everybody sees; and was found in the readers' own logs.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from access.leak_channels import COMMON, SAME_BYTES
from factories.audience import COMMUNITY, to_group, to_organisation, to_person, without
from factories.lakes import EVIL_ADDRESS
from noroshi.core.domain.audience import AuthorMode
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.core.domain.worlds import exercise
from noroshi.members.actions import appoint_coordinator, create_group, join_group
from noroshi.members.domain.groups import Terms
from noroshi.members.models import Group
from noroshi.sharing import actions, blobs
from noroshi.sharing.actions import Upload
from noroshi.sharing.domain.content import Content, Marking
from noroshi.sharing.models import Attachment, Kind, Signal
from noroshi.sharing.queries import document_version, relatable

HIDDEN: Final = ("shut", "named", "circle", "early", "waiting", "unsent", "drill", "gone", "cell", "shelf", "qanda")
"""Left out by an exclusion; for one person; for a group; under embargo; held; a draft; of an exercise; withdrawn; for a
confidential group, which is hidden too; a document of a group; the draft of a published answer."""


def marks(name: str) -> list[str]:
    """The words that stand in one hidden thing and nowhere else: its title, text, comment, reason, files, group, value.

    The last is the digest by which a file's bytes are known.
    """
    words = [f"{animal}{name}" for animal in ("quokka", "okapi", "narwhal", "axolotl", "capybara", "manatee")]
    return [*words, f"{name}-lemur", blobs.digest(words[4].encode())]


def marking(cast, clock, name: str) -> Marking:
    """For whom one of the hidden signals is."""
    strict = {"tlp": TLP.AMBER_STRICT, "profile": Profile.F_ISAC_JP}
    named = frozenset({to_person(cast.b1)})
    tomorrow = clock.now + timedelta(days=1)
    match name:
        case "shut":
            return Marking(TLP.AMBER, entries=frozenset({COMMUNITY, without(cast.outsider)}))
        case "named":
            return Marking(TLP.RED, entries=named)
        case "circle":
            return Marking(**strict, entries=frozenset({to_group(cast.wg_incident)}))
        case "cell":
            return Marking(**strict, entries=frozenset({to_group(_confidential_group(cast, marks(name)[5]))}))
        case "early":
            return Marking(TLP.AMBER, entries=frozenset({COMMUNITY, *named}), embargo_until=tomorrow)
        case "waiting":
            return Marking(TLP.RED, entries=named, author_mode=AuthorMode.ANONYMOUS)
        case "unsent":
            return Marking(TLP.GREEN, entries=frozenset({COMMUNITY}))
        case "drill":
            return Marking(TLP.GREEN, entries=frozenset({COMMUNITY, to_organisation(cast.outsider)}))
    return Marking(**strict, entries=named)


def live(cast, clock, name: str) -> UUID:
    """Write one hidden thing and let it have its life; return its number."""
    if name == "shelf":
        return _document(cast, name)
    return _drafted_answer(cast, name) if name == "qanda" else _signal(cast, clock, name).pk


def files_of(numbers: list[UUID]) -> list[UUID]:
    """The number of one file of each of these signals: of a comment where there is one."""
    rows = Attachment.everything.filter(signal__in=numbers).order_by("signal", "added_at")
    return list(dict(rows.values_list("signal", "pk")).values())


def ask_openly(cast) -> None:
    """A question that every member who needs to know sees, answered and solved."""
    asking = Marking(TLP.AMBER, entries=frozenset({COMMUNITY}))
    words = Content(Kind.QUESTION, "own_system", f"Asked {COMMON}", "how do you do it?")
    question = actions.share_signal(cast.actor("a1"), content=words, marking=asking)
    answer = actions.comment_on_signal(cast.actor("b1"), question, body="like that")
    actions.mark_solution(cast.actor("a1"), question, comment_id=answer.pk)


def _signal(cast, clock, name: str) -> Signal:
    chosen = marking(cast, clock, name)
    world = exercise("autumn") if name == "drill" else "real"
    author, reader = cast.actor("a1", world=world), cast.actor("b1", world=world)
    title, body, comment, reason, file, _group, value, _digest = marks(name)
    words = Content("phishing", "customer", f"{title} {COMMON}", f"{body} {EVIL_ADDRESS} {value}[.]net")
    signal = actions.draft_signal(author, content=words, marking=chosen)
    for data in (file.encode(), SAME_BYTES):
        actions.attach_file(author, signal, upload=Upload(data, f"{file}.txt"))
    if name == "unsent":
        return signal
    actions.publish_signal(author, signal)
    if name == "waiting":
        return signal
    if name == "named":
        actions.release_signal(cast.actor("hub_trusted"), signal)
    said = actions.comment_on_signal(reader, signal, body=f"{comment} {COMMON}")
    actions.attach_to_comment(reader, said, upload=Upload(file.encode(), f"{file}2.txt"))
    actions.report_seen(reader, signal, named=True)
    actions.take_stance(reader, signal, kind="affected", named=True)
    _relate(cast, signal)
    actions.acknowledge_signal(reader, signal)
    if chosen.tlp is not TLP.RED:
        actions.amend_signal(author, signal, title=f"{title} more", body=words.body, reason=reason)
    if name == "gone":
        actions.withdraw_signal(author, signal, reason=reason)
    return signal


def _relate(cast, signal: Signal) -> None:
    """Say that it belongs to a signal that everybody sees, where somebody may."""
    operator = cast.actor("hub_op")
    seen = relatable(operator)
    if seen.filter(pk=signal.pk).exists():
        actions.relate_signals(operator, signal, other=seen.get(title=f"Common {COMMON}"), kind="campaign")


def _confidential_group(cast, name: str) -> Group:
    """A group that only its members and whoever keeps the register know of, with members of A and B."""
    hub = cast.actor("hub_op")
    terms = Terms(purpose_ja=name, purpose_en=name, confidential=True)
    described = {"name_ja": name, "name_en": name, "default_tlp": "AMBER+STRICT", "terms": terms}
    group = create_group(hub, slug="five", kind="working_group", **described)
    for member in ("a1", "b1"):
        join_group(hub, group=group, person=cast.people[member])
    return group


def _document(cast, name: str) -> UUID:
    """A document of the working group in two versions, of which the first was taken by a member."""
    title, body, comment, _reason, file, *_rest = marks(name)
    author, reader = cast.actor("a1"), cast.actor("b1")
    appoint_coordinator(cast.actor("hub_op"), group=cast.wg_incident, person=cast.a1)
    words = {"title": f"{title} {COMMON}", "description": body, "tlp": "GREEN"}
    first, second = (Upload(data, f"{file}.txt") for data in (file.encode(), SAME_BYTES))
    document = actions.add_document(author, cast.wg_incident, upload=first, **words)
    actions.read_document(reader, document_version(reader, document.pk, 1))
    actions.add_document_version(author, document, upload=second, note=comment)
    return document.pk


def _drafted_answer(cast, name: str) -> UUID:
    """The hub's draft of a published answer, to which it has asked the asker's consent."""
    title, body, comment, *_rest = marks(name)
    hub, question = cast.actor("hub_op"), Signal.everything.get(title=f"Asked {COMMON}")
    edited = actions.Edited(title=f"{title} {COMMON}", question=body, answer=comment, items="FISC 実1")
    draft = actions.draft_reference(hub, question, words=edited, tlp="GREEN")
    actions.ask_consent(hub, draft)
    return draft.pk
