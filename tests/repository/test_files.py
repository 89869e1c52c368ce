"""Which files the repository holds, and what no file of it says."""

import hashlib
import re
import tomllib

import pytest

# Written so that no pattern finds itself.
FORBIDDEN = {
    "the address of a package registry": r"pypi[.]org|pythonhosted[.]org|registry[.]npmjs|index[-]url",
    "a path of somebody's machine": r"(?<![\w./-])/(?:root|work|Users/\w+)/",
}
TEXT = (".py", ".toml", ".md", ".lock", ".in", ".html", ".css", ".js", ".po", ".txt", ".yaml", ".json", ".svg", "")


@pytest.mark.parametrize("what", FORBIDDEN)
def test_files_when_read_then_none_holds(tracked, root, what):
    pattern = re.compile(FORBIDDEN[what])
    found = [
        f"{path.relative_to(root)}: {match.group()}"
        for path in tracked
        if path.suffix in TEXT and path.name != ".gitignore"
        if (match := pattern.search(path.read_text(encoding="utf-8", errors="replace")))
    ]

    assert found == []


def test_files_when_listed_then_what_records_addresses_or_is_made_is_not_among_them(tracked, root):
    names = [str(path.relative_to(root)) for path in tracked]

    assert [name for name in names if re.search(r"(^|/)uv\.lock$|\.mo$|\.pyc$|^var/|^build/", name)] == []


def test_vendored_files_when_present_then_a_manifest_names_each_with_version_licence_and_digest(tracked, root):
    vendored = {path for path in tracked if "vendor" in path.relative_to(root).parts and path.name != "manifest.toml"}
    stated = {}
    for manifest in (path for path in tracked if path.name == "manifest.toml" and path.parent.name == "vendor"):
        for entry in tomllib.loads(manifest.read_text())["file"]:
            assert set(entry) == {"name", "version", "licence", "origin", "sha256"}
            stated[manifest.parent / entry["name"]] = entry["sha256"]

    assert stated == {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in vendored}


def test_folders_when_named_then_none_is_a_drawer(root):
    drawers = [
        str(path.relative_to(root))
        for path in (root / "src").rglob("*")
        if path.stem in {"utils", "util", "helpers", "common", "misc"}
    ]

    assert drawers == []


def test_licence_when_read_then_it_is_apache_2(root):
    text = (root / "LICENSE").read_text()

    assert [line.strip() for line in text.splitlines() if line.strip()][:2] == [
        "Apache License",
        "Version 2.0, January 2004",
    ]
    assert "END OF TERMS AND CONDITIONS" in text
