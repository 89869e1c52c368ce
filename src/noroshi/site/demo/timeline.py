"""The measured steps of the demonstration."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import click


@dataclass
class Timeline:
    """Steps with their seconds, printed as they end; silent where only the JSON at the end is wanted."""

    silent: bool = False
    steps: list[dict[str, str | float]] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure the block as the step `name`."""
        begun = time.perf_counter()
        yield
        self.note(name, time.perf_counter() - begun)

    def note(self, name: str, seconds: float) -> None:
        """Add a step that was measured elsewhere."""
        self.steps.append({"name": name, "seconds": round(seconds, 3)})
        if not self.silent:
            click.echo(f"{seconds:8.2f} s  {name}")
