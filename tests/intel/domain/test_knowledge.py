import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.intel.domain.knowledge import misp, pack
from noroshi.intel.domain.knowledge.entries import MAX_MEANING, Entry, Family, fitting, shortened
from noroshi.intel.domain.knowledge.pack import Glossary, PackError, in_japanese, read_glossary, read_taxonomy

PACK = """\
taxonomy: a-pack
version: 3
title: {en: A pack, ja: 例}
entries:
  web-injection:
    title: {en: Web injection, ja: Webインジェクション}
    meaning: {en: The page is changed., ja: 画面を書き換える。}
    synonyms: [MITB, 画面改ざん]
"""
FAMILY = Family("a-pack", "A pack", "例")


def test_a_pack_is_read_in_both_languages():
    found = read_taxonomy(PACK.encode(), "a.yml")
    injection = Entry(
        "a-pack:web-injection",
        FAMILY,
        "Web injection",
        "Webインジェクション",
        "The page is changed.",
        "画面を書き換える。",
        ("MITB", "画面改ざん"),
    )
    assert (found.version, found.entries) == (3, (injection,))
    assert injection.words == "web injection\nwebインジェクション\nmitb\n画面改ざん\na-pack:web-injection"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("version: 3", "version: 0", "a.yml:2: “version” is a whole number from 1."),
        ("version: 3", "version: true", "a.yml:2: “version” is a whole number from 1."),
        ("version: 3\n", "", "a.yml:1: “version” is missing."),
        ("taxonomy: a-pack", "taxonomy: A pack", "a.yml:1: “taxonomy” is a name in lower-case letters"),
        ("version: 3", "versoin: 3", "a.yml:2: “versoin” is not known: use entries, taxonomy, title, version."),
        ("title: {en: A pack, ja: 例}", "title: {en: A pack}", "a.yml:3: “title” is said in en and ja."),
        ("  web-injection:", "  Web injection:", "a.yml:5: “Web injection” is no name in lower-case letters"),
        ("    synonyms:", "    synonyme:", "a.yml:8: “synonyme” is not known: use meaning, synonyms and title."),
        ("[MITB, 画面改ざん]", "MITB", "a.yml:8: “synonyms” is a list of texts."),
        ("[MITB, 画面改ざん]", "[MITB, 7]", "a.yml:8: “synonyms” is a text of at most 600 characters."),
        ("ja: 画面を書き換える。", "ja: ''", "a.yml:7: “ja” is a text of at most 600 characters."),
        ("version: 3", "version: 3\nversion: 4", "a.yml:3: “version” stands twice."),
        ("[MITB, 画面改ざん]", "&x [a]\n  b: *x", "a.yml:9: Anchors and aliases are not read: write the value out."),
        ("version: 3", "---\nversion: 3", "a.yml:3: A pack is one document."),
        ("entries:", "entries: [", "a.yml:"),
    ],
)
def test_a_broken_pack_is_refused_by_file_and_line(old, new, sentence):
    with pytest.raises(PackError) as refused:
        read_taxonomy(PACK.replace(old, new, 1).encode(), "a.yml")
    assert str(refused.value).startswith(sentence)


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_whatever_a_pack_holds_it_is_read_or_refused(content):
    try:
        read_taxonomy(content, "a.yml")
    except PackError as error:
        assert str(error).startswith("a.yml:")  # noqa: PT017 - either is right


def test_a_glossary_gives_the_words_of_others_their_japanese():
    attack, other = Family("mitre-attack-pattern", "Attack Pattern"), Family("rat", "RAT")
    phishing = Entry("x", attack, "Phishing - T1566", synonyms=("T1566",))
    glossary = Glossary(1, "mitre-attack-pattern", {"T1566": ("フィッシング", "釣り")})
    same = Entry("z", other, "T1566", synonyms=("T1566",))
    plain = Entry("y", attack, "Brute Force - T1110", synonyms=("T1110",))
    translated = Entry("x", attack, "Phishing - T1566", "フィッシング", synonyms=("T1566", "釣り"))
    assert list(in_japanese([phishing, plain, same], [glossary])) == [translated, plain, same]


def test_every_word_of_the_own_glossary_is_a_number_that_attack_has():
    (glossary,) = pack.own_glossaries()
    known = {number for entry in misp.entries() if entry.family.name == glossary.family for number in entry.synonyms}
    assert set(glossary.words) - known == set()


def test_a_glossary_is_held_to_its_form_too():
    with pytest.raises(PackError, match=r"g\.yml:4: “T1566” is a list of texts"):
        read_glossary(b"glossary: x\nversion: 1\nentries:\n  T1566: phishing\n", "g.yml")


def test_a_galaxy_is_read_without_what_its_makers_took_back():
    galaxy = {
        "type": "rat",
        "name": "RAT",
        "values": [
            {
                "value": "Remcos",
                "description": "A\n tool.",
                "meta": {"synonyms": ["RemcosRAT"], "external_id": "S0332"},
            },
            {"value": "Gone", "revoked": True},
            {"value": "Gone too", "meta": {"revoked": True}},
        ],
    }
    remcos = Entry('misp-galaxy:rat="Remcos"', Family("rat", "RAT"), "Remcos", meaning="A tool.")
    assert [(each.name, each.meaning, each.synonyms) for each in misp.galaxy_entries(galaxy)] == [
        (remcos.name, remcos.meaning, ("RemcosRAT", "S0332"))
    ]


def test_a_taxonomy_is_read_as_its_values_and_the_predicates_without_any():
    taxonomy = {
        "namespace": "phishing",
        "predicates": [{"value": "state", "expanded": "State"}, {"value": "seen"}],
        "values": [{"predicate": "state", "entry": [{"value": "active", "expanded": "Active"}]}],
    }
    assert [(each.name, each.title) for each in misp.taxonomy_entries(taxonomy)] == [
        ('phishing:state="active"', "State: Active"),
        ("phishing:seen", "seen"),
    ]


def test_names_that_are_sentences_and_doubled_names_are_left_out():
    long, twice = Entry("x" * 256, FAMILY, "X"), Entry("a", FAMILY, "A")
    assert fitting([long, twice, twice, Entry("b", FAMILY, "")]) == [twice]


@given(st.text(max_size=1000))
def test_a_meaning_is_one_line_that_fits(text):
    short = shortened(text)
    assert len(short) <= MAX_MEANING
    assert short == " ".join(short.split())
