"""Events of MISP as instances write them."""

from typing import Any, Final

EVENT: Final = "5a4cb19a-f550-437f-bd29-48ed950d210f"


def attribute(kind: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"uuid": "5a4cb1c7-fa84-45fa-8d27-4822950d210f", "type": kind, "value": value, "to_ids": True} | more


def tagged(*names: str) -> list[dict[str, Any]]:
    return [{"name": name, "colour": "#ffffff", "exportable": True} for name in names]


def misp_event(*attributes: Any, tags: tuple[str, ...] = ("tlp:green",), **more: Any) -> dict[str, Any]:
    values = {
        "uuid": EVENT,
        "info": "フィッシング: 偽のログイン画面",
        "Orgc": {"name": "CIRCL", "uuid": "55f6ea5e-2c60-40e5-964f-47a8950d210f"},
        "date": "2026-11-20",
        "timestamp": "1795000000",
        "distribution": "3",
        "threat_level_id": "2",
        "analysis": "1",
        "Tag": tagged(*tags),
        "Attribute": list(attributes),
    }
    return {"Event": values | more}
