"""A portal as it ships, with its worker, and a real browser in front of it."""

import base64
import hmac
import json
import os
import shutil
import struct
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from factories.shell import fresh_environment
from noroshi.site.demo.stage import free_port

HERE = Path(__file__).parent
SCREENS = HERE.parent / "screens"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PERIOD = 30
USED = {}
"""The counter of the last code that was typed for each secret."""


@pytest.fixture(scope="session")
def portal(tmp_path_factory, migrated):
    """A portal on a free port, in an installation of its own: second factor asked for, mail into files."""
    folder = tmp_path_factory.mktemp("portal")
    port = free_port(0)
    environment = fresh_environment(
        NOROSHI_DATA_DIR=str(folder), NOROSHI_BASE_URL=f"http://localhost:{port}", NOROSHI_LOG_LEVEL="ERROR"
    )

    def noroshi(*arguments):
        command = [sys.executable, "-m", "noroshi.site", *arguments]
        subprocess.run(command, env=environment, check=True, capture_output=True)

    migrated(folder)
    noroshi("manage", "migrate", "--verbosity", "0")
    stage = subprocess.run(
        [sys.executable, str(HERE / "stage.py")], env=environment, check=True, capture_output=True, text=True
    )
    noroshi("lake", "ingest", "--org", "bank_b", "--source", "web", str(write_log(folder / "access.log")))
    with subprocess.Popen([sys.executable, "-m", "noroshi.site", "up", "--port", str(port)], env=environment) as server:
        try:
            wait_for(f"http://localhost:{port}/readyz")
            yield Portal(f"http://localhost:{port}", folder, json.loads(stage.stdout)["people"])
        finally:
            server.terminate()


def write_log(path):
    """A log of bank_b in which the browser tests' address is once, among others."""
    line = '{0} - - [20/Nov/2026:10:{1:02}:00 +0900] "GET /login HTTP/1.1" 200 512 "-" "Mozilla/5.0"\n'
    lines = [line.format(f"100.64.0.{number}", number) for number in range(60)]
    path.write_text("".join(lines) + line.format("45.66.230.9", 30), encoding="utf-8")
    return path


def wait_for(url):
    import httpx

    for _ in range(300):
        try:
            if httpx.get(url).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"{url} never answered")


@dataclass
class Portal:
    """Where the portal is, where its data lies, and who can sign in."""

    url: str
    data: Path
    people: dict


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium, driven without a window."""
    if CHROMIUM is None:
        pytest.skip("no Chromium here: apt install chromium")
    from playwright.sync_api import sync_playwright

    # Its event loop stays with this process: Django would take the tests that come after for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    arguments = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def sit_down(portal, chromium):
    """Somebody sits down at a browser of their own, in a language: `sit_down("a1", "ja")` gives the page."""
    contexts = []

    def open_browser(language, width=1280):
        context = chromium.new_context(base_url=portal.url, locale=language, viewport={"width": width, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
        page.on("console", refuse_violations)
        return page

    yield open_browser
    for context in contexts:
        context.close()


def refuse_violations(message):
    """A violation of the content security policy is a failure."""
    assert "Content Security Policy" not in message.text, message.text


def sign_in(page, person):
    """Sign in by mail address, password and the code of the second factor, as a person does."""
    page.goto("/")
    if page.locator("[name=login]").count() == 0:
        page.goto("/account/login/")
    page.fill("[name=login]", person["email"])
    page.fill("[name=password]", person["password"])
    page.locator("form:has([name=password]) button[type=submit]").click()
    page.fill("[name=code]", code_of(person["secret"]))
    page.locator("form:has([name=code]) button[type=submit]").first.click()
    page.wait_for_url(lambda url: urlsplit(url).path == "/")  # the page of the code ends in a slash too


def code_of(secret):
    """A code that opens now (RFC 6238, SHA-1, six digits): each opens once, so the next one where it has been used.

    Of those to come the next one opens already; for any after it whoever signs in so often has to wait.
    """
    now = int(time.time()) // PERIOD
    counter = max(now, USED.get(secret, now - 1) + 1)
    time.sleep(max(0, (counter - 1) * PERIOD - time.time()))
    USED[secret] = counter
    digest = hmac.digest(base64.b32decode(secret + "=" * (-len(secret) % 8)), struct.pack(">Q", counter), "sha1")
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def picture(page, name):
    """Keep what the page looks like."""
    SCREENS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENS / f"{name}.png")
