"""Dependencies: each with its reason, each locked with a hash, the locks in step with the list."""

import re
import tomllib

import pytest

LOCKS = ("runtime", "dev", "build", "spark")


def _name(requirement):
    return re.sub(r"[-_.]+", "-", re.match(r"[A-Za-z0-9._-]+", requirement).group()).lower()


def _lock(root, name):
    return (root / "requirements" / f"{name}.lock").read_text()


def _locked(text):
    return {_name(line): line for line in text.splitlines() if re.match(r"[A-Za-z0-9]", line)}


def _project(root):
    return tomllib.loads((root / "pyproject.toml").read_text())


def test_dependencies_when_listed_then_a_comment_above_says_what_for(root):
    reason, bare = "", []
    for line in (root / "pyproject.toml").read_text().partition("[project.scripts]")[0].splitlines():
        text = line.strip()
        if text.startswith("#"):
            reason = text
        elif not text or text.endswith("["):
            reason = reason if text and "[" in text and reason else ""
        elif re.match(r'"[A-Za-z][\w.-]*(\[|>|<|=|"|,)', text) and not reason:
            bare.append(text)

    assert bare == []


@pytest.mark.parametrize("name", LOCKS)
def test_lock_when_read_then_every_package_is_pinned_with_a_hash_and_nothing_has_an_address(root, name):
    text = _lock(root, name)
    unpinned = [line for line in _locked(text).values() if not re.search(r"==[^ ]+.* \\$", line)]

    assert (unpinned, "://" in text) == ([], False)
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", text)) >= len(_locked(text))


def test_locks_when_compared_with_the_project_then_nothing_is_left_out(root):
    project = _project(root)
    runtime = {_name(each) for each in project["project"]["dependencies"]}
    dev = runtime | {_name(each) for each in project["dependency-groups"]["dev"] if isinstance(each, str)}

    assert (runtime - set(_locked(_lock(root, "runtime"))), dev - set(_locked(_lock(root, "dev")))) == (set(), set())


def test_locks_when_compared_with_each_other_then_one_package_has_one_version(root):
    dev = _locked(_lock(root, "dev"))
    others = [_locked(_lock(root, name)) for name in LOCKS if name != "dev"]
    pairs = [(line, dev[name]) for lock in others for name, line in lock.items() if name in dev]

    assert [pair for pair in pairs if len({line.partition(" ")[0] for line in pair}) > 1] == []
