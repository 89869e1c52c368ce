"""Models of the advisories room."""

from noroshi.advisories.models.aliases import ProductAlias
from noroshi.advisories.models.bulletins import Bulletin, Category, Numbering, Template
from noroshi.advisories.models.catalogues import CatalogueChange, CatalogueState, ChangeKind
from noroshi.advisories.models.counts import CountsAgreement, MemberCounts
from noroshi.advisories.models.daily import Sheet, SheetMark, WatchedWord
from noroshi.advisories.models.decision_tables import DecisionTable, TableChoice
from noroshi.advisories.models.explainers import Explainer, Picture, ReviewComment, Serial
from noroshi.advisories.models.findings import Finding, FindingStage
from noroshi.advisories.models.inquiries import Inquiry, InquiryMessage, InquiryState, PublishedAnswer
from noroshi.advisories.models.magazine import (
    Delivery,
    DeliveryState,
    Mailing,
    MailingKind,
    MailingLanguage,
    MailingList,
    MailingStage,
    ReturnedMail,
    Standing,
    Subscriber,
)
from noroshi.advisories.models.match_runs import MatchRun
from noroshi.advisories.models.reviewed import Reviewed, ReviewedText
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
from noroshi.advisories.models.triage import (
    JoinedBy,
    Membership,
    Priority,
    RoutingRule,
    RoutingWay,
    Step,
    Story,
    StoryState,
    StoryStep,
)
from noroshi.advisories.models.vex import VexDocument
from noroshi.advisories.models.vulnerabilities import Exploitation, Level, Mention, Vulnerability, VulnerabilityName
from noroshi.advisories.models.watch_terms import HitStage, TermKind, WatchHit, WatchTerm

__all__ = [
    "REASONS",
    "Asset",
    "Bulletin",
    "CatalogueChange",
    "CatalogueState",
    "Category",
    "ChangeKind",
    "CountsAgreement",
    "DeadLetter",
    "DecisionTable",
    "Delivery",
    "DeliveryState",
    "EnabledRules",
    "Explainer",
    "Exploitation",
    "Exposure",
    "Fetch",
    "Finding",
    "FindingStage",
    "HitStage",
    "Importance",
    "Inquiry",
    "InquiryMessage",
    "InquiryState",
    "Inventory",
    "Item",
    "JoinedBy",
    "LetterState",
    "Level",
    "Mailing",
    "MailingKind",
    "MailingLanguage",
    "MailingList",
    "MailingStage",
    "Match",
    "MatchRun",
    "MatchStage",
    "MemberCounts",
    "Membership",
    "Mention",
    "Numbering",
    "Origin",
    "Outcome",
    "PackRule",
    "Picture",
    "Priority",
    "ProductAlias",
    "PublishedAnswer",
    "ReturnedMail",
    "ReviewComment",
    "Reviewed",
    "ReviewedText",
    "Revision",
    "RoutingRule",
    "RoutingWay",
    "RulePack",
    "Serial",
    "Sheet",
    "SheetMark",
    "Source",
    "SourceState",
    "Standing",
    "Step",
    "StepKind",
    "Story",
    "StoryState",
    "StoryStep",
    "Subscriber",
    "TableChoice",
    "TaskStep",
    "Template",
    "TermKind",
    "VexDocument",
    "Vulnerability",
    "VulnerabilityName",
    "WatchHit",
    "WatchTerm",
    "WatchedWord",
]
