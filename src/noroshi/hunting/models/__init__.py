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
from noroshi.hunting.models.hunts import Hit, Hunt, HuntState, LogFile, LogSource
from noroshi.hunting.models.watch import WatchMark

__all__ = [
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
