"""Two nodes and two hubs on one machine, over lines that are cut at random: what arrives, how often, how marked.

    python tests/bench/federation.py [SIGNALS] [CUTS]

Four processes, each an installation with its own database, key and address, speak TLS with each other through a
forwarder that breaks connections wherever they stand: before a call arrives, in the middle of it, before its answer.
Meanwhile members post, amend, lower and withdraw at all four. Node A1 - hub A - hub B - node B1 are three hops.

In the end every copy is compared with its original, and an oracle that knows nothing of the code says who should have
one: lost, doubled, weakened, and leaked must be 0.
"""

import json
import os
import random
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

HERE = Path(__file__)
RANKS = {level: rank for rank, level in enumerate(("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"))}
LINKS = (("A1", "A"), ("B1", "B"), ("B", "A"))
NEIGHBOURS = {"A": ("A1", "B"), "B": ("B1", "A")}


class Forwarder:
    """A port that leads to another one, until it is cut."""

    def __init__(self, target: int) -> None:
        self.target, self.open, self.live = target, True, set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            near, _address = self.listener.accept()
            if not self.open:
                near.close()
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self.target), timeout=5)
            except OSError:
                near.close()
                continue
            self.live |= {near, far}
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            self.live.discard(end)
            end.close()

    def cut(self):
        self.open = False
        for end in list(self.live):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


class Installation:
    """A process of this script that serves one installation, and is told what its people do."""

    def __init__(self, name: str, folder: Path, port: int, public: int, cert: tuple[Path, Path]) -> None:
        env = {
            **os.environ,
            "NOROSHI_DATA_DIR": str(folder / name),
            "NOROSHI_BASE_URL": f"https://127.0.0.1:{public}",
            "NOROSHI_OUTBOUND_NETWORKS": "127.0.0.0/8",
            "NOROSHI_DATABASE_URL": "",
            "SSL_CERT_FILE": str(cert[0]),
            "DJANGO_SETTINGS_MODULE": "noroshi.site.settings",
        }
        command = [sys.executable, str(HERE), "serve", name, str(port), *map(str, cert)]
        self.name, self.lock = name, threading.Lock()
        self.process = subprocess.Popen(
            command,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(folder / f"{name}.log").open("w"),
            text=True,
        )

    def ask(self, **what):
        with self.lock:
            self.process.stdin.write(json.dumps(what) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended")
        return json.loads(line)


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for this machine that the installations trust."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "noroshi bench")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=2))
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    cert = made.add_extension(names, critical=False).sign(key, hashes.SHA256())
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(cert.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, *form))
    return paths


def main() -> int:
    signals, cuts = (int(number) for number in (*sys.argv[1:], *("2000", "100")[len(sys.argv) - 1 :]))
    draw = random.Random(2026)
    with tempfile.TemporaryDirectory(prefix="noroshi-federation-") as name:
        folder = Path(name)
        cert = certificate(folder)
        make_databases(folder)
        ports = {side: free_port() for side in ("A", "B", "A1", "B1")}
        ways = {side: Forwarder(port) for side, port in ports.items()}
        sides = {side: Installation(side, folder, port, ways[side].port, cert) for side, port in ports.items()}
        try:
            return play(sides, ways, signals, cuts, draw)
        finally:
            for side in sides.values():
                side.process.terminate()
                side.process.wait(timeout=30)


def make_databases(folder: Path) -> None:
    """Migrate one database, and give each installation a copy of it."""
    env = {**os.environ, "NOROSHI_DATA_DIR": str(folder / "empty"), "NOROSHI_DATABASE_URL": ""}
    subprocess.run(
        [sys.executable, "-m", "noroshi.site", "init", "--node"], env=env, check=True, stdout=subprocess.PIPE
    )
    (folder / "empty" / "keys" / "signing_key").unlink()
    for side in ("A", "B", "A1", "B1"):
        shutil.copytree(folder / "empty", folder / side)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def play(sides, ways, signals: int, cuts: int, draw) -> int:
    for side in ("A", "B"):
        sides[side].ask(do="found")
    for node, hub in LINKS:
        code = sides[hub].ask(do="invite", kind="partner" if node == "B" else "node")["code"]
        sides[node].ask(do="pair", url=f"https://127.0.0.1:{ways[hub].port}", code=code)
    settle(sides)
    print(f"connected; {signals} signals, {cuts} cuts", flush=True)
    began, cut_at = time.monotonic(), set(draw.sample(range(signals * 2), cuts))
    originals: dict[str, str] = {}
    done = {"post": 0, "amend": 0, "lower": 0, "withdraw": 0}
    step, broken = 0, []
    while done["post"] < signals or step < signals * 2:
        if step in cut_at:
            broken.append((ways[draw.choice(list(ways))], step + draw.randint(1, 12)))
            broken[-1][0].cut()
        for way, until in [each for each in broken if each[1] <= step]:
            way.open = True
            broken.remove((way, until))
        what = "post" if done["post"] < signals and (step % 2 == 0 or not originals) else None
        if what:
            side = draw.choice(list(sides))
            made = sides[side].ask(do="post", number=done["post"], choice=draw.random())
            originals[made["id"]] = side
        else:
            number = draw.choice(list(originals))
            what = draw.choice(["amend", "amend", "lower", "withdraw", "nothing", "nothing"])
            if what == "nothing" or not sides[originals[number]].ask(do=what, id=number)["done"]:
                step += 1
                continue
        done[what] += 1
        step += 1
        if step % 200 == 0:
            print(f"  {step} steps, {time.monotonic() - began:.0f} s", flush=True)
    for way in ways.values():
        way.open = True
    played = time.monotonic() - began
    settle(sides)
    print(f"{done}; {cuts} cuts; played in {played:.0f} s, equal after {time.monotonic() - began - played:.0f} s more")
    return compare({side: each.ask(do="tell") for side, each in sides.items()}, originals)


def settle(sides) -> None:
    """Wait until nothing waits anywhere, twice in a row."""
    quiet, told = 0, 0.0
    while quiet < 2:
        waiting = {side: each.ask(do="push") for side, each in sides.items()}
        quiet = quiet + 1 if not sum(each["waiting"] for each in waiting.values()) else 0
        if quiet == 0 and time.monotonic() - told > 20:
            told = time.monotonic()
            print(f"  waiting: {waiting}", flush=True)


def should_have(origin: str, row: dict) -> set[str]:
    """Who has a copy by the policy's own words, worked out here by a table of its own."""
    there = set()
    for side, house in (("A1", "bank"), ("B1", "bank")):
        if side == origin + "1" and (row["to"] in ("community", house) or row["tlp"] == "CLEAR"):
            there.add(side)
    if origin in ("A1", "B1") and row["to"] in ("community", "hub"):
        there.add(origin[0])
    if row["tlp"] == "CLEAR":
        there = {"A", "B", "A1", "B1"} - {origin}
    return there


def compare(told, originals) -> int:
    """Count what is not as it should be."""
    wrong = {"lost": 0, "leaked": 0, "unequal": 0, "doubled": 0, "weakened": 0}
    copies = 0
    for number, origin in originals.items():
        original = told[origin]["signals"][number]
        due = should_have(origin, original)
        for side in set(told) - {origin}:
            copy = told[side]["signals"].get(number)
            if copy is None:
                wrong["lost"] += side in due and original["state"] == "published"
                continue
            copies += 1
            if original["state"] == "published" and side not in due and copy["state"] == "published":
                wrong["leaked"] += 1
            if copy["state"] != original["state"] or (
                original["state"] == "published"
                and any(copy[name] != original[name] for name in ("title", "body", "tlp", "version"))
            ):
                wrong["unequal"] += 1
            wrong["doubled"] += copy["published"] != 1 or copy["amended"] > original["amended"]
            wrong["weakened"] += RANKS[copy["tlp"]] < RANKS[original["tlp"]]
    for side, each in told.items():
        known, cpu = len(each["signals"]), each["cpu"]
        print(f"{side}: {known} signals, parked {each['parked']}, {cpu:.0f} CPU s, {each['outbox']}")
    print(f"{copies} copies compared: {wrong}")
    return int(any(wrong.values()))


# ---- inside an installation ----


def serve(name: str, port: int, cert: str, key: str) -> None:
    import django

    django.setup()
    from django.urls import get_resolver

    from noroshi.core import ledger

    ledger.enrol()
    get_resolver().url_patterns  # noqa: B018 - read now: the first call must not wait for it
    threading.Thread(target=listen, args=(port, cert, key), daemon=True).start()
    stopping = threading.Event()
    worker = threading.Thread(target=work, args=(stopping,))
    worker.start()
    people = People(name)
    for line in sys.stdin:
        asked = json.loads(line)
        answer = getattr(people, asked.pop("do"))(**asked)
        print(json.dumps(answer or {}), flush=True)
    stopping.set()
    worker.join()


def listen(port: int, cert: str, key: str) -> None:
    from socketserver import ThreadingMixIn
    from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

    from django.core.wsgi import get_wsgi_application

    class Server(ThreadingMixIn, WSGIServer):
        daemon_threads = True

        def handle_error(self, request, client_address):
            """A line that is cut is what this is about."""

    class Handler(WSGIRequestHandler):
        def log_message(self, *args):
            """Say nothing."""

        def setup(self):
            self.request.settimeout(10)
            self.request = context.wrap_socket(self.request, server_side=True)
            super().setup()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    make_server("127.0.0.1", port, get_wsgi_application(), Server, Handler).serve_forever()


def work(stopping: threading.Event) -> None:
    """The worker's part that federation needs: events become entries, due peers are called."""
    import logging

    from django.db import close_old_connections

    logging.disable(logging.CRITICAL)
    from noroshi.core import ledger
    from noroshi.federation import actions
    from noroshi.federation.queries import peers_to_call

    wanted = [each for each in ledger.subscriptions() if "federat" in each.name]
    while not stopping.is_set():
        close_old_connections()
        try:
            ledger.seal()
            for subscription in wanted:
                ledger.deliver(subscription, 200)
            for peer in list(peers_to_call()):
                actions.call_peer(peer.pk)
        except Exception as error:  # noqa: BLE001 - a worker's round
            print(f"worker: {error!r}", file=sys.stderr)
        stopping.wait(0.3)


class People:
    """What the people of one installation do."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.by_mail: dict[str, object] = {}

    def found(self):
        from noroshi.core.actor import Actor
        from noroshi.members import actions

        operator = Actor.system("cli")
        for slug, membership in (("hub", "hub"), ("bank", "regular"), ("other", "regular")):
            kind = "centre" if slug == "hub" else "regional_bank"
            house = actions.create_organisation(
                operator, slug=slug, name_ja=f"{slug} {self.name}", kind=kind, membership=membership
            )
            email = f"{slug}@{self.name.lower()}.example"
            actions.create_person(
                operator,
                email=email,
                name=slug,
                organisation=house,
                roles=["analyst"],
                password="a-long-secret-word-42",
            )

    def invite(self, kind):
        from noroshi.core.actor import Actor
        from noroshi.federation import actions
        from noroshi.members.models import Organisation

        house = Organisation.objects.get(slug="bank") if kind == "node" else None
        return {"code": actions.invite_peer(Actor.system("cli"), kind=kind, name="partner", organisation=house)[1]}

    def pair(self, url, code):
        from noroshi.core.actor import Actor
        from noroshi.federation import actions
        from noroshi.kit.outbound import OutboundFailed

        for _try in range(20):  # a busy machine may be too slow for the first answers
            try:
                return {"peer": str(actions.pair_with(Actor.system("cli"), url=url, code=code).pk)}
            except OutboundFailed:
                time.sleep(1)
        raise RuntimeError("not connected")

    def actor(self):
        from noroshi.members.models import Person
        from noroshi.members.queries import actor_of

        slug = "bank" if self.name.endswith("1") else "other"
        return actor_of(Person.objects.get(email=f"{slug}@{self.name[0].lower()}.example"))

    def post(self, number, choice):
        from noroshi.core.domain.audience import Entry, EntryKind
        from noroshi.core.domain.tlp import TLP
        from noroshi.members.models import Organisation
        from noroshi.sharing import actions
        from noroshi.sharing.domain.content import Content, Marking

        level = TLP(["CLEAR", "GREEN", "AMBER", "AMBER", "AMBER+STRICT"][int(choice * 5)])
        slug = "hub" if self.name.endswith("1") else "bank"
        house = Organisation.objects.get(slug=slug)
        named = level is TLP.AMBER_STRICT or (level is TLP.AMBER and choice < 0.5)
        entry = Entry(EntryKind.ORGANISATION, house.pk) if named else Entry(EntryKind.COMMUNITY)
        made = actions.share_signal(
            self.actor(),
            content=Content("phishing", "customer", f"{self.name} {number}", f"from 203.0.113.{number % 250} and on"),
            marking=Marking(level, entries=frozenset({entry})),
        )
        return {"id": str(made.pk)}

    def _signal(self, number):
        from noroshi.sharing.models import Signal

        return Signal.everything.get(pk=number)

    def amend(self, id):  # noqa: A002
        from noroshi.sharing import actions

        return self._tried(
            id,
            lambda row: actions.amend_signal(
                self.actor(), row, title=row.title, body=row.body + " more", reason="more is known"
            ),
        )

    def lower(self, id):  # noqa: A002
        from noroshi.core.domain.tlp import TLP
        from noroshi.sharing import actions

        return self._tried(
            id,
            lambda row: actions.lower_marking(
                self.actor(),
                row,
                tlp=list(TLP)[TLP(row.tlp).rank - 1] if row.tlp != "CLEAR" else "CLEAR",
                reason="known by now",
            ),
        )

    def withdraw(self, id):  # noqa: A002
        from noroshi.sharing import actions

        return self._tried(id, lambda row: actions.withdraw_signal(self.actor(), row, reason="false alarm"))

    def _tried(self, number, verb):
        from noroshi.core.errors import NoroshiError

        try:
            verb(self._signal(number))
        except NoroshiError:
            return {"done": False}
        return {"done": True}

    def push(self):
        from noroshi.core import clock, ledger
        from noroshi.core.models import Cursor, PendingEntry
        from noroshi.federation.models import OutboxEntry, Peer

        time.sleep(0.3)
        Peer.objects.filter(tries__gt=0).update(due_at=clock.now())
        tip = ledger.head()[0]
        behind = Cursor.objects.filter(subscriber__contains="federat", position__lt=tip).count()
        waiting = OutboxEntry.objects.filter(state="waiting").count()
        errors = [error for error in Peer.objects.values_list("last_error", flat=True) if error]
        return {"waiting": waiting + behind + PendingEntry.objects.count(), "errors": errors}

    def tell(self):
        from noroshi.core.models import AudienceEntry, LedgerEntry, ParkedEvent
        from noroshi.federation.models import OutboxEntry
        from noroshi.members.models import Organisation
        from noroshi.sharing.models import Signal

        found: dict[str, dict] = {}
        names_of = dict(Organisation.objects.values_list("pk", "slug"))
        for row in Signal.everything.all():
            line = AudienceEntry.objects.filter(item_id=row.pk).first()
            to = names_of[line.target] if line and line.target else "community"
            if row.tlp == "CLEAR":
                to = "community"
            names = ("title", "body", "tlp", "state", "version")
            found[str(row.pk)] = {name: getattr(row, name) for name in names} | {"to": to, "published": 0, "amended": 0}
        for action, number in LedgerEntry.objects.filter(action__startswith="sharing.signal.").values_list(
            "action", "subject_id"
        ):
            if str(number) in found and action.endswith(".published"):
                found[str(number)]["published"] += 1
            elif str(number) in found and action.endswith((".amended", ".lowered")):
                found[str(number)]["amended"] += 1
        states: dict[str, int] = {}
        for state, reason in OutboxEntry.objects.values_list("state", "reason"):
            states[f"{state} {reason}".strip()] = states.get(f"{state} {reason}".strip(), 0) + 1
        return {"signals": found, "outbox": states, "parked": ParkedEvent.objects.count(), "cpu": time.process_time()}


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5])
    else:
        sys.exit(main())
