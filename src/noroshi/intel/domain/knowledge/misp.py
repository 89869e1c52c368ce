"""MISP's galaxies (ATT&CK among them) and taxonomies, as their packages bring them.

The galaxies hold 45,495 clusters in 107 files, and their own loader takes 15 s; the taxonomies are 181. Half of it
is about firearms, bacteria and job profiles. What a financial CSIRT tags with was chosen; the rest stays out, and so do
the taxonomies of which the product has fields of its own (TLP, PAP, the Admiralty code), lest a tag contradict one.
Read from the files, the 14,600 words that were chosen take 0.2 CPU-seconds.

Licences: the packages BSD-3-Clause; the galaxies' data CC0-1.0 or BSD-2-Clause; ATT&CK by the terms of The MITRE
Corporation, which allow use with its notice (docs/use/share.md has it). Nothing of them is a part of this program.
"""

import json
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from noroshi.intel.domain.knowledge.entries import Entry, Family, shortened

GALAXIES: Final = "pymispgalaxies"
TAXONOMIES: Final = "pytaxonomies"

CHOSEN_GALAXIES: Final = (
    "mitre-attack-pattern", "mitre-intrusion-set", "mitre-malware", "mitre-tool", "mitre-course-of-action",
    "mitre-d3fend", "mitre-atlas-attack-pattern", "attck4fraud", "threat-actor", "microsoft-activity-group",
    "malpedia", "ransomware", "banker", "stealer", "rat", "botnet", "android", "tool", "backdoor", "exploit-kit",
    "tds", "cryptominers", "branded_vulnerability", "o365-exchange-techniques", "atrm", "first-dns", "gsma-motif",
    "interpol-dwva", "rsit", "sector", "target-information", "country",
)  # fmt: skip
CHOSEN_TAXONOMIES: Final = (
    "rsit", "phishing", "financial", "gsma-fraud", "ransomware", "ransomware-roles", "malware_classification",
    "kill-chain", "unified-kill-chain", "unified-ransomware-kill-chain", "ddos", "dark-web", "carding",
    "cryptocurrency-threat", "social-engineering-attack-vectors", "infoleak", "enisa", "europol-incident", "veris",
    "common-taxonomy", "circl", "estimative-language", "dga", "domain-abuse", "adversary", "cti", "diamond-model",
    "vulnerability", "incident-disposition", "maec-malware-capabilities", "maec-delivery-vectors", "nis2", "pentest",
    "access-method", "interception-method", "threats-to-dns", "event-classification", "economical-impact",
)  # fmt: skip


def is_installed() -> bool:
    """Whether both packages are there: they are an extra of the program."""
    return all(find_spec(package) is not None for package in (GALAXIES, TAXONOMIES))


def edition() -> str:
    """Return which edition of both is installed."""
    return f"{GALAXIES} {version(GALAXIES)}, {TAXONOMIES} {version(TAXONOMIES)}"


def entries() -> Iterator[Entry]:
    """Read the chosen galaxies and taxonomies."""
    folder = _folder(GALAXIES) / "misp-galaxy" / "clusters"
    for name in CHOSEN_GALAXIES:
        yield from galaxy_entries(json.loads((folder / f"{name}.json").read_bytes()))
    for name in CHOSEN_TAXONOMIES:
        path = _folder(TAXONOMIES) / "misp-taxonomies" / name / "machinetag.json"
        yield from taxonomy_entries(json.loads(path.read_bytes()))


def _folder(package: str) -> Path:
    """Find a package's data without importing it, which would read all of it."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"The package {package} is not installed.")
    return Path(spec.origin).parent / "data"


def galaxy_entries(galaxy: dict[str, Any]) -> Iterator[Entry]:
    """Read the clusters of a galaxy; one that its makers took back is left out."""
    family = Family(galaxy["type"], galaxy["name"])
    for cluster in galaxy["values"]:
        meta = cluster.get("meta", {})
        if cluster.get("revoked") or meta.get("revoked"):
            continue
        yield Entry(
            name=f'misp-galaxy:{family.name}="{cluster["value"]}"',
            family=family,
            title=cluster["value"],
            meaning=shortened(cluster.get("description") or ""),
            synonyms=_texts([*_several(meta.get("synonyms")), *_several(meta.get("external_id"))]),
        )


def taxonomy_entries(taxonomy: dict[str, Any]) -> Iterator[Entry]:
    """Read the tags of a taxonomy: its predicates, or the values of those that have any."""
    family = Family(taxonomy["namespace"], taxonomy.get("expanded") or taxonomy["namespace"])
    values = {each["predicate"]: each["entry"] for each in taxonomy.get("values") or ()}
    for predicate in taxonomy["predicates"]:
        name = f"{family.name}:{predicate['value']}"
        told = _told(predicate)
        entries = values.get(predicate["value"], ())
        if not entries:
            yield Entry(name, family, told, meaning=shortened(predicate.get("description") or ""))
        for entry in entries:
            title = f"{told}: {_told(entry)}"
            yield Entry(f'{name}="{entry["value"]}"', family, title, meaning=shortened(entry.get("description") or ""))


def _told(thing: dict[str, Any]) -> str:
    return str(thing.get("expanded") or thing["value"])


def _several(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _texts(values: Iterable[object]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(value)[:120] for value in values))
