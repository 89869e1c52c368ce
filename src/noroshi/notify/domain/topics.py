"""What a notice is about, and what a person asks for: plain values that are held against each other."""

from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from noroshi.kit.domain.bigrams import Words


@dataclass(frozen=True)
class Topic:
    """What a notice is about, as far as people can choose by it.

    `sector` is the kind of institution that speaks, and empty where it speaks anonymously: a subscription must not be
    a way to learn who wrote something.
    """

    signal_kind: str = ""
    groups: frozenset[UUID] = field(default_factory=frozenset)
    sector: str = ""
    text: str = ""
    values: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def words(self) -> Words:
        """The text, ready to be asked."""
        return Words(self.text)


ANYTHING = Topic()


@dataclass(frozen=True)
class Wish:
    """What a person wants to hear about; what is empty narrows nothing. `assets` is None where none are asked for."""

    signal_kinds: frozenset[str] = field(default_factory=frozenset)
    groups: frozenset[UUID] = field(default_factory=frozenset)
    sectors: frozenset[str] = field(default_factory=frozenset)
    words: str = ""
    values: frozenset[str] = field(default_factory=frozenset)
    assets: tuple[str, ...] | None = None

    def wants(self, topic: Topic) -> bool:
        """Whether the topic is all that was asked for: the cheap questions first, the text last."""
        return (
            (not self.signal_kinds or topic.signal_kind in self.signal_kinds)
            and (not self.groups or not self.groups.isdisjoint(topic.groups))
            and (not self.sectors or topic.sector in self.sectors)
            and (not self.values or not self.values.isdisjoint(topic.values))
            and (not self.words or topic.words.match(self.words))
            and (self.assets is None or any(topic.words.name(asset) for asset in self.assets))
        )
