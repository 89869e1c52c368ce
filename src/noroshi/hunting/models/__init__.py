"""What the hunting room stores."""

from noroshi.hunting.models.allowing import AllowedValue
from noroshi.hunting.models.detections import (
    Detection,
    DetectionLevel,
    DetectionRun,
    DetectionState,
    RuleFile,
    RuleUse,
    Trouble,
)
from noroshi.hunting.models.hunts import ENDED, UNDER_WAY, Hit, Hunt, HuntState, LogFile, LogSource
from noroshi.hunting.models.watch import WatchMark

__all__ = [
    "ENDED",
    "UNDER_WAY",
    "AllowedValue",
    "Detection",
    "DetectionLevel",
    "DetectionRun",
    "DetectionState",
    "Hit",
    "Hunt",
    "HuntState",
    "LogFile",
    "LogSource",
    "RuleFile",
    "RuleUse",
    "Trouble",
    "WatchMark",
]
