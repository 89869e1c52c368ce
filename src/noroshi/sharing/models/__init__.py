"""Signals, their versions, and what readers say to them."""

from noroshi.sharing.models.answers import Acknowledgement, Comment
from noroshi.sharing.models.signals import Kind, Signal, SignalObservable, SignalVersion, Target

__all__ = [
    "Acknowledgement",
    "Comment",
    "Kind",
    "Signal",
    "SignalObservable",
    "SignalVersion",
    "Target",
]
