"""Signed CSAF: read where the signature is by a key that the provider names."""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from factories.web import Page, web
from noroshi.advisories import actions
from noroshi.advisories.actions import SourceSaid
from noroshi.advisories.actions import csaf_providers as acting
from noroshi.advisories.actions.signatures import Keys
from noroshi.advisories.domain.csaf_providers import TRUSTED, Signing, signing_of
from noroshi.advisories.domain.openpgp import unarmoured
from noroshi.advisories.models import DeadLetter, Item, Source

pytestmark = pytest.mark.django_db


class Signer:
    """A key of somebody, in a folder of its own: the path to its agent's socket has to be short."""

    def __init__(self, folder, name):
        self.folder = folder
        self.said("--quick-gen-key", "--passphrase", "", name, "ed25519", "sign", "never")
        self.key = self.said("--armor", "--export", name)
        lines = self.said("--with-colons", "--list-keys").decode().splitlines()
        self.fingerprint = next(line.split(":")[9] for line in lines if line.startswith("fpr"))

    def said(self, *words, body=b""):
        program = ["gpg", "--homedir", self.folder, "--batch", "--pinentry-mode", "loopback", *words]
        return subprocess.run(program, input=body, capture_output=True, check=True).stdout

    def sign(self, body):
        return self.said("--armor", "--detach-sign", body=body)


@pytest.fixture(scope="module")
def signers():
    if not (shutil.which("gpg") and shutil.which("gpgv")):
        pytest.skip("no GnuPG here: apt install gnupg")
    folders = [tempfile.mkdtemp(prefix="pgp") for _each in range(2)]
    yield [Signer(folder, name) for folder, name in zip(folders, ("vendor", "stranger"), strict=True)]
    for folder in folders:
        subprocess.run(["gpgconf", "--homedir", folder, "--kill", "all"], check=False)
        shutil.rmtree(Path(folder), ignore_errors=True)


def document(name, title="A thing"):
    publisher = {"namespace": "https://example.com", "name": "E"}
    return json.dumps({"document": {"title": title, "publisher": publisher, "tracking": {"id": name}}}).encode()


class Provider:
    def __init__(self, site):
        self.site = site
        self.names = []

    def publish(self, name, signature=None, *, title="A thing"):
        path = f"/{name.lower()}.json"
        self.names.append(path)
        self.site.pages[path] = Page(document(name, title))
        self.site.pages[f"{path}.asc"] = Page(signature) if signature else Page(status=404)
        entries = [{"updated": "2026-11-01T00:00:00Z", "content": {"src": self.site.at(each)}} for each in self.names]
        self.site.pages["/feed.json"] = Page(json.dumps({"feed": {"entry": entries}}).encode())

    def metadata(self, signer, role="csaf_provider", *, pin=""):
        self.site.pages["/key.asc"] = Page(signer.key)
        key = {"url": self.site.at("/key.asc"), "fingerprint": pin or signer.fingerprint}
        feeds = [{"tlp_label": "WHITE", "url": self.site.at("/feed.json")}]
        said = {"role": role, "public_openpgp_keys": [key], "distributions": [{"rolie": {"feeds": feeds}}]}
        self.site.pages["/provider-metadata.json"] = Page(json.dumps(said).encode())


@pytest.fixture
def provider():
    with web() as site:
        yield Provider(site)


@pytest.fixture
def collect(cast, provider):
    def collected():
        source = Source.everything.first()
        if source is None:
            site = provider.site
            said = SourceSaid(
                "CSAF", "csaf", site.at("/provider-metadata.json"), ports=(site.port,), networks=("127.0.0.0/8",),
                gap_seconds=0,
            )  # fmt: skip
            source = actions.add_source(cast.actor("hub_op"), said=said)
            actions.switch_source(cast.actor("hub_op"), source, on=True)
        (fetch,) = actions.collect(Source.everything.get(pk=source.pk))
        return fetch

    return collected


def told():
    return sorted(
        (letter.name.rpartition("/")[2], letter.detail) for letter in DeadLetter.objects.filter(reason="signature")
    )


def names():
    return sorted(name.rpartition("/")[2] for name in Item.objects.values_list("native_id", flat=True))


def test_only_what_is_signed_by_the_provider_is_read(provider, collect, signers):
    vendor, stranger = signers
    provider.metadata(vendor)
    provider.publish("EX-1", vendor.sign(document("EX-1")))
    provider.publish("EX-2", vendor.sign(document("EX-2")), title="Forged")
    provider.publish("EX-3", stranger.sign(document("EX-3")))
    provider.publish("EX-4", b"no signature")
    provider.publish("EX-5")
    fetch = collect()
    assert (fetch.new, fetch.refused, names()) == (2, 3, ["EX-1", "EX-5"])
    assert told() == [
        ("ex-2.json", "the signature is of something else"),
        ("ex-3.json", "the signature is by a key that the provider does not name"),
        ("ex-4.json", "it is no signature"),
    ]
    assert [path for path, _headers in provider.site.asked].count("/key.asc") == 1


def test_who_has_to_sign_is_not_read_without(provider, collect, signers):
    vendor, _stranger = signers
    provider.metadata(vendor, TRUSTED)
    provider.publish("EX-1", vendor.sign(document("EX-1")))
    provider.publish("EX-2")
    collect()
    assert (names(), told()) == (["EX-1"], [("ex-2.json", "it is not signed, as by the provider's role it must be")])


def test_a_key_that_is_another_than_the_metadata_say_signs_nothing(provider, collect, signers):
    vendor, stranger = signers
    provider.metadata(stranger, pin=vendor.fingerprint)
    provider.publish("EX-1", stranger.sign(document("EX-1")))
    collect()
    assert (names(), told()) == ([], [("ex-1.json", "the signature is by a key that the provider does not name")])


def test_without_any_of_its_keys_a_provider_is_not_read(provider, collect, signers):
    provider.metadata(signers[0])
    provider.publish("EX-1", signers[0].sign(document("EX-1")))
    provider.site.pages["/key.asc"] = Page(status=404)
    fetch = collect()
    assert (fetch.outcome, fetch.detail.partition(" http")[0], names()) == (
        "failed", "None of the keys that the provider signs with can be had.", [],
    )  # fmt: skip
    provider.metadata(signers[0])
    assert (collect().new, names()) == (1, ["EX-1"])


def test_where_nothing_checks_signatures_documents_are_read(provider, collect, signers, monkeypatch):
    monkeypatch.setattr(acting, "can_check", lambda: False)
    provider.metadata(signers[0], TRUSTED)
    provider.publish("EX-1", signers[1].sign(document("EX-1")))
    assert (collect().new, told()) == (1, [])


def test_a_signature_is_checked_against_the_keys_given_and_no_others(signers):
    vendor, stranger = signers
    both = Keys(unarmoured(vendor.key + stranger.key))
    assert both.fault_in(b"x", stranger.sign(b"x")) == ""
    assert both.fault_in(b"y", stranger.sign(b"x")) == "the signature is of something else"
    assert Keys(unarmoured(vendor.key)).fault_in(b"x", stranger.sign(b"x")) == (
        "the signature is by a key that the provider does not name"
    )
    assert Keys(b"").fault_in(b"x", stranger.sign(b"x")) != ""


def test_what_metadata_say_of_keys():
    keys = [{"url": "https://a/1", "fingerprint": "ab" * 20}, {"url": "https://a/2"}, {"fingerprint": "cd" * 20}]
    said = signing_of(json.dumps({"role": TRUSTED, "public_openpgp_keys": keys}).encode())
    assert said == Signing(("https://a/1", "https://a/2"), frozenset(), is_due=True)
    assert signing_of(json.dumps({"public_openpgp_keys": keys[:1]}).encode()).fingerprints == {"AB" * 20}
