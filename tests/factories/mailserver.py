"""A mail server on this machine that speaks IMAP over TLS: one folder, what it was told, and its own authority."""

import re
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "collector@example.com", 'pass "word'


class MailServer:
    """The folder's messages by their numbers; the commands that came, and whether each message was seen."""

    def __init__(self) -> None:
        self.port = 0
        self.folder = '"INBOX"'
        self.validity = 7
        self.messages: dict[int, bytes] = {}
        self.sizes: dict[int, int] = {}
        """What it says of a size that is not so."""
        self.told: list[str] = []

    def url(self, folder: str = "INBOX", *, host: str = "127.0.0.1") -> str:
        return f"imaps://{USER.replace('@', '%40')}@{host}:{self.port}/{folder}"

    def answer(self, command: str) -> Iterator[bytes]:
        self.told.append(command)
        word, _space, rest = command.partition(" ")
        if word == "CAPABILITY":
            yield b"* CAPABILITY IMAP4rev1\r\n"
        elif word == "LOGIN":
            if rest != f'{USER} "{PASSWORD.replace(chr(34), chr(92) + chr(34))}"' and rest != f'"{USER}" "{PASSWORD}"':
                raise PermissionError
        elif word == "EXAMINE" and rest == self.folder:
            ahead = max(self.messages, default=0) + 1
            yield b"* %d EXISTS\r\n* OK [UIDVALIDITY %d] numbered\r\n" % (len(self.messages), self.validity)
            yield b"* OK [UIDNEXT %d] ahead\r\n" % ahead
        elif command.startswith("UID SEARCH UID "):
            first, last = command.split()[3].split(":")
            found = [uid for uid in self.messages if int(first) <= uid and (last == "*" or uid <= int(last))]
            found = found or (sorted(self.messages)[-1:] if last == "*" else [])
            yield b"* SEARCH " + b" ".join(b"%d" % uid for uid in found) + b"\r\n"
        elif command.startswith("UID FETCH "):
            yield from self._fetched(*command.split(" ", 3)[2:])
        elif word == "LOGOUT":
            yield b"* BYE\r\n"
        else:
            raise PermissionError

    def _fetched(self, uids: str, what: str) -> Iterator[bytes]:
        for place, uid in enumerate(sorted(self.messages), 1):
            body = self.messages[uid]
            if str(uid) not in uids.split(","):
                continue
            if what == "(UID RFC822.SIZE)":
                yield b"* %d FETCH (UID %d RFC822.SIZE %d)\r\n" % (place, uid, self.sizes.get(uid, len(body)))
            elif what == "(BODY.PEEK[])":
                yield b"* %d FETCH (BODY[] {%d}\r\n%b UID %d)\r\n" % (place, len(body), body, uid)
            elif found := re.fullmatch(r"\(BODY\.PEEK\[\]<0\.(\d+)>\)", what):
                part = body[: int(found[1])]
                yield b"* %d FETCH (UID %d BODY[]<0> {%d}\r\n%b)\r\n" % (place, uid, len(part), part)
            else:
                raise PermissionError


class _Handler(socketserver.StreamRequestHandler):
    here: MailServer

    def handle(self) -> None:
        self.wfile.write(b"* OK ready\r\n")
        while line := self.rfile.readline():
            tag, _space, command = line.decode().rstrip("\r\n").partition(" ")
            try:
                for part in self.here.answer(command):
                    self.wfile.write(part)
                self.wfile.write(f"{tag} OK done\r\n".encode())
            except PermissionError:
                self.wfile.write(f"{tag} NO not here\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    context: ssl.SSLContext

    def get_request(self):
        plain, address = super().get_request()
        return self.context.wrap_socket(plain, server_side=True), address

    def handle_error(self, *_which: object) -> None:
        """Say nothing: whoever does not trust the certificate hangs up."""


@contextmanager
def mail_server(folder: Path, name: str = "127.0.0.1") -> Iterator[tuple[MailServer, Path]]:
    """Run one whose certificate is for `name`; yield it with the file of its authority."""
    authority = folder / "authority.pem"
    here = MailServer()
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"here": here}))
    server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.context.load_cert_chain(_certificate(folder, authority, name))
    here.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield here, authority
    finally:
        server.shutdown()
        server.server_close()


def _certificate(folder: Path, authority: Path, name: str) -> Path:
    """Write a certificate that vouches for itself, and its key; return the file of both."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    now = datetime.now(UTC)
    names: list[x509.GeneralName] = [x509.IPAddress(ip_address(name)) if name[0].isdigit() else x509.DNSName(name)]
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    authority.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    both = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    both.write_bytes(authority.read_bytes() + private)
    return both
