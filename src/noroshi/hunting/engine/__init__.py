"""The hunting engine: logs in, hits out. It knows no Django; `Lake` is its only door."""

from noroshi.hunting.engine.lake import Lake, is_slug
from noroshi.hunting.engine.reasons import FileReason, LakeError, LineReason, NeedleReason
from noroshi.hunting.engine.records import (
    Hit,
    HuntResult,
    IngestReport,
    Needle,
    NeedleType,
    Progress,
    QuarantinedLine,
    Reading,
    Reference,
    SourceStatus,
)

__all__ = [
    "FileReason",
    "Hit",
    "HuntResult",
    "IngestReport",
    "Lake",
    "LakeError",
    "LineReason",
    "Needle",
    "NeedleReason",
    "NeedleType",
    "Progress",
    "QuarantinedLine",
    "Reading",
    "Reference",
    "SourceStatus",
    "is_slug",
]
