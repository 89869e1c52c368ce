"""What an anonymous voice is called within one thread, so that others can answer it.

The name comes of a keyed hash of the thread and the person: the same person keeps it throughout the thread, and
nobody without the key can tell it from another person's in another thread. The names are birds: nobody is called so.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from typing import Final
from uuid import UUID


@dataclass(frozen=True)
class Pseudonym:
    """A name in both languages."""

    japanese: str
    english: str

    def numbered(self, number: int) -> "Pseudonym":
        """Return the same name with a number, from the second bearer on."""
        return Pseudonym(f"{self.japanese} {number}", f"{self.english} {number}") if number > 1 else self


_BIRDS: Final = """
アオサギ Heron, アカゲラ Woodpecker, アトリ Brambling, アホウドリ Albatross, イカル Grosbeak, ウグイス Warbler,
ウズラ Quail, ウソ Bullfinch, ウミウ Cormorant, ウミスズメ Murrelet, エトピリカ Puffin, オオタカ Goshawk,
オオハム Loon, オオルリ Flycatcher, オシドリ Mandarin, オナガガモ Pintail, カイツブリ Grebe, カケス Jay,
カササギ Magpie, カッコウ Cuckoo, カモメ Gull, カワガラス Dipper, カワセミ Kingfisher, カワラヒワ Greenfinch,
キクイタダキ Goldcrest, キジ Pheasant, キジバト Dove, キョウジョシギ Turnstone, クイナ Rail, クマタカ Eagle,
コウノトリ Stork, コガモ Teal, コジュケイ Partridge, コチドリ Plover, コマドリ Robin, サシバ Buzzard,
シギ Sandpiper, シジュウカラ Tit, シメ Hawfinch, ジョウビタキ Redstart, スズガモ Scaup, セイタカシギ Stilt,
セキレイ Wagtail, ソリハシセイタカシギ Avocet, タゲリ Lapwing, タシギ Snipe, タヒバリ Pipit, タンチョウ Crane,
チュウヒ Harrier, チョウゲンボウ Kestrel, ツグミ Thrush, ツバメ Swallow, トキ Ibis, トビ Kite,
ノビタキ Stonechat, ハクチョウ Swan, ハヤブサ Falcon, バン Moorhen, ヒシクイ Goose, ヒバリ Skylark,
ヒヨドリ Bulbul, ヒレンジャク Waxwing, フクロウ Owl, ベニヒワ Redpoll, ホオジロ Bunting, ホシガラス Nutcracker,
マガモ Mallard, マヒワ Siskin, ミサゴ Osprey, ミソサザイ Wren, ムクドリ Starling, モズ Shrike,
ヤイロチョウ Pitta, ヤツガシラ Hoopoe, ヤマシギ Woodcock, ヨタカ Nightjar, ライチョウ Ptarmigan,
ルリカケス Bluejay
"""
NAMES: Final = tuple(Pseudonym(*line.split()) for line in _BIRDS.split(","))
_ROUNDS: Final = 16
"""How often a taken name is passed over for the next of the person's own row, before the names get numbers."""


def names_in(key: bytes, thread: UUID, people: Iterable[UUID]) -> dict[UUID, Pseudonym]:
    """Return the name of each of `people`, given in the order in which they first spoke in `thread`.

    Who speaks later never changes the name of who spoke before: of two who would be called alike, the later one
    takes the next name of its own row.
    """
    taken: set[Pseudonym] = set()
    found: dict[UUID, Pseudonym] = {}
    for person in people:
        if person not in found:
            found[person] = _first_free(key, thread, person, taken)
            taken.add(found[person])
    return found


def _first_free(key: bytes, thread: UUID, person: UUID, taken: set[Pseudonym]) -> Pseudonym:
    for number in count(1):
        for attempt in range(_ROUNDS):
            name = NAMES[_place(key, thread, person, attempt)].numbered(number)
            if name not in taken:
                return name
    raise AssertionError("there is always another number")


def _place(key: bytes, thread: UUID, person: UUID, attempt: int) -> int:
    message = b"pseudonym\0" + thread.bytes + person.bytes + bytes([attempt])
    return int.from_bytes(hmac.digest(key, message, hashlib.sha256), "big") % len(NAMES)
