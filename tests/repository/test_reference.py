"""The maker of the reference pages, tried on a small command line."""

import click
import reference


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def beacon():
    """Light the beacon."""


@beacon.group()
def fire():
    """Fires."""


@fire.command()
@click.argument("place")
@click.option("--smoke", is_flag=True, help="With wolf dung.")
def light(place, smoke):
    """Light one."""


@beacon.command(hidden=True)
def secret():
    """Not for the page."""


def test_commands_when_walked_then_groups_come_before_what_they_hold_and_hidden_ones_stay_out():
    assert [name for name, _, _ in reference.commands(beacon)] == ["noroshi", "noroshi fire", "noroshi fire light"]


def test_commands_page_when_made_then_each_command_shows_its_own_help():
    page = reference.commands_page(beacon)

    assert [line for line in page.splitlines() if line.startswith("## ")] == [
        "## noroshi",
        "## noroshi fire",
        "## noroshi fire light",
    ]
    light_help = """Usage: noroshi fire light [OPTIONS] PLACE

  Light one.

Options:
  --smoke     With wolf dung.
  -h, --help  Show this message and exit."""
    assert page.count(light_help) == 1


def test_table_when_a_cell_holds_a_bar_then_it_stays_one_cell():
    assert reference._table(("a", "b"), [("x|y", "z")]) == "| a | b |\n| --- | --- |\n| x\\|y | z |"


def test_stale_when_a_page_was_edited_by_hand_then_it_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(reference, "FOLDER", tmp_path)
    monkeypatch.setattr(reference, "pages", lambda: {"a.md": "as the code says\n", "b.md": "b\n", "c.md": "c\n"})
    reference.write()
    (tmp_path / "a.md").write_text("as somebody hoped\n")
    (tmp_path / "b.md").unlink()

    assert reference.stale() == ["a.md", "b.md"]
    assert reference.write() == ["a.md", "b.md"]
    assert reference.stale() == []
