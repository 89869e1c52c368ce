"""Two installations in one database: each with its own data directory, hence its own name, and a wire between them."""

from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.test import Client
from django.utils import translation

from noroshi.core.errors import InvalidInput
from noroshi.federation.carriers import CARRIERS, Carrier, Parcel, Skip
from noroshi.federation.models import ArrivalOutcome, Peer
from noroshi.kit.outbound import Answer, OutboundFailed

THING = "test.thing"


class Wire:
    """Stands where calls leave the house: carries them to the side that the address names, or loses them."""

    def __init__(self, folder) -> None:
        self.folder, self.lost, self.calls = folder, "", []

    @contextmanager
    def at(self, side: str):
        """Be the installation `side` within the block."""
        before = django_settings.DATA_DIR
        django_settings.DATA_DIR = self.folder / side
        try:
            yield
        finally:
            django_settings.DATA_DIR = before

    def post(self, url, *, content, headers, most_bytes=0):
        del most_bytes
        parts = urlsplit(url)
        if self.lost == "request":
            raise OutboundFailed("nobody is there")
        with self.at(parts.hostname.partition(".")[0]):
            answer = self.send(parts.path, content, headers)
        if self.lost == "answer":
            raise OutboundFailed("the line went dead")
        return Answer(answer.status_code, answer.content, 0.01, answer.headers)

    def send(self, path, content, headers):
        self.calls.append((path, content, dict(headers)))
        own = {name: value for name, value in headers.items() if name != "Content-Type"}
        with translation.override(translation.get_language()):  # another process speaks its own
            return Client().post(path, content, content_type="application/json", headers=own)


class Things(Carrier):
    """Values by number on each side: what a room would be."""

    def __init__(self) -> None:
        self.ours, self.theirs, self.effects, self.breaks = {}, {}, [], False

    def write(self, peer, number, *, has_copy):
        value = self.ours[number]
        return Parcel({"value": value}, ends=value < 0) if value >= 0 or has_copy else Skip("never_sent")

    def read(self, peer, letter):
        if self.breaks:
            raise KeyboardInterrupt  # the process dies here
        value = letter.data["value"]
        if value == 13:
            raise InvalidInput("value", "Thirteen is not taken.")
        if self.theirs.get(letter.id) == value:
            return ArrivalOutcome.IGNORED
        self.theirs[letter.id] = value
        self.effects.append((letter.id, value))
        return ArrivalOutcome.TAKEN

    def seen_by(self, actor):
        return Peer.objects.none().values("pk")


@contextmanager
def things():
    """Things that travel, within the block."""
    CARRIERS[THING] = carrier = Things()
    try:
        yield carrier
    finally:
        del CARRIERS[THING]
