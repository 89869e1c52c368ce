"""What the commands print of objects that were refused: one by one, as they come, for files of any length."""

import json
from types import TracebackType
from typing import Any, Self

import click


class Verdicts:
    """Within the block, prints each refusal as it comes; at its end how many objects were accepted and refused.

    As JSON it is `{"refused": [{"index", "id", "reason", ...}], "accepted": n}`, else a line each.
    """

    def __init__(self, *, as_json: bool) -> None:
        self.accepted = 0
        self.refused = 0
        self._as_json = as_json

    def __enter__(self) -> Self:
        click.echo('{"refused": [' if self._as_json else "", nl=False)
        return self

    def accept(self) -> None:
        """Count an object that was accepted."""
        self.accepted += 1

    def refuse(self, refusal: dict[str, Any]) -> None:
        """Print why an object was refused."""
        line = json.dumps(refusal, ensure_ascii=False) if self._as_json else _line(refusal)
        click.echo(f",\n{line}" if self._as_json and self.refused else line, nl=not self._as_json)
        self.refused += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        del error, trace
        if kind is None:
            sentence = f"{self.accepted:,} accepted, {self.refused:,} refused"
            click.echo(f'], "accepted": {self.accepted}}}' if self._as_json else sentence)


def _line(refusal: dict[str, Any]) -> str:
    from noroshi.intel.domain.stix.rules import shown

    return f"{refusal['index']}\t{shown(refusal['id'] or '')}\t{refusal['reason']}"
