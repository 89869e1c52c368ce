"""The slow and obvious matcher: what a hunt must find, event by event, needle by needle, with nothing but ``==``."""

import ipaddress
import math
from datetime import UTC, datetime


def matches(event, kind, value):
    """Does this event (role: text, in canonical form) show this needle (in canonical form)?"""
    addresses = [event[role] for role in ("src_ip", "dst_ip") if event.get(role)]
    hosts = [host for host in (_host(event), _host_of(event.get("referrer")), event.get("dns_query")) if host]
    hosts += [event["domain"]] if event.get("domain") else []
    identities = {event.get(role) for role in ("user", "account", "beneficiary")}
    match kind:
        case "ipv4" | "ipv6":
            return value in addresses or value in hosts
        case "cidr":
            network = ipaddress.ip_network(value)
            return any(ipaddress.ip_address(address) in network for address in addresses)
        case "domain":
            named = [*hosts, *(event["email"].split("@")[1:] if event.get("email") else ())]
            return any(host == value or host.endswith(f".{value}") for host in named)
        case "url":
            return any(_begins(_bare(event.get(role)), _bare(value)) for role in ("url", "referrer"))
        case "email":
            return value in {event.get("email"), *identities}
        case "account":
            return value in identities
        case _:
            return event.get(kind) == value


def _bare(url):
    return (url or "").split("://")[-1]


def _host_of(url):
    return _bare(url).split("/")[0]


def _host(event):
    return _host_of(event.get("url")) or event.get("host")


def _begins(url, needle):
    needle = needle.rstrip("/")
    return url == needle or (url.startswith(needle) and url[len(needle)] in "/?&")


def hunt(lakes, needles, since=-math.inf, until=math.inf):
    """Return the hits as (organisation, type, value, first, last, count) in the order a hunt gives them.

    Times are in seconds; since <= time < until.
    """
    hits = []
    for organisation in sorted(lakes):
        for kind, value in dict.fromkeys(needles):
            events = [event for event in lakes[organisation] if since <= event["time"] < until]
            times = [event["time"] for event in events if matches(event, kind, value)]
            if times:
                hits.append((organisation, kind, value, _moment(min(times)), _moment(max(times)), len(times)))
    return hits


def _moment(seconds):
    return datetime.fromtimestamp(seconds, UTC)
