"""A C compiler: the machine's own, or one fetched for the occasion.

What belongs here: finding what can compile TimescaleDB, down to a Linux with nothing but Python,
for which the package ``ziglang`` (Clang and the C library's headers as a wheel) is fetched into the
build's working directory. What does not: the build itself (``timescaledb_build``).
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from arb_pipeline.storage.timescaledb_source import Progress, TimescaleUnavailableError

# Not a dependency: 400 MB unpacked, needed for a minute on the few machines without a compiler.
ZIG = "ziglang==0.17.0"
# What the wheel's PostgreSQL itself asks for, so that the result runs wherever that does.
_OLDEST_GLIBC = "2.28"
_WHAT_TO_DO = (
    "Install one (on Debian: apt-get install gcc libc6-dev), or set DATABASE_URL to a TimescaleDB "
    "you have; the containers under deploy/ bring one."
)


def find(work: Path, progress: Progress) -> str:
    """The program to compile with.

    Args:
        work: a directory that lives as long as the build.
        progress: told in one line what takes time.

    Raises:
        TimescaleUnavailableError: there is none, and none can be fetched.
    """
    chosen = os.environ.get("CC")
    if chosen:
        return chosen
    for name in ("cc", "gcc", "clang"):
        found = shutil.which(name)
        if found is not None and _compiles(found, work):
            return found
    return _fetched(work, progress)


def _compiles(compiler: str, work: Path) -> bool:
    """Whether it makes a program: a compiler without the C library's headers does not."""
    source = work / "probe.c"
    source.write_text("#include <stdio.h>\nint main(void) { return getchar() < 0; }\n")
    done = subprocess.run(  # noqa: S603 - our own arguments
        [compiler, str(source), "-o", str(work / "probe")], capture_output=True, check=False
    )
    return done.returncode == 0


def _fetched(work: Path, progress: Progress) -> str:
    problem = "TimescaleDB has to be compiled once, and there is no working C compiler here"
    uv = os.environ.get("UV") or shutil.which("uv")  # `uv run` tells where it is
    if uv is not None:
        installer = [uv, "pip", "install", "--python", sys.executable]
    elif find_spec("pip") is not None:
        installer = [sys.executable, "-m", "pip", "install"]
    else:
        installer = []
    if platform.libc_ver()[0] != "glibc" or not installer:
        raise TimescaleUnavailableError(problem, _WHAT_TO_DO)
    progress("no C compiler here: fetching one for this build (100 MB)")
    target = work / "compiler"
    done = subprocess.run(  # noqa: S603 - our own arguments
        [*installer, "--quiet", "--no-deps", "--target", str(target), ZIG],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = " ".join(done.stderr.split())
        raise TimescaleUnavailableError(
            f"{problem}, and none could be fetched ({said})", _WHAT_TO_DO
        )
    wrapper = work / "cc"
    wrapper.write_text(
        "#!/bin/sh\n"
        f'export ZIG_GLOBAL_CACHE_DIR="{work}/zig" ZIG_LOCAL_CACHE_DIR="{work}/zig"\n'
        f'exec "{target}/ziglang/zig" cc '
        f'-target {platform.machine()}-linux-gnu.{_OLDEST_GLIBC} "$@"\n'
    )
    wrapper.chmod(0o755)
    return str(wrapper)
