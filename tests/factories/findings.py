"""Findings of configuration checks as Prowler 5 writes them, as tests want them."""

import json
from typing import Any

from noroshi.advisories import actions
from noroshi.advisories.models import FindingsImport

AT = 1_793_000_000
"""2026-10-26, in seconds."""


def finding(check="s3_public", resource="bucket-1", *, code="FAIL", at=AT, region="ap-northeast-1", **other: Any):
    """Return one finding; `other` takes the place of what it says at its top."""
    whole = {
        "message": "m",
        "metadata": {"event_code": check, "product": {"name": "Prowler", "version": "5.0.0"}, "version": "1.4.0"},
        "severity_id": 4,
        "severity": "High",
        "status": "New",
        "status_code": code,
        "status_detail": f"{resource} is open to all.",
        "status_id": 1,
        "unmapped": {"compliance": {"CIS-2.0": ["2.1.4", "2.1.5"], "FISC": []}},
        "finding_info": {"title": f"Check {check}", "desc": "d", "uid": f"prowler-{check}-{region}-{resource}"},
        "resources": [{"region": region, "name": resource, "type": "bucket", "uid": f"arn:aws:s3:::{resource}"}],
        "class_uid": 2004,
        "cloud": {"account": {"uid": "123456789012"}, "provider": "aws", "region": region},
        "remediation": {"desc": "Close it.", "references": ["aws s3api …", "https://example.com/fix"]},
        "time": at,
        "time_dt": "2001-01-01T00:00:00",
    }
    return {name: value for name, value in {**whole, **other}.items() if value is not None}


def written(*findings: Any) -> bytes:
    """Return them as a file."""
    return json.dumps(findings).encode()


def send(cast, body: bytes, who="a1", *, is_whole=True) -> FindingsImport:
    """Send a file of findings as a person does, and leave it to its job."""
    return actions.send_findings(cast.actor(who), name="f.json", pieces=[body], is_whole=is_whole)


def take_in_file(cast, body: bytes, who="a1", *, is_whole=True) -> FindingsImport:
    """Send a file and have it taken in; return how that ended."""
    row = send(cast, body, who, is_whole=is_whole)
    actions.take_in_findings(row)
    row.refresh_from_db()
    return row
