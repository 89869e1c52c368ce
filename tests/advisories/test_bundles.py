"""Bundles: what one installation fetched stands on another as it came, and nothing of a bundle that was touched."""

import json
import zipfile

import pytest
from click.testing import CliRunner

from noroshi.advisories import actions, raw
from noroshi.advisories.actions import SourceSaid, bundles
from noroshi.advisories.models import Fetch, Item, Origin, Outcome, Source
from noroshi.core.actor import Actor
from noroshi.core.domain.worlds import REAL
from noroshi.core.errors import InvalidInput
from noroshi.core.models import LedgerEntry
from noroshi.core.signing import public_key
from noroshi.site.cli import main

pytestmark = pytest.mark.django_db
FAR = Actor.system("test", world="far")
"""Whoever has the network: what is seen there is not seen here."""


def feed(*names) -> bytes:
    items = "".join(f"<item><title>{name}</title><link>https://n.example/{name}</link></item>" for name in names)
    return f'<rss version="2.0"><channel><title>n</title>{items}</channel></rss>'.encode()


def kev(day, *names) -> bytes:
    said = [{"cveID": name, "vulnerabilityName": name, "dateAdded": "2099-01-01"} for name in names]
    return json.dumps({"dateReleased": f"2099-01-{day:02}T00:00:00Z", "vulnerabilities": said}).encode()


@pytest.fixture
def fetched(db, tmp_path):
    """Take an answer in for a source, as if it had been fetched."""

    def take(name, kind, body, **said):
        source = Source.everything.filter(name=name, world="far").first()
        source = source or actions.add_source(FAR, said=SourceSaid(name, kind, **said))
        file = tmp_path / "answer"
        file.write_bytes(body)
        with file.open("rb") as stream:
            fetch = actions.load_stream(FAR, source, stream, name=f"https://{kind}.example/")
        Fetch.objects.filter(pk=fetch.pk).update(origin=Origin.NET, headers={"content-type": "text/xml"})
        return fetch

    return take


def noroshi(*words):
    return CliRunner().invoke(main, ["advisories", "bundle", *map(str, words)])


def kept() -> list[tuple[str, str, str]]:
    rows = (
        Item.objects.filter(source__world=REAL).select_related("source", "newest").order_by("source__name", "native_id")
    )
    return [(row.source.name, row.native_id, row.newest.title) for row in rows]


@pytest.fixture
def bundle(fetched, tmp_path):
    """A bundle of two sources; the bytes of its answers are no longer kept, so that they come from it alone."""
    fetched("News", "feed", feed("one"), zone="Asia/Tokyo", terms="https://n.example/terms", url="https://n.example/")
    fetched("KEV", "kev", kev(1, "CVE-2099-0001"))
    fetched("KEV", "kev", kev(2, "CVE-2099-0001", "CVE-2099-0002"))
    file = tmp_path / "far.zip"
    actions.export_bundle(FAR, file)
    for name in set(Fetch.objects.values_list("digest", flat=True)):
        raw.remove(name)
    return file


def test_what_was_fetched_elsewhere_stands_here_and_is_taken_in_once(bundle):
    said = noroshi("import", "--key", public_key(), bundle)
    assert (said.exit_code, said.stdout) == (
        0,
        "News: 1 new, 0 changed, 0 not read\nKEV: 2 new, 0 changed, 0 not read\n",
    )
    assert kept() == [
        ("KEV", "CVE-2099-0001", "CVE-2099-0001"),
        ("KEV", "CVE-2099-0002", "CVE-2099-0002"),
        ("News", "https://n.example/one", "one"),
    ]
    source = Source.everything.get(name="News", world=REAL)
    assert (source.url, source.zone, source.terms) == ("https://n.example/", "Asia/Tokyo", "https://n.example/terms")
    assert source.enabled is False
    fetches = Fetch.objects.filter(source__world=REAL)
    assert fetches.filter(headers={"content-type": "text/xml"}, origin=Origin.FILE).count() == fetches.count() == 2
    again = noroshi("import", "--key", public_key(), bundle)
    assert (again.exit_code, again.stdout) == (0, "News: known already\nKEV: known already\n")
    assert (fetches.count(), len(kept())) == (2, 3)
    assert LedgerEntry.objects.filter(action="advisories.bundle.imported").count() == 2


def test_a_source_that_may_not_be_asked_from_here_is_read_and_stays_off_until_its_address_is_allowed(fetched, tmp_path):
    near = {"ports": [8443], "networks": ["10.0.0.0/8"]}
    fetched("Inside", "feed", feed("one"), url="https://10.0.0.5:8443/", **near)
    actions.export_bundle(FAR, tmp_path / "b.zip")
    assert (
        noroshi("import", "--key", public_key(), tmp_path / "b.zip").stdout == "Inside: 1 new, 0 changed, 0 not read\n"
    )
    source = Source.everything.get(name="Inside", world=REAL)
    assert (source.url, source.ports, source.networks) == ("https://10.0.0.5:8443/", [], [])
    here = Actor.system("test")
    with pytest.raises(InvalidInput, match=r"port 8443"):
        actions.switch_source(here, source, on=True)
    actions.change_source(here, source, said=SourceSaid("Inside", "feed", url=source.url, **near))
    actions.switch_source(here, source, on=True)
    source.refresh_from_db()
    assert source.enabled is True


def test_all_since_a_moment_comes_in_its_order(fetched, tmp_path):
    fetched("KEV", "kev", kev(1, "CVE-2099-0001"))
    fetched("KEV", "kev", kev(2, "CVE-2099-0001", "CVE-2099-0002"))
    actions.export_bundle(FAR, tmp_path / "b.zip", since=Fetch.objects.earliest("at").at)
    assert noroshi("import", "--key", public_key(), tmp_path / "b.zip").stdout == (
        "KEV: 1 new, 0 changed, 0 not read\nKEV: 1 new, 0 changed, 0 not read\n"
    )


def rewritten(file, name, change):
    """The bundle with one of its members changed."""
    with zipfile.ZipFile(file) as archive:
        members = {each: archive.read(each) for each in archive.namelist()}
    with zipfile.ZipFile(file, "w") as archive:
        for each, body in members.items():
            archive.writestr(each, change(body) if each.startswith(name) else body)


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [
        ("manifest.json", lambda body: body.replace(b"News", b"Olds"), "not signed by a key that is trusted"),
        ("manifest.sig", lambda _body: b"\xff", "not signed by a key that is trusted"),
        ("answers/", lambda body: body + b" ", "is not what the manifest says"),
    ],
)
def test_of_a_bundle_that_was_touched_nothing_is_taken_in(bundle, name, change, reason):
    rewritten(bundle, name, change)
    said = noroshi("import", "--key", public_key(), bundle)
    assert (said.exit_code, reason in said.stderr, kept()) == (3, True, [])


@pytest.mark.parametrize("key", ["00" * 32, "nonsense", ""])
def test_a_bundle_of_somebody_else_is_refused(bundle, key):
    assert (noroshi("import", "--key", key, bundle).exit_code, kept()) == (3, [])


@pytest.mark.parametrize("cut", [0, 10, -30])
def test_half_a_bundle_is_refused(bundle, cut):
    bundle.write_bytes(bundle.read_bytes()[:cut])
    assert (noroshi("import", "--key", public_key(), bundle).exit_code, kept()) == (3, [])


def test_what_was_interrupted_goes_on_where_it_ended(bundle, monkeypatch):
    read_fetch, calls = bundles.read_fetch, []

    def dies_at_the_second(fetch, documents):
        calls.append(fetch)
        if len(calls) > 1:
            raise KeyboardInterrupt
        return read_fetch(fetch, documents)

    monkeypatch.setattr(bundles, "read_fetch", dies_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        actions.import_bundle(Actor.system("test"), bundle, keys=[public_key()])
    assert Fetch.objects.filter(source__world=REAL, outcome=Outcome.READING).count() == 1
    monkeypatch.undo()
    assert noroshi("import", "--key", public_key(), bundle).exit_code == 0
    assert len(kept()) == 3


def test_a_source_of_another_kind_is_not_written_over(bundle):
    actions.add_source(Actor.system("test"), said=SourceSaid("KEV", "cve5"))
    said = noroshi("import", "--key", public_key(), bundle)
    assert (said.exit_code, "KEV" in said.stderr) == (3, True)


def test_an_export_that_fails_leaves_no_file_and_names_what_is_gone(fetched, tmp_path, monkeypatch):
    fetched("News", "feed", feed("one"))
    fetched("KEV", "kev", kev(1, "CVE-2099-0001"))
    raw.remove(Fetch.objects.get(source__name="KEV").digest)
    packed = actions.export_bundle(FAR, tmp_path / "b.zip")
    assert (packed.parts, packed.gone) == (1, 1)
    monkeypatch.setattr(bundles, "signing_key", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        actions.export_bundle(FAR, tmp_path / "c.zip")
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["answer", "b.zip"]


def test_the_key_is_told():
    assert noroshi("key").stdout == f"{public_key()}\n"
