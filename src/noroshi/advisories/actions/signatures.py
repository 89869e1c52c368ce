"""Signatures beside documents (OpenPGP), checked by the machine's own gpgv: it knows the given keys and no others."""

import shutil
import subprocess
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from noroshi.advisories.domain.openpgp import fault_in, unarmoured

PROGRAM: Final = "gpgv"
SECONDS: Final = 30


def can_check() -> bool:
    """Whether the machine has the program."""
    return shutil.which(PROGRAM) is not None


@dataclass(frozen=True)
class Keys:
    """The keys of a provider, and their fingerprints where it names that of each."""

    packets: bytes
    fingerprints: Collection[str] = ()

    def fault_in(self, body: bytes, signature: bytes) -> str:
        """Return why the signature of a document is not good; empty where it is."""
        program = shutil.which(PROGRAM)
        packets = unarmoured(signature)
        if program is None or not packets:
            return "it is no signature" if program else "there is nothing to check it by"
        with tempfile.TemporaryDirectory() as folder:
            files = {"keys.gpg": self.packets, "signature": packets, "document": body}
            for name, content in files.items():
                (Path(folder) / name).write_bytes(content)
            paths = [str(Path(folder) / name) for name in files]
            return fault_in(_said(program, folder, *paths), self.fingerprints)


def _said(program: str, folder: str, keys: str, signature: str, document: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - the machine's own program, on files that have our names
            [program, "--homedir", folder, "--status-fd", "1", "--keyring", keys, signature, document],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace")
