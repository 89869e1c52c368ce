"""What counts as a message, in Python and in templates."""

from extraction import Message, messages_in, messages_of


def _messages(tmp_path, name, source):
    path = tmp_path / name
    path.write_text(source, encoding="utf-8")
    return list(messages_in(path))


def test_python_when_every_function_of_gettext_is_called_then_all_are_found(tmp_path):
    source = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext, ngettext_lazy, npgettext, pgettext

A = _("plain")
B = gettext_lazy("lazy " "in two parts")
C = ngettext("%(count)s hit", "%(count)s hits", 2)
D = ngettext_lazy("one", "many", "count")
E = pgettext("month", "May")
F = npgettext("fire", "beacon", "beacons", 2)
"""
    assert _messages(tmp_path, "a.py", source) == [
        Message("plain"),
        Message("lazy in two parts"),
        Message("%(count)s hit", "", "%(count)s hits"),
        Message("one", "", "many"),
        Message("May", "month"),
        Message("beacon", "fire", "beacons"),
    ]


def test_python_when_the_text_is_not_a_literal_then_it_is_no_message(tmp_path):
    assert _messages(tmp_path, "a.py", 'name = "x"\n_(name)\n_(f"hello {name}")\n_("")\n') == []


def test_template_when_tags_translate_then_all_are_found(tmp_path):
    source = """{% load i18n kit %}
{% translate "One" %} {% translate 'May' context 'month' as may %} {% trans "Old" noop %}
{% blocktranslate with name=x.y %}Hello {{ name }}{% endblocktranslate %}
{% blocktranslate trimmed count n=hits|length context "log" %}
  {{ n }} hit
{% plural %}
  {{ n }} "hits"
{% endblocktranslate %}
{% badge title=_("Argument") %}{{ x|default:_("Filter") }}
"""
    assert _messages(tmp_path, "a.html", source) == [
        Message("One"),
        Message("May", "month"),
        Message("Old"),
        Message("Hello %(name)s"),
        Message("%(n)s hit", "log", '%(n)s "hits"'),
        Message("Argument"),
        Message("Filter"),
    ]


def test_template_when_its_prose_looks_like_code_then_only_messages_are_found(tmp_path):
    source = """{# Translators: _("not this") #}
   <p title="it's (open">{% comment %}{% translate "nor this" %}{% endcomment %}
 # a line {% translate "after a hash" %}
	日本 ' {% translate "共有情報" %}
"""
    assert _messages(tmp_path, "a.html", source) == [Message("after a hash"), Message("共有情報")]


def test_room_when_it_has_migrations_and_templates_then_only_living_source_is_read(package):
    room = package / "sharing"
    for name, text in {
        "models.py": '_("Title")',
        "migrations/0001_initial.py": '_("Old title")',
        "templates/sharing/list.html": '{% translate "List" %}',
        "templates/sharing/mail.txt": '{% translate "Mail" %}',
        "static/sharing/a.html": '{% translate "Static" %}',
    }.items():
        path = room / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    assert {message.text: path.name for message, path in messages_of(room).items()} == {
        "Title": "models.py",
        "List": "list.html",
        "Mail": "mail.txt",
    }
