"""Groups from a file: what is read, what is refused, and that a second run changes nothing."""

from contextlib import suppress

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.errors import SourceError
from noroshi.core.models import LedgerEntry
from noroshi.members.actions import write_charter
from noroshi.members.cli import group
from noroshi.members.domain.groups import COLUMNS, Charter, read_groups
from noroshi.members.models import Group
from noroshi.members.queries import charter_of, members_of

HEAD = "slug,kind,name_ja,name_en,default_tlp,joining,open_to,confidential,charter_ja,coordinators,members"
WHOLE = (
    HEAD + "\n"
    "incident,working_group,事案対応WG,Incident response,AMBER,request,,no,"
    '"# 目的\n備える",a1@bank-a.example,b1@bank-b.example\n'
    "regional,community,地域銀行,Regional banks,GREEN,open,regional_bank;trial,no,,,\n"
    "quiet,ad_hoc,調査,,RED,,,yes,,,\n"
)


@pytest.fixture
def file(tmp_path):
    def write(text, encoding="utf-8-sig"):
        path = tmp_path / "groups.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def run(*arguments):
    return CliRunner().invoke(group, [str(argument) for argument in arguments], catch_exceptions=False)


def test_file_when_imported_twice_then_the_second_run_changes_nothing(cast, file):
    path = file(WHOLE)
    assert run("import", path).output == "incident created\nregional created\nquiet created\n"
    written = LedgerEntry.objects.count()
    assert run("import", path).output == "incident unchanged\nregional unchanged\nquiet unchanged\n"
    assert LedgerEntry.objects.count() == written
    made = Group.objects.get(slug="incident")
    assert sorted(person.name for person in members_of(made)) == ["a1", "b1"]
    assert charter_of(made).text_ja == "# 目的\n備える"
    assert Group.objects.get(slug="regional").open_to == ["regional_bank", "trial"]
    assert Group.objects.get(slug="quiet").confidential


def test_file_when_it_says_something_new_then_that_alone_changes(cast, file):
    run("import", file(WHOLE))
    chartered = Group.objects.get(slug="incident")
    write_charter(cast.actor("hub_op"), group=chartered, charter=Charter("# 目的", members_add_documents=True))
    run("import", file(WHOLE))
    assert (charter_of(chartered).text_ja, charter_of(chartered).members_add_documents) == ("# 目的\n備える", True)
    again = run("import", file(WHOLE.replace("地域銀行", "地域金融機関").replace("b1@bank-b", "b2@bank-b")))
    assert again.output == "incident changed\nregional changed\nquiet unchanged\n"
    assert sorted(person.name for person in members_of(Group.objects.get(slug="incident"))) == ["a1", "b1", "b2"]


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("slug,kind\n", 1, "the columns name_ja are missing"),
        (f"{HEAD},colour\n", 1, "no column is called colour"),
        (f"{HEAD}\na,working_group,x\n", 2, "not as many cells"),
        ("slug,kind,name_ja\na,working_group,x\na,working_group,y\n", 3, "line 2 already"),
        ("slug,kind,name_ja\n,working_group,x\n", 2, "slug is empty"),
        ("slug,kind,name_ja\na,club,x\n", 2, "kind: Choose one of"),
        ("slug,kind,name_ja,members\na,ad_hoc,x,nobody@x.example\n", 2, "nobody@x.example is nobody"),
        ("slug,kind,name_ja,confidential\na,ad_hoc,x,perhaps\n", 2, "confidential is yes or no"),
        ('slug,kind,name_ja\na,ad_hoc,"x\n', 1, "no CSV"),
    ],
)
def test_file_when_something_is_wrong_then_its_line_is_named_and_nothing_is_kept(cast, file, text, line, sentence):
    with pytest.raises(SourceError) as refused:
        run("import", file(text))
    assert (refused.value.line, sentence in str(refused.value)) == (line, True)
    assert list(Group.objects.values_list("slug", flat=True)) == ["wg_incident"]


def test_file_when_not_utf_8_or_too_large_then_it_is_refused(cast, file):
    for path in (file(WHOLE, "cp932"), file("x" * 1_000_001)):
        with pytest.raises(SourceError):
            run("import", path)


@given(st.text(max_size=200))
def test_reader_when_given_anything_then_it_answers_with_lines_or_one_error(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("any") / "groups.csv"
    path.write_bytes((",".join(COLUMNS) + "\n" + text).encode("utf-8", "surrogatepass"))
    lines = []
    with suppress(SourceError):
        lines = read_groups(path)
    assert all(line.slug and line.kind and line.name_ja for line in lines)


def test_group_when_made_on_the_command_line_then_it_is_listed(cast):
    answer = run("create", "quiet", "--kind", "ad_hoc", "--name-en", "Quiet", "--tlp", "RED", "--confidential")
    assert answer.output == "group quiet created (ad_hoc, invitation)\n"
    listed = run("list").output.splitlines()
    assert listed == [
        "quiet\tad_hoc\tinvitation\t0\tQuiet\tconfidential",
        "wg_incident\tworking_group\tinvitation\t3\twg_incident",
    ]
