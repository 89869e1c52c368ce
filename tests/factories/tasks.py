"""What an institution runs and what hits it, as tests want them."""

import json

from noroshi.advisories import actions, queries
from noroshi.advisories.actions import SourceSaid
from noroshi.advisories.models import Match, Source
from noroshi.core.actor import Actor
from noroshi.core.domain.worlds import REAL

HEADINGS = "asset_id,name,exposure,importance,vendor,product,version\n"
FIREWALL = "A001,境界FW,open,very high,Quokka,Gate,7.2.4\n"
LIST = HEADINGS + FIREWALL


def tell(folder, number=1001, *, vendor="Quokka", product="Gate", below="7.2.5", title="t") -> None:
    """Let a source say that versions of a product below one are affected by CVE-2099-`number`."""
    source = Source.everything.filter(name="CVEs").first()
    source = source or actions.add_source(Actor.system("test"), said=SourceSaid("CVEs", "cve5"))
    span = {"version": "0", "status": "affected", "versionType": "semver", "lessThan": below}
    affected = {"vendor": vendor, "product": product, "defaultStatus": "unaffected", "versions": [span]}
    cna = {"title": title, "descriptions": [{"lang": "en", "value": "d"}], "affected": [affected]}
    meta = {"cveId": f"CVE-2099-{number}", "state": "PUBLISHED"}
    whole = {"dataType": "CVE_RECORD", "dataVersion": "5.1", "cveMetadata": meta, "containers": {"cna": cna}}
    file = folder / f"{number}.json"
    file.write_text(json.dumps(whole))
    actions.load_file(Actor.system("test"), source, file)


def read_in(cast, name="a1", text=LIST, called="基幹"):
    """Read in a list and hold it against what is known."""
    inventory = actions.read_in(cast.actor(name), name=called, body=text.encode())
    actions.match_inventories(inventory.organisation_id, REAL)
    return inventory


def task_of(cast, name="a1", number=1001) -> Match:
    """Return the one match of a person's organisation that is of CVE-2099-`number`."""
    return queries.matches_for(cast.actor(name)).get(vulnerability__name=f"CVE-2099-{number}")
