"""Names that deceive: of organisations, groups and people."""

import pytest

from noroshi.core.errors import InvalidInput
from noroshi.members import actions
from noroshi.members.domain.groups import Terms
from noroshi.members.models import Group, Organisation, Person

UNSEEN = "This has characters that nobody sees. Type it anew."
MIXED = "This mixes letters of scripts that look alike. Type it in letters of one."
TOO_LONG = "This may have 200 characters at most."


def organisation(cast, **names):
    fields = {"slug": "new", "name_ja": "新銀行", "kind": "regional_bank", **names}
    return actions.create_organisation(cast.actor("hub_op"), **fields)


def group(cast, **names):
    return actions.create_group(
        cast.actor("hub_op"), **{"slug": "new", "name_ja": "新部会", "kind": "working_group", **names}
    )


@pytest.mark.parametrize("make", [organisation, group])
@pytest.mark.parametrize(
    ("names", "field", "sentence"),
    [
        ({"name_ja": "新\u202e銀行"}, "name_ja", UNSEEN),
        ({"name_ja": "新\u2066銀行\u2069"}, "name_ja", UNSEEN),
        ({"name_en": "New\u200fBank"}, "name_en", UNSEEN),
        ({"name_en": "New\u200bBank"}, "name_en", UNSEEN),
        ({"name_en": "Аlpha Bank"}, "name_en", MIXED),
        ({"name_ja": "新" * 10_000}, "name_ja", TOO_LONG),
        ({"name_en": "n" * 10_000}, "name_en", TOO_LONG),
        ({"name_ja": " \t\n"}, "name_ja", "This may not be empty."),
    ],
)
def test_name_that_deceives_is_refused_in_one_sentence_and_nothing_is_kept(cast, make, names, field, sentence):
    before = Organisation.objects.count(), Group.objects.count()
    with pytest.raises(InvalidInput) as refused:
        make(cast, **names)
    assert (refused.value.field, refused.value.message) == (field, sentence)
    assert (Organisation.objects.count(), Group.objects.count()) == before


def test_organisation_that_looks_like_another_is_refused_and_the_hub_is_told_which(cast):
    organisation(cast, slug="mini", name_ja="ミニ銀行", name_en="Mini Bank")
    for field, name in (("ja", "ミ二銀行"), ("ja", "ﾐﾆ 銀行"), ("en", "ＭＩＮＩ Bank"), ("en", "mini  bank")):
        with pytest.raises(InvalidInput) as refused:
            organisation(cast, **{f"name_{field}": name})
        assert "is there already" in refused.value.message
    organisation(cast, name_ja="ミニ信託銀行", name_en="Mini Trust")


def test_group_that_looks_like_another_is_refused_but_stays_like_itself(cast):
    first, terms = group(cast, slug="first", name_ja="第1部会"), Terms()
    with pytest.raises(InvalidInput) as refused:
        group(cast, name_ja="第l部会")
    assert (refused.value.field, refused.value.message) == (
        "name_ja",
        "This looks like “第1部会”, which is there already.",
    )
    actions.change_group(cast.actor("hub_op"), group=first, name_ja="第1部会", default_tlp="AMBER", terms=terms)
    second = group(cast, name_ja="第2部会")
    with pytest.raises(InvalidInput):
        actions.change_group(cast.actor("hub_op"), group=second, name_ja="第Ｉ部会", default_tlp="AMBER", terms=terms)


def invite(cast, name):
    admin = cast.actor("a_admin")
    return actions.invite_person(admin, email="new@bank-a.example", name=name, organisation=cast.bank_a)


def test_person_may_have_the_name_of_a_colleague_but_none_that_looks_like_it(cast):
    Person.objects.filter(pk=cast.a1.pk).update(name="二川 ロミ")
    invite(cast, "二川 ロミ")
    for name in ("ニ川 ロミ", "二川 口ミ"):
        with pytest.raises(InvalidInput) as refused:
            invite(cast, name)
        assert refused.value.message == "This looks like “二川 ロミ”, which is there already."
    with pytest.raises(InvalidInput):
        actions.change_profile(cast.actor("a2"), person=cast.a2, name="ニ川 ロミ", language="ja", single_keys=True)
    actions.change_profile(cast.actor("a1"), person=cast.a1, name="ニ川 ロミ", language="ja", single_keys=True)


def test_person_of_another_house_is_no_reason_to_refuse_since_that_would_tell_of_them(cast):
    Person.objects.filter(pk=cast.b1.pk).update(name="二川 ロミ")
    invite(cast, "ニ川 口ミ")


def test_token_has_a_name_that_everybody_sees(cast):
    with pytest.raises(InvalidInput) as refused:
        actions.issue_token(cast.actor("a1"), person=cast.a1, label="si\u202eem", scopes=["signals.read"])
    assert (refused.value.field, refused.value.message) == ("label", UNSEEN)
