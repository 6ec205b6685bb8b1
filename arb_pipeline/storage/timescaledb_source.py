"""Where the source code of TimescaleDB comes from.

What belongs here: turning "nothing", a tarball or a directory into a directory with
TimescaleDB's ``CMakeLists.txt``. With nothing given it is Debian 13's source package, fetched
with ``apt-get`` through the machine's own mirror and keyring, into private state: no system file
is touched and no privilege is needed. What does not belong here: compiling (``timescaledb_build``).
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

Progress = Callable[[str], None]

APT = Path("/etc/apt")
SUITE = "trixie"  # Debian 13: the first whose timescaledb supports PostgreSQL 16 and its fixes
PACKAGE = "timescaledb"
KEYRINGS = (
    Path("/usr/share/keyrings/debian-archive-keyring.gpg"),
    Path("/usr/share/keyrings/debian-archive-keyring.pgp"),
)
WHAT_TO_DO = (
    "Do one of these: set DATABASE_URL to a TimescaleDB you have (the containers under deploy/ "
    "bring one); or set ARB_TIMESCALEDB_SOURCE to a tarball or directory of TimescaleDB's source, "
    "version 2.19 or a later one that supports PostgreSQL 16."
)


class TimescaleUnavailableError(RuntimeError):
    """TimescaleDB cannot be had here; the message says what to do."""

    def __init__(self, problem: str, what_to_do: str = WHAT_TO_DO) -> None:
        super().__init__(f"{problem.rstrip('. ')}. {what_to_do}")


def fetch(source: Path | None, directory: Path, progress: Progress) -> Path:
    """Return a directory with TimescaleDB's source, below ``directory`` where it is unpacked.

    Args:
        source: a tarball, a directory, or None for Debian's source package.
        directory: an existing, empty working directory.
        progress: told in one line what takes time.

    Raises:
        TimescaleUnavailableError: there is no such source.
    """
    if source is None:
        progress("fetching the source of TimescaleDB from the Debian mirror of this machine")
        source = _debian_tarball(directory)
    source = source.expanduser()
    if source.is_dir():
        return _root(source)
    if not source.is_file():
        raise TimescaleUnavailableError(
            f"ARB_TIMESCALEDB_SOURCE names {source}, which does not exist"
        )
    unpacked = directory / "source"
    try:
        with tarfile.open(source) as archive:
            # Debian 12's Python 3.11.2 has no filters yet; the tarball is signed or the user's own.
            archive.extraction_filter = getattr(tarfile, "data_filter", None)
            archive.extractall(unpacked)  # noqa: S202
    except tarfile.TarError as error:
        first = str(error).partition("\n")[0].rstrip(":")
        raise TimescaleUnavailableError(f"cannot unpack {source}: {first}") from error
    return _root(unpacked)


def _root(directory: Path) -> Path:
    """The directory itself, or the only child that holds the project."""
    for candidate in (directory, *sorted(directory.iterdir())):
        if (candidate / "CMakeLists.txt").is_file() and (candidate / "version.config").is_file():
            return candidate
    raise TimescaleUnavailableError(f"{directory} does not hold the source of TimescaleDB")


def _debian_tarball(directory: Path) -> Path:
    """Download the original tarball of Debian's source package."""
    if shutil.which("apt-get") is None:
        raise TimescaleUnavailableError("this system has no apt-get to fetch TimescaleDB with")
    keyring = next((path for path in KEYRINGS if path.is_file()), None)
    mirror = next(debian_mirrors(APT), None)
    if keyring is None or mirror is None:
        raise TimescaleUnavailableError(
            f"{APT} names no Debian mirror, or the package debian-archive-keyring is not installed"
        )
    for name in ("lists/partial", "cache/archives/partial", "download"):
        (directory / name).mkdir(parents=True)
    sources = directory / "sources.list"
    sources.write_text(f"deb-src [signed-by={keyring}] {mirror} {SUITE} main\n")
    options = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "-",
        "Dir::Etc::preferencesparts": "-",
        "Dir::State::lists": directory / "lists",
        "Dir::Cache": directory / "cache",
        "APT::Sandbox::User": "",  # the download directory belongs to whoever runs this
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
    }
    flags = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
    _apt_get([*flags, "update"], directory / "download")
    _apt_get([*flags, "source", "--download-only", PACKAGE], directory / "download")
    found = sorted((directory / "download").glob(f"{PACKAGE}_*.orig.tar.*"))
    tarballs = [path for path in found if path.suffix != ".asc"]
    if not tarballs:
        raise TimescaleUnavailableError(f"{mirror} has no source package {PACKAGE}")
    return tarballs[0]


def _apt_get(arguments: list[str], directory: Path) -> None:
    done = subprocess.run(  # noqa: S603 - our own arguments
        ["apt-get", "-q", *arguments],  # noqa: S607 - wherever the system keeps it
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )
    # "update" exits with 0 where a mirror cannot be reached; the download then fails for it.
    problems = [line for line in done.stderr.splitlines() if line.startswith(("E:", "W:"))]
    if done.returncode != 0:
        raise TimescaleUnavailableError(
            "apt-get could not fetch the source of TimescaleDB: " + " ".join(problems)
        )


def debian_mirrors(apt: Path) -> Iterator[str]:
    """Mirrors of Debian proper in apt's own configuration, security archives left out."""
    one_line = re.compile(r"^\s*deb(?:-src)?\s+(?:\[[^\]]*\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)")
    lists = [apt / "sources.list", *sorted((apt / "sources.list.d").glob("*.list"))]
    for path in lists:
        for line in path.read_text().splitlines() if path.is_file() else ():
            if match := one_line.match(line):
                yield from _if_debian(match["uri"])
    for path in sorted((apt / "sources.list.d").glob("*.sources")):
        for stanza in re.split(r"\n\s*\n", path.read_text()):
            if match := re.search(r"^URIs:\s*(\S+)", stanza, re.MULTILINE | re.IGNORECASE):
                yield from _if_debian(match[1])


def _if_debian(uri: str) -> Iterator[str]:
    if re.search(r"/debian/?$", uri):
        yield uri.rstrip("/")
