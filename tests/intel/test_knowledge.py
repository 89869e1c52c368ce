import pytest
from click.testing import CliRunner
from django.utils import translation

from noroshi.core.actor import Actor
from noroshi.core.models import LedgerEntry
from noroshi.intel.actions import import_knowledge, knowledge_is_current
from noroshi.intel.cli import intel
from noroshi.intel.domain.knowledge import misp, pack
from noroshi.intel.domain.knowledge.entries import Entry, Family
from noroshi.intel.models import Tag
from noroshi.intel.queries import house_tags, tags_found, tags_named

pytestmark = pytest.mark.django_db
ATTACK = Family("mitre-attack-pattern", "Attack Pattern")
PHISHING = Entry('misp-galaxy:mitre-attack-pattern="Phishing - T1566"', ATTACK, "Phishing - T1566", synonyms=("T1566",))
VISHING = Entry("x:vishing", Family("x", "X"), "Vishing, a kind of phishing")


@pytest.fixture
def bring_in(monkeypatch):
    def bring(*entries, edition="1"):
        monkeypatch.setattr(misp, "entries", lambda: iter(entries))
        monkeypatch.setattr(misp, "edition", lambda: edition)
        return import_knowledge(Actor.system("test"))

    return bring


def names(found):
    return [tag.name for tag in found]


def test_all_that_is_installed_is_brought_in_once():
    known = import_knowledge(Actor.system("test"))
    assert known == Tag.objects.count() > 14_000
    assert knowledge_is_current()
    assert names(tags_found("t1566"))[0] == PHISHING.name


def test_words_are_found_by_title_number_synonym_and_japanese(bring_in):
    assert bring_in(PHISHING, VISHING) == 22
    assert names(tags_found("Phishing")) == ["noroshi-bank-malware:oauth-consent-phishing", PHISHING.name, VISHING.name]
    assert names(tags_found("Ｔ１５６６")) == [PHISHING.name]
    assert names(tags_found("フィッシング t1566")) == [PHISHING.name]
    assert names(tags_found("画面改ざん")) == ["noroshi-bank-malware:web-injection"]
    assert names(tags_found("phishing nothing")) == []
    assert tags_found(" ") == []
    assert len(house_tags()) == 20


def test_what_the_next_edition_has_no_more_is_offered_to_nobody_and_stays(bring_in):
    bring_in(PHISHING, VISHING)
    bring_in(VISHING, edition="2")
    assert names(tags_found("t1566")) == []
    assert names(tags_named([PHISHING.name])) == [PHISHING.name]
    bring_in(PHISHING, VISHING, edition="3")
    assert names(tags_found("t1566")) == [PHISHING.name]
    assert LedgerEntry.objects.filter(action="intel.knowledge.imported").count() == 3


def test_without_the_packages_the_houses_own_words_are_there(monkeypatch):
    monkeypatch.setattr(misp, "is_installed", lambda: False)
    assert not knowledge_is_current()
    assert import_knowledge(Actor.system("test")) == len(pack.own_taxonomies()[0].entries)
    assert knowledge_is_current()


def test_a_word_is_shown_in_the_readers_language(bring_in):
    bring_in(PHISHING)
    tag = Tag.objects.get(name=PHISHING.name)
    own = Tag.objects.get(name="noroshi-bank-malware:overlay")
    with translation.override("ja"):
        assert (str(tag), str(own), own.family_name) == (
            "フィッシング",
            "オーバーレイ(偽画面)",
            "金融機関を狙うマルウェアの機能",
        )
    assert (str(tag), str(own), own.family_name) == ("Phishing - T1566", "Overlay", "Functions of banking malware")


def test_the_command_brings_them_in_and_says_where_the_packages_are_missing(monkeypatch):
    monkeypatch.setattr(misp, "is_installed", lambda: False)
    done = CliRunner().invoke(intel, ["knowledge", "import"])
    assert (done.exit_code, done.stdout) == (0, "20 words to tag with\n")
    assert done.stderr == "The packages of MISP's words are not installed: pip install 'noroshi[knowledge]'\n"
