"""The page about the API, run as a newcomer would: its shell by bash, its calls by the portal, its answers compared.

`curl` is one that asks this process, so that the page's calls meet the data of the test.
"""

import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

import pytest

from factories.program import program_of
from noroshi.core import clock
from noroshi.members.actions import appoint_coordinator
from noroshi.members.domain.scopes import Scope
from noroshi.notify.domain.webhooks import new_secret, signature
from noroshi.sharing import actions
from noroshi.sharing.domain.content import Content
from noroshi.sharing.models import Signal

PAGES: Final = ("docs/use/api.md", "docs/use/api.ja.md")
BLOCK: Final = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
CURL: Final = """#!{python}
import json, os, socket, sys
call = {{"method": "", "headers": {{}}, "body": None, "url": ""}}
given = iter(sys.argv[1:])
for word in given:
    match word:
        case "-s": pass
        case "-X": call["method"] = next(given)
        case "-H":
            name, _colon, value = next(given).partition(": ")
            call["headers"][name] = value
        case "-d" | "--data-binary":
            text = next(given)
            call["body"] = open(text[1:]).read() if text.startswith("@") else text
        case "-F":
            name, _equals, text = next(given).partition("=")
            file = text[1:] if text.startswith("@") else ""
            head = f'; filename="{{file}}"' if file else ""
            field = f'--edge\\r\\nContent-Disposition: form-data; name="{{name}}"{{head}}\\r\\n\\r\\n'
            call["body"] = (call["body"] or "--edge--").removesuffix("--edge--")
            call["body"] += f"{{field}}{{open(file).read() if file else text}}\\r\\n--edge--"
            call["headers"]["Content-Type"] = "multipart/form-data; boundary=edge"
        case _: call["url"] = word
with socket.socket(socket.AF_UNIX) as line:
    line.connect(os.environ["PORTAL"])
    line.sendall(json.dumps(call).encode() + b"\\n")
    with line.makefile() as answer:
        sys.stdout.write(answer.read())
"""


def blocks(root, page: str) -> list[tuple[str, str]]:
    return BLOCK.findall((root / page).read_text(encoding="utf-8"))


@pytest.fixture
def shell(cast, root, tmp_path):
    """Run a script; return what it printed, and each call's status with what it answered."""
    program = program_of(cast, "b1")
    (tmp_path / "curl").write_text(CURL.format(python=sys.executable))
    (tmp_path / "curl").chmod(0o700)
    address = str(tmp_path / "portal")
    answers: list[tuple[int, Any]] = []

    def answer(line: socket.socket) -> None:
        with line, line.makefile() as asked:
            call = json.loads(asked.readline())
            path = call["url"].removeprefix("https://portal.example")
            method = call["method"] or ("POST" if call["body"] is not None else "GET")
            kind = call["headers"].pop("Content-Type", "application/json")
            call["headers"].pop("Authorization")
            found = program.call(method, path, call["body"] or "", kind, **call["headers"])
            is_json = "json" in found.headers.get("Content-Type", "")
            answers.append((found.status_code, found.json() if is_json else None))
            line.sendall(found.content + b"\n")

    def run(script: str, **more: str) -> tuple[str, list[tuple[int, Any]]]:
        answers.clear()
        known = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PORTAL": address, "TOKEN": "nrs_none", **more}
        with socket.socket(socket.AF_UNIX) as portal:
            portal.bind(address)
            portal.listen()
            portal.settimeout(0.05)
            process = subprocess.Popen(
                ["bash", "-euc", script], env=known, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
            )
            while process.poll() is None:
                try:
                    answer(portal.accept()[0])
                except TimeoutError:
                    continue
        Path(address).unlink()
        with process:
            told = process.stdout.read().decode()
        assert process.returncode == 0, told
        return told, list(answers)

    return run


def is_like(shown: Any, real: Any) -> bool:
    """Whether what the page shows is what came, as far as it shows it: "..." and {} stand for anything."""
    if shown in ("...", {}):
        return real is not None
    if isinstance(shown, dict):
        return isinstance(real, dict) and all(key in real and is_like(value, real[key]) for key, value in shown.items())
    if isinstance(shown, list):
        return isinstance(real, list) and all(any(is_like(one, other) for other in real) for one in shown)
    return shown == real


VARYING: Final = ("reference", "next", "kind", "tlp")
"""What the first list shows of some signal, and what is another here."""


def test_page_when_followed_line_by_line_then_every_call_answers_as_shown(cast, root, shell):
    for number in range(3):
        words = Content("phishing", "customer", f"Signal {number}", "quokka")
        actions.share_signal(cast.actor("a1"), content=words, marking=actions.usual_marking(None))
    appoint_coordinator(cast.actor("hub_op"), group=cast.wg_incident, person=cast.b1)
    found = [block for block in blocks(root, PAGES[0]) if block[0] in {"sh", "json"}]
    scripts = [text for kind, text in found if kind == "sh" and "WEBHOOK" not in text]
    start = scripts[0].replace("TOKEN=nrs_...", 'TOKEN="$TOKEN"')
    told, answers = shell(start + "\n".join(scripts[1:]))
    statuses = [status for status, _answer in answers]
    assert statuses.count(422) == 1  # the page's own mistake
    assert set(statuses) == {200, 201, 202, 422}
    shown = [json.loads(text) for kind, text in found if kind == "json"]
    for one in shown:
        for line in one.get("items", []):
            for name in VARYING:
                line.pop(name, None)
        one.pop("next", None)
        assert any(is_like(one, answer) for _status, answer in answers), one
    references = set(Signal.everything.filter(state="published").values_list("pk", flat=True))
    assert len(re.findall(r"^S-[0-9A-F]{8}$", told, re.MULTILINE)) == len(references) == 5
    made = [status for status, _ in answers if status == 201]
    assert len(made) == 5  # shared, drafted, said, added to the group, and shared again: one


def test_page_when_a_message_of_a_webhook_comes_then_both_recipes_tell_it_from_a_forged_one(root, shell, tmp_path):
    (recipe,) = [text for kind, text in blocks(root, PAGES[0]) if kind == "python"]
    (script,) = [text for kind, text in blocks(root, PAGES[0]) if kind == "sh" and "WEBHOOK" in text]
    namespace: dict[str, Any] = {}
    exec(recipe, namespace)
    secret, now, body = new_secret(), clock.now(), b'{"type": "signal.published"}'
    moment = str(int(now.timestamp()))
    signed = signature(secret, "msg_1", now, body)
    old = str(int(time.time()) - 301)
    for content, stamp, genuine in ((body, moment, True), (body + b" ", moment, False), (body, old, False)):
        headers = {"webhook-id": "msg_1", "webhook-timestamp": stamp, "webhook-signature": signed}
        assert namespace["verify"](secret, headers, content) is genuine
        (tmp_path / "message.json").write_bytes(content)
        known = {"SECRET": secret, **{name.upper().replace("-", "_"): value for name, value in headers.items()}}
        told, _calls = shell(script + "\ntrue" if genuine else f"({script}) || true", **known)
        assert ("genuine" in told) is genuine


def test_pages_when_in_both_languages_then_they_run_the_same_and_have_the_same_parts(root):
    english, japanese = ((root / page).read_text(encoding="utf-8") for page in PAGES)
    assert BLOCK.findall(english) == BLOCK.findall(japanese)
    assert re.findall(r"^#+", english, re.MULTILINE) == re.findall(r"^#+", japanese, re.MULTILINE)


def test_scopes_when_the_page_lists_them_then_all_of_the_room_are_there(root):
    text = (root / PAGES[0]).read_text(encoding="utf-8")
    others = ("hunting", "taxii", "feeds", "subscriptions", "webhooks")
    assert [scope for scope in Scope if not scope.startswith(others) and f"`{scope}`" not in text] == []
