"""One file that holds an installation: its database, keys, log lake and files."""

import json
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import click

from noroshi.core.errors import Conflict, InvalidInput

FORMAT: Final = 1
FOLDERS: Final = ("keys", "lake", "files")
LAKE_MANIFEST: Final = "lake/manifest.sqlite3"


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Write the whole installation into FILE (tar.gz) while it runs. Keep FILE as secret as the installation."""
    from django.conf import settings

    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as folder:
        database = _dump(Path(folder))
        lake_manifest = _copy_sqlite(settings.DATA_DIR / LAKE_MANIFEST, Path(folder) / "lake-manifest")
        partial = file.with_name(file.name + ".part")
        partial.touch(mode=0o600)
        with tarfile.open(partial, "w:gz", compresslevel=3) as archive:
            _add_text(archive, Path(folder), "backup.json", {"format": FORMAT, "database": database.name})
            archive.add(database, database.name)
            if lake_manifest is not None:
                archive.add(lake_manifest, LAKE_MANIFEST)
            for name in FOLDERS:
                _add_folder(archive, settings.DATA_DIR, name)
        partial.replace(file)
    click.echo(f"{settings.DATA_DIR} is backed up in {file} ({file.stat().st_size:,} bytes)")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(file: Path) -> None:
    """Bring back the installation in FILE, into an empty NOROSHI_DATA_DIR (and an empty database)."""
    from django.conf import settings

    _require_empty(settings.DATA_DIR)
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR, prefix=".restoring-") as name:
        folder = Path(name)
        with _opened(file) as archive:
            described = _description(archive)
            _unpack(archive, folder)
        _load(folder / described["database"])
        (folder / "backup.json").unlink()
        _move_in(folder, settings.DATA_DIR)
    click.echo(f"{file} is restored into {settings.DATA_DIR}")


def _dump(folder: Path) -> Path:
    """Write a consistent copy of the database into `folder`."""
    from django.db import connection

    if connection.vendor == "sqlite":
        copy = folder / "noroshi.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(copy)])
        return copy
    copy = folder / "database.dump"
    _run_postgresql("pg_dump", "--format=custom", f"--file={copy}")
    return copy


def _load(dump: Path) -> None:
    if dump.suffix == ".dump":
        _run_postgresql("pg_restore", "--no-owner", "--exit-on-error", "--dbname", "", str(dump))
        dump.unlink()


def _run_postgresql(program: str, *arguments: str) -> None:
    from django.db import connection

    path = shutil.which(program)
    if path is None:
        raise Conflict(f"{program} is needed to back up PostgreSQL; install PostgreSQL's client programs.")
    chosen, environment = connection.settings_dict, {}
    environment = {
        "PGDATABASE": chosen["NAME"],
        "PGUSER": chosen["USER"],
        "PGPASSWORD": chosen["PASSWORD"],
        "PGHOST": chosen["HOST"],
        "PGPORT": chosen["PORT"],
    }
    named = [argument or chosen["NAME"] for argument in arguments]
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs
        [path, *named],
        env={key: value for key, value in environment.items() if value},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Conflict(f"{program} failed: {done.stderr.strip()}")


def _copy_sqlite(source: Path, target: Path) -> Path | None:
    """Copy the lake's manifest before its files: what it names is there, whatever is ingested meanwhile."""
    if not source.exists():
        return None
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
    return target


def _add_text(archive: tarfile.TarFile, folder: Path, name: str, value: object) -> None:
    path = folder / name
    path.write_text(json.dumps(value), encoding="utf-8")
    archive.add(path, name)


def _add_folder(archive: tarfile.TarFile, root: Path, name: str) -> None:
    for path in sorted((root / name).rglob("*")):
        inside = path.relative_to(root).as_posix()
        if path.is_file() and not inside.startswith(LAKE_MANIFEST) and not path.name.endswith(".tmp"):
            archive.add(path, inside, recursive=False)


def _require_empty(folder: Path) -> None:
    if any(path.name != "keys" for path in folder.iterdir()):  # this command's settings have made the keys
        raise Conflict(f"{folder} is not empty: an installation is restored into an empty folder.")


@contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(file, "r:gz") as archive:
            yield archive
    except (tarfile.TarError, OSError, EOFError) as error:
        raise InvalidInput("file", f"{file} is not a backup, or it is damaged: {error}") from error


def _unpack(archive: tarfile.TarFile, folder: Path) -> None:
    """Write the archive's plain files below `folder`; whatever else it holds was not written by a backup."""
    for member in archive:
        target = (folder / member.name).resolve()
        if not member.isfile() or not target.is_relative_to(folder.resolve()):
            raise InvalidInput("file", f"This archive was not written by `noroshi backup`: it holds {member.name}.")
        inside = archive.extractfile(member)
        assert inside is not None  # noqa: S101 - a plain file
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with target.open("xb") as out:
            target.chmod(0o600)
            shutil.copyfileobj(inside, out)


def _move_in(folder: Path, home: Path) -> None:
    """Put what was unpacked in its place, the keys over those that this very command has made."""
    shutil.rmtree(home / "keys", ignore_errors=True)
    for path in folder.iterdir():
        path.rename(home / path.name)


def _description(archive: tarfile.TarFile) -> dict[str, str]:
    try:
        inside = archive.extractfile("backup.json")
        described = json.load(inside) if inside else {}
    except (KeyError, ValueError) as error:
        raise InvalidInput("file", "This archive was not written by `noroshi backup`.") from error
    if described.get("format") != FORMAT:
        raise InvalidInput("file", f"This backup has format {described.get('format')}; this version reads {FORMAT}.")
    return dict(described)


commands = [backup, restore]
