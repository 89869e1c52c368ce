"""What CSAF documents do against the mandatory tests: said of what is read, and never done by what is published."""

import io
import json

import pytest

from factories.audience import COMMUNITY, to_organisation
from noroshi.advisories import actions
from noroshi.advisories.actions import SourceSaid
from noroshi.advisories.domain.csaf_checks import failures
from noroshi.advisories.models import Bulletin, Item, Revision
from noroshi.core.domain.tlp import TLP

pytestmark = pytest.mark.django_db


def wrong(**vulnerability):
    tracking = {"id": "EX-1", "status": "final", "version": "1"}
    history = [{"date": "2026-11-01T00:00:00Z", "number": "1", "summary": "-"}]
    return {
        "document": {
            "category": "csaf_base", "csaf_version": "2.0", "title": "A thing",
            "publisher": {"category": "vendor", "name": "E", "namespace": "https://example.com"},
            "tracking": {**tracking, "revision_history": history},
        },
        "vulnerabilities": [{"cve": "CVE-2099-0001", **vulnerability}],
    }  # fmt: skip


UNKNOWN = {"product_status": {"fixed": ["P<1>"]}}


def loaded(cast, document):
    keeper = cast.actor("hub_op")
    source = actions.add_source(keeper, said=SourceSaid("CSAF", "csaf"))
    return actions.load_stream(keeper, source, io.BytesIO(json.dumps(document).encode()), name="x.json")


@pytest.mark.parametrize(
    ("language", "title"), [("en", "Missing definition of a product ID"), ("ja", "定義のない製品ID")]
)
def test_a_document_that_fails_a_test_is_read_and_its_page_says_so(cast, language, title):
    fetch = loaded(cast, wrong(**UNKNOWN))
    revision = Revision.objects.get()
    assert (fetch.new, fetch.refused, revision.remarks) == (
        1, 0, [["6.1.1", "The product P<1> is named and nowhere defined."]],
    )  # fmt: skip
    text = page(cast, language)
    assert (title in text, "P&lt;1&gt; is named" in text) == (True, True)


def test_a_document_that_fails_none_has_no_remarks(cast):
    loaded(cast, wrong())
    assert (Revision.objects.get().remarks, "rules of its format" in page(cast)) == ([], False)


def test_a_remark_alone_makes_no_new_revision(cast):
    fetch = loaded(cast, wrong())
    again = actions.load_stream(
        cast.actor("hub_op"), fetch.source, io.BytesIO(json.dumps(wrong(cwe={"id": "CWE-0", "name": "x"})).encode()),
        name="y.json",
    )  # fmt: skip
    assert (again.new, again.changed) == (0, 1)  # what it says of the weakness does
    again = actions.load_stream(
        cast.actor("hub_op"), fetch.source,
        io.BytesIO(json.dumps(wrong(cwe={"id": "CWE-0", "name": "y"}, flags=[{"label": "a"}])).encode()), name="z.json",
    )  # fmt: skip
    assert (again.new, again.changed, Revision.objects.count()) == (0, 0, 2)


@pytest.mark.parametrize("tlp", [TLP.CLEAR, TLP.GREEN, TLP.AMBER, TLP.AMBER_STRICT])
def test_what_is_published_fails_none(cast, beginnings, published, sent, tlp):
    entries = (COMMUNITY,) if tlp in (TLP.CLEAR, TLP.GREEN) else (to_organisation(cast.bank_a),)
    names = ["CVE-2099-0001", "CVE-2099-0001", "JVN#12345678", "GHSA-2222-3333-4444"]
    bulletin = published(tlp=tlp, entries=entries, names=names, links=["https://x.example/1"])
    assert failures(document(cast, bulletin)) == []
    for number in range(2, 12):
        draft = actions.renew_bulletin(cast.actor("hub_op"), bulletin)
        Bulletin.everything.filter(pk=draft.pk).update(change=f"{number}版")
        bulletin = sent(Bulletin.everything.get(pk=draft.pk))
    whole = document(cast, bulletin)
    assert (whole["document"]["tracking"]["version"], failures(whole)) == ("11", [])
    actions.withdraw_bulletin(cast.actor("hub_op"), bulletin, reason="誤りでした")
    assert failures(document(cast, bulletin)) == []


def page(cast, language="en"):
    answer = cast.client("hub_op", language).get(f"/advisories/items/{Item.objects.get().pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def document(cast, bulletin):
    answer = cast.client("a1").get(f"/csaf/{bulletin.year}/{bulletin.citation.lower()}.json")
    assert answer.status_code == 200
    return json.loads(answer.content)
