"""The rules that come with the program."""

from functools import cache
from importlib.resources import files

from noroshi.hunting.engine.detections.reading import read_rules
from noroshi.hunting.engine.detections.rules import Rule


@cache
def starting_pack() -> tuple[tuple[str, bytes], ...]:
    """Return the files of the pack: name and content, by name."""
    found = files("noroshi.hunting.engine.detections.pack")
    rule_files = sorted(file.name for file in found.iterdir() if file.name.endswith(".yml"))
    return tuple((name, found.joinpath(name).read_bytes()) for name in rule_files)


@cache
def pack_rules() -> tuple[Rule, ...]:
    """Return the rules of the pack, by file."""
    return tuple(rule for _name, content in starting_pack() for rule in read_rules(content))
