"""Channels, the second gate: how far the content of each level may travel by each way (POLICY, "Channels")."""

from enum import StrEnum

from noroshi.core.domain.tlp import TLP


class Channel(StrEnum):
    """A way by which content leaves."""

    WEB = "web"
    CLI = "cli"
    API_PERSON_TOKEN = "api_person_token"  # noqa: S105 - the name of a channel
    API = "api"
    TAXII = "taxii"
    MISP = "misp"
    TOOLS = "tools"
    WEBHOOK = "webhook"
    MAIL_CONTENT = "mail_content"
    MAIL_ENCRYPTED = "mail_encrypted"
    FEED = "feed"
    EXPORT = "export"
    FEDERATION = "federation"
    FEDERATION_HUB = "federation_hub"
    PUBLIC = "public"


# Hub to hub is what a visitor there may have. GREEN and AMBER go besides, by what people have said of the very item
# and the very hub: `federation.domain.borders.reason_to_stay`.
_CEILINGS = {
    Channel.WEB: TLP.RED,
    Channel.CLI: TLP.RED,
    Channel.API_PERSON_TOKEN: TLP.AMBER_STRICT,
    Channel.API: TLP.AMBER,
    Channel.TAXII: TLP.AMBER,
    Channel.MISP: TLP.AMBER,
    Channel.TOOLS: TLP.AMBER,
    Channel.WEBHOOK: TLP.AMBER,
    Channel.MAIL_CONTENT: TLP.GREEN,
    Channel.MAIL_ENCRYPTED: TLP.AMBER,
    Channel.FEED: TLP.GREEN,
    Channel.EXPORT: TLP.AMBER,
    Channel.FEDERATION: TLP.RED,
    Channel.FEDERATION_HUB: TLP.CLEAR,
    Channel.PUBLIC: TLP.CLEAR,
}


def carried_by(channel: Channel) -> frozenset[TLP]:
    """Return the levels whose content `channel` may carry."""
    return TLP.up_to(_CEILINGS[channel])
