"""A partner's endpoint in memory: what it answers, and what it was sent."""

import json

from noroshi.kit.outbound import Answer, OutboundFailed


class Partner:
    """Stands where messages leave the house; `status` 0 is nobody at all. `pages` are what it has to be asked for."""

    def __init__(self) -> None:
        self.status, self.sent = 204, []
        self.pages, self.asked = {}, []

    def post(self, url, *, content, headers):
        self.sent.append((url, dict(headers), json.loads(content)))
        if self.status == 0:
            raise OutboundFailed("nobody is there")
        return Answer(self.status, b"", 0.01)

    def get(self, url, *, headers, most_bytes):
        self.asked.append((url, dict(headers)))
        if self.status == 0:
            raise OutboundFailed("nobody is there")
        body = self.pages.get(url)
        return Answer(200, body, 0.01) if body is not None else Answer(404, b"", 0.01)

    @property
    def types(self):
        return [body["type"] for _url, _headers, body in self.sent]
