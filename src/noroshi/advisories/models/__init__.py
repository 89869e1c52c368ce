"""Models of the advisories room."""

from noroshi.advisories.models.bulletins import Bulletin, Category, Numbering, Template
from noroshi.advisories.models.catalogues import CatalogueChange, CatalogueState, ChangeKind
from noroshi.advisories.models.daily import Sheet, SheetMark, WatchedWord
from noroshi.advisories.models.inquiries import Inquiry, InquiryMessage, InquiryState, PublishedAnswer
from noroshi.advisories.models.match_runs import MatchRun
from noroshi.advisories.models.rule_packs import EnabledRules, PackRule, RulePack
from noroshi.advisories.models.sources import (
    REASONS,
    DeadLetter,
    Fetch,
    Item,
    LetterState,
    Origin,
    Outcome,
    Revision,
    Source,
    SourceState,
)
from noroshi.advisories.models.tasks import (
    Asset,
    Exposure,
    Importance,
    Inventory,
    Match,
    MatchStage,
    StepKind,
    TaskStep,
)
from noroshi.advisories.models.vulnerabilities import Exploitation, Level, Mention, Vulnerability, VulnerabilityName

__all__ = [
    "REASONS",
    "Asset",
    "Bulletin",
    "CatalogueChange",
    "CatalogueState",
    "Category",
    "ChangeKind",
    "DeadLetter",
    "EnabledRules",
    "Exploitation",
    "Exposure",
    "Fetch",
    "Importance",
    "Inquiry",
    "InquiryMessage",
    "InquiryState",
    "Inventory",
    "Item",
    "LetterState",
    "Level",
    "Match",
    "MatchRun",
    "MatchStage",
    "Mention",
    "Numbering",
    "Origin",
    "Outcome",
    "PackRule",
    "PublishedAnswer",
    "Revision",
    "RulePack",
    "Sheet",
    "SheetMark",
    "Source",
    "SourceState",
    "StepKind",
    "TaskStep",
    "Template",
    "Vulnerability",
    "VulnerabilityName",
    "WatchedWord",
]
