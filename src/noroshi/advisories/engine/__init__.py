"""The fast matcher: many components against many records. It knows no Django; it agrees with `domain.matching`.

`Held` holds records, in a folder if one is given; `matches(held, components)` yields what is said of each pair.
"""

from noroshi.advisories.engine.held import Held, Record
from noroshi.advisories.engine.join import Parts, find, matches
from noroshi.advisories.engine.once import against
from noroshi.advisories.engine.parts import Match

__all__ = ["Held", "Match", "Parts", "Record", "against", "find", "matches"]
