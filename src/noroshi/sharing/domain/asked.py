"""What a search asks for: words and filters, as plain values."""

from dataclasses import dataclass
from datetime import date

from noroshi.core.domain.tlp import TLP


@dataclass(frozen=True)
class Asked:
    """Every word of `words`, and what narrows besides; what is empty narrows nothing."""

    words: str = ""
    kind: str = ""
    tlp: TLP | None = None
    since: date | None = None
    with_values: bool = False

    @property
    def is_anything(self) -> bool:
        """Whether nothing is asked."""
        return self == Asked()

    @property
    def parameters(self) -> dict[str, str]:
        """What the address of the search page says for it."""
        asked = {
            "q": self.words,
            "kind": self.kind,
            "tlp": self.tlp.value if self.tlp else "",
            "since": self.since.isoformat() if self.since else "",
            "values": "named" if self.with_values else "",
        }
        return {name: text for name, text in asked.items() if text}
