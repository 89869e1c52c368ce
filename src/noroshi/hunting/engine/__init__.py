"""The hunting engine: logs in, hits out. It knows no Django; `Lake` is its only door."""

from noroshi.hunting.engine.lake import Lake, is_slug
from noroshi.hunting.engine.reasons import FileReason, LakeError, LineReason, NeedleReason, PartProblem
from noroshi.hunting.engine.records import (
    CompactReport,
    Hit,
    HuntProgress,
    HuntResult,
    IngestReport,
    Needle,
    NeedleType,
    Progress,
    QuarantinedLine,
    Reading,
    Reference,
    Removed,
    SourceStatus,
    VerifyReport,
)

__all__ = [
    "CompactReport",
    "FileReason",
    "Hit",
    "HuntProgress",
    "HuntResult",
    "IngestReport",
    "Lake",
    "LakeError",
    "LineReason",
    "Needle",
    "NeedleReason",
    "NeedleType",
    "PartProblem",
    "Progress",
    "QuarantinedLine",
    "Reading",
    "Reference",
    "Removed",
    "SourceStatus",
    "VerifyReport",
    "is_slug",
]
