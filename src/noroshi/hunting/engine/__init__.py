"""The hunting engine: logs in, hits out. It knows no Django; `Lake` is its only door."""

from noroshi.hunting.engine.covering import Covering
from noroshi.hunting.engine.engines import Engine
from noroshi.hunting.engine.hit_files import HitRow, write_parquet
from noroshi.hunting.engine.index_compaction import Merge
from noroshi.hunting.engine.lake import Lake, is_slug
from noroshi.hunting.engine.reasons import (
    DiskReason,
    FileReason,
    LakeError,
    LineReason,
    NeedleReason,
    PartProblem,
    ScanReason,
)
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
    Replayed,
    SourceStatus,
    Spread,
    VerifyReport,
)
from noroshi.hunting.engine.report import Earliest

__all__ = [
    "CompactReport",
    "Covering",
    "DiskReason",
    "Earliest",
    "Engine",
    "FileReason",
    "Hit",
    "HitRow",
    "HuntProgress",
    "HuntResult",
    "IngestReport",
    "Lake",
    "LakeError",
    "LineReason",
    "Merge",
    "Needle",
    "NeedleReason",
    "NeedleType",
    "PartProblem",
    "Progress",
    "QuarantinedLine",
    "Reading",
    "Reference",
    "Removed",
    "Replayed",
    "ScanReason",
    "SourceStatus",
    "Spread",
    "VerifyReport",
    "is_slug",
    "write_parquet",
]
