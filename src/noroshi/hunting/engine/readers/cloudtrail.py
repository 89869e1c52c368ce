"""What AWS CloudTrail means beyond its names (CloudTrail record contents, event version 1.x)."""

from typing import Any, Final

from noroshi.hunting.engine.schema import EventClass

# Signing in to the console, a role or a federation; everything else is a call of an API.
_SIGN_INS: Final = frozenset({"signin.amazonaws.com", "sso.amazonaws.com"})


def wrote(item: dict[str, Any]) -> bool:
    """Tell a CloudTrail record by its obligatory names."""
    return "eventSource" in item and "eventName" in item and "eventVersion" in item


def complete(item: dict[str, Any], fields: dict[str, str]) -> dict[str, str]:
    """Add class, service, and the outcome of calls that did not fail: CloudTrail says nothing of success."""
    service = str(item["eventSource"])
    fields["class"] = EventClass.AUTH if service in _SIGN_INS else EventClass.API
    fields["event_code"] = service
    fields.setdefault("outcome", "success")  # an errorCode makes it a failure (see `compose`)
    return fields
