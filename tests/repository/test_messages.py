"""The keeper of the catalogues, tried on a small package; and the real catalogues."""

import gettext
import re

import messages
import polib
import pytest
from extraction import KEYWORDS


@pytest.fixture
def sharing(package):
    return _room(package, "sharing", '_("Signal")\n_("By %(name)s")\nngettext("%(n)s hit", "%(n)s hits", 2)\n')


def _room(package, name, source):
    room = package / name
    room.mkdir()
    (room / "__init__.py").touch()
    (room / "models.py").write_text(source)
    return room


def _catalogue(room):
    return room / messages.CATALOGUE


def _translate(room, **texts):
    """Give messages of a room their Japanese: the first word of the message, with underscores, names it."""
    catalogue = polib.pofile(str(_catalogue(room)))
    for entry in catalogue:
        text = texts.get(entry.msgid.split()[0].strip("%()s") or entry.msgid)
        if text is None:
            continue
        if entry.msgid_plural:
            entry.msgstr_plural = {0: text}
        else:
            entry.msgstr = text
    catalogue.save()


def _complete(package, sharing):
    messages.update(package)
    _translate(sharing, Signal="共有情報", By="%(name)s より", n="%(n)s 件一致")


def test_update_when_a_room_is_new_then_its_catalogue_lists_the_messages_in_order_without_translation(package, sharing):
    messages.update(package)

    entries = polib.pofile(str(_catalogue(sharing)))
    assert [(entry.msgid, entry.msgid_plural, entry.msgstr, entry.msgstr_plural) for entry in entries] == [
        ("%(n)s hit", "%(n)s hits", "", {0: ""}),
        ("By %(name)s", "", "", {}),
        ("Signal", "", "", {}),
    ]


def test_update_when_nothing_changed_then_not_a_byte_changes(package, sharing):
    _complete(package, sharing)
    messages.update(package)
    before = _catalogue(sharing).read_bytes()

    messages.update(package)

    assert _catalogue(sharing).read_bytes() == before


def test_catalogue_when_written_then_it_holds_neither_dates_nor_line_numbers(package, sharing):
    messages.update(package)

    text = _catalogue(sharing).read_text()
    assert [word for word in ("-Date:", "#: ", "models.py") if word in text] == []


def test_update_when_a_message_is_gone_then_its_entry_goes_and_the_others_keep_their_japanese(package, sharing):
    _complete(package, sharing)
    (sharing / "models.py").write_text('_("Signal")\n_("New")\n')

    messages.update(package)

    entries = polib.pofile(str(_catalogue(sharing)))
    assert [(entry.msgid, entry.msgstr) for entry in entries] == [("New", ""), ("Signal", "共有情報")]


def test_update_when_another_room_has_the_translation_then_it_is_taken_over(package, sharing):
    _complete(package, sharing)
    intel = _room(package, "intel", '_("Signal")')

    messages.update(package)

    assert [entry.msgstr for entry in polib.pofile(str(_catalogue(intel)))] == ["共有情報"]


def test_update_when_rooms_are_named_then_the_others_stay_untouched(package, sharing):
    intel = _room(package, "intel", '_("Object")')

    messages.update(package, ["sharing"])

    assert (_catalogue(sharing).exists(), _catalogue(intel).exists()) == (True, False)


def test_update_when_a_room_has_no_messages_any_more_then_it_has_no_catalogue(package, sharing):
    messages.update(package)
    (sharing / "models.py").write_text("")

    messages.update(package)

    assert not _catalogue(sharing).exists()


def test_check_when_everything_is_translated_then_there_is_no_fault(package, sharing):
    _complete(package, sharing)

    assert messages.check(package) == []


def test_check_when_there_is_no_catalogue_then_every_message_is_missing(package, sharing):
    assert messages.check(package) == [
        f"{sharing}/models.py: missing in the catalogue: '%(n)s hit'",
        f"{sharing}/models.py: missing in the catalogue: 'By %(name)s'",
        f"{sharing}/models.py: missing in the catalogue: 'Signal'",
    ]


@pytest.mark.parametrize(
    ("texts", "fault"),
    [
        ({"Signal": ""}, "not translated: 'Signal'"),
        ({"Signal": "  "}, "not translated: 'Signal'"),
        ({"n": ""}, "not translated: '%(n)s hit'"),
        ({"By": "誰かより"}, "placeholders differ: 'By %(name)s'"),
        ({"By": "%(nmae)s より"}, "placeholders differ: 'By %(name)s'"),
        ({"Signal": "{count} 件"}, "placeholders differ: 'Signal'"),
        ({"n": "一致"}, "placeholders differ: '%(n)s hit'"),
    ],
)
def test_check_when_one_entry_is_faulty_then_it_alone_is_named(package, sharing, texts, fault):
    _complete(package, sharing)
    _translate(sharing, **texts)

    assert messages.check(package) == [f"{_catalogue(sharing)}: {fault}"]


def test_check_when_only_the_plural_counts_then_the_translation_must_count(package):
    room = _room(package, "sharing", 'ngettext("One hit", "%(n)s hits", 2)\n')
    messages.update(package)
    _translate(room, One="%(n)s 件一致")

    assert messages.check(package) == []


def test_check_when_an_entry_is_fuzzy_then_it_is_named_and_update_keeps_it_so(package, sharing):
    _complete(package, sharing)
    catalogue = polib.pofile(str(_catalogue(sharing)))
    catalogue.find("Signal").flags.append("fuzzy")
    catalogue.save()
    messages.update(package)

    assert messages.check(package) == [f"{_catalogue(sharing)}: fuzzy: 'Signal'"]


def test_check_when_an_entry_is_used_nowhere_then_it_is_named(package, sharing):
    _complete(package, sharing)
    (sharing / "models.py").write_text('_("Signal")\n_("By %(name)s")\n')

    assert messages.check(package) == [f"{_catalogue(sharing)}: used nowhere: '%(n)s hit'"]


def test_check_when_two_rooms_translate_one_message_differently_then_both_are_named(package, sharing):
    _complete(package, sharing)
    intel = _room(package, "intel", '_("Signal")')
    messages.update(package)
    _translate(intel, Signal="信号")

    assert messages.check(package) == [f"{_catalogue(sharing)}: translated otherwise in {_catalogue(intel)}: 'Signal'"]


def test_compile_when_a_catalogue_is_complete_then_gettext_reads_it(package, sharing):
    _complete(package, sharing)

    assert messages.compile_all(package) == 1
    with _catalogue(sharing).with_suffix(".mo").open("rb") as file:
        japanese = gettext.GNUTranslations(file)
    assert japanese.gettext("Signal") == "共有情報"
    assert japanese.ngettext("%(n)s hit", "%(n)s hits", 1) == "%(n)s 件一致"


def test_catalogues_of_the_product_when_checked_then_nothing_is_missing():
    assert messages.check(messages.PACKAGE) == []


def test_functions_of_translation_when_imported_then_by_names_that_the_extraction_knows():
    imported = re.compile(r"^from django\.utils\.translation import (\w*gettext\w*)(?: as (\w+))?$", re.MULTILINE)
    names = {
        name: path.name
        for path in messages.PACKAGE.rglob("*.py")
        for function, alias in imported.findall(path.read_text(encoding="utf-8"))
        if (name := alias or function) not in KEYWORDS
    }
    assert names == {}
