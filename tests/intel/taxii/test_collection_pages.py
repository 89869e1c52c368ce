"""The page of the collections, as people read it."""

from factories.stix_store import indicator
from factories.taxii import client_of
from noroshi.intel.queries import collections_for

ADDRESS = "/intel/collections/"


def text_of(cast, name, language="en"):
    return cast.client(name, language).get(ADDRESS).content.decode()


def test_page_when_opened_then_it_has_each_collection_with_its_address_and_no_other(cast):
    page = text_of(cast, "a1")
    for each in collections_for(cast.actor("a1")):
        assert f"http://testserver/taxii2/root/collections/{each.id}/" in page
    assert page.count("/taxii2/root/collections/") == 3
    assert "No token opens TAXII yet." in page
    assert text_of(cast, "i1").count("/taxii2/root/collections/") == 2


def test_page_when_programs_have_asked_then_it_says_when_and_how_much_to_those_who_hold_them(cast):
    machine = client_of(cast, "bank_a")
    machine.post(indicator(), indicator())
    machine.ids("everything", limit=1)
    machine.ids("everything")
    admin, colleague = text_of(cast, "a_admin"), text_of(cast, "a1")
    row = admin[admin.index("Programs that ask</h2>") :]
    assert ("siem" in row, "Everything you may see" in row, ">3<" in row) == (True, True, True)
    assert "No token opens TAXII yet." in colleague


def test_page_when_a_supervisor_or_a_visitor_asks_then_it_is_not_there(cast, client):
    assert cast.client("sup").get(ADDRESS).status_code == 404
    assert client.get(ADDRESS).status_code == 302


def test_page_when_more_tokens_ask_then_the_database_is_asked_as_often(cast, django_assert_num_queries):
    browser = cast.client("a_admin")
    browser.get(ADDRESS)
    for more in (1, 2):
        for _ in range(more):
            client_of(cast, "bank_a").ids()
        with django_assert_num_queries(11):
            browser.get(ADDRESS)
