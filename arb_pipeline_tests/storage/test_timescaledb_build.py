"""Getting TimescaleDB: from the cache, and what is said where it cannot be had."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from arb_pipeline.storage import c_compiler
from arb_pipeline.storage.postgres_install import PostgresInstall
from arb_pipeline.storage.timescaledb_build import ensure_installed
from arb_pipeline.storage.timescaledb_source import (
    TimescaleUnavailableError,
    debian_mirrors,
    fetch,
)


@pytest.fixture
def bare(tmp_path: Path) -> PostgresInstall:
    """A PostgreSQL without TimescaleDB: as much of the wheel's as deciding and copying needs."""
    wheel, bare = PostgresInstall.from_wheel(), PostgresInstall(tmp_path / "pginstall")
    shutil.copytree(wheel.root / "bin", bare.root / "bin")
    bare.libraries.mkdir(parents=True)
    bare.extensions.mkdir(parents=True)
    return bare


def test_a_new_environment_installs_what_was_built_before(bare: PostgresInstall) -> None:
    wheel = PostgresInstall.from_wheel()
    ensure_installed(wheel, None, print)
    said: list[str] = []
    ensure_installed(bare, None, said.append)
    assert said == []  # nothing was fetched or compiled
    for name in ("timescaledb.so", "timescaledb-2.19.3.so"):
        assert (bare.libraries / name).read_bytes() == (wheel.libraries / name).read_bytes()
    scripts = {path.name for path in bare.extensions.iterdir()}
    assert {"timescaledb.control", "timescaledb--2.19.3.sql"} <= scripts
    assert not list(bare.root.rglob(".*"))


def test_with_no_compiler_and_none_to_be_had_it_says_what_to_do(
    bare: PostgresInstall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CC", raising=False)
    # Where uv or pip could fetch one, they are kept from the network.
    for name, value in {"UV_OFFLINE": "1", "PIP_NO_INDEX": "1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    with pytest.raises(TimescaleUnavailableError, match=r"C compiler.*Install one.*DATABASE_URL"):
        ensure_installed(bare, None, print, cache=tmp_path / "cache")


def test_a_compiler_that_cannot_compile_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = c_compiler.find(tmp_path, print)
    broken, work = tmp_path / "bin", tmp_path / "work"
    broken.mkdir()
    work.mkdir()
    for name, code in {"cc": "exit 1", "gcc": f'exec {real} "$@"'}.items():
        (broken / name).write_text(f"#!/bin/sh\n{code}\n")
        (broken / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{broken}:{os.environ['PATH']}")
    monkeypatch.delenv("CC", raising=False)
    assert c_compiler.find(work, print) == str(broken / "gcc")


def test_a_failed_build_names_its_log_and_leaves_nothing(
    bare: PostgresInstall, tmp_path: Path
) -> None:
    source, cache = tmp_path / "source", tmp_path / "cache"
    source.mkdir()
    (source / "version.config").write_text("version = 2.19.3\n")
    # No language: it has to fail at this line, whatever the machine can compile.
    (source / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.25)\nproject(broken NONE)\n"
        'message(FATAL_ERROR "too old a world")\n'
    )
    with pytest.raises(TimescaleUnavailableError, match=r"see .*\.log.*ARB_TIMESCALEDB_SOURCE"):
        ensure_installed(bare, source, print, cache=cache)
    assert not [path for path in cache.iterdir() if path.is_dir()]
    (log,) = cache.glob("*.log")
    assert "too old a world" in log.read_text()


@pytest.mark.parametrize("kind", ["missing", "empty directory", "no tarball"])
def test_a_wrong_source_is_named(tmp_path: Path, kind: str) -> None:
    source, work = tmp_path / "given", tmp_path / "work"
    work.mkdir()
    if kind == "empty directory":
        source.mkdir()
    elif kind == "no tarball":
        source.write_text("hello")
    with pytest.raises(TimescaleUnavailableError, match=f"{source}.*ARB_TIMESCALEDB_SOURCE"):
        fetch(source, work, print)


def test_a_directory_is_used_as_it_is(tmp_path: Path) -> None:
    inner = tmp_path / "timescaledb-2.20.0"
    inner.mkdir()
    (inner / "CMakeLists.txt").touch()
    (inner / "version.config").touch()
    assert fetch(tmp_path, tmp_path, print) == inner


def test_mirrors_are_read_from_both_of_apts_formats(tmp_path: Path) -> None:
    parts = tmp_path / "sources.list.d"
    parts.mkdir()
    (tmp_path / "sources.list").write_text(
        "# deb http://commented.example/debian bookworm main\n"
        "deb [signed-by=/a/key.gpg arch=amd64] http://one.example/debian/ bookworm main\n"
        "deb http://security.example/debian-security bookworm-security main\n"
    )
    (parts / "other.list").write_text("deb https://vendor.example/apt stable main\n")
    (parts / "debian.sources").write_text(
        "Types: deb\nURIs: http://two.example/debian\nSuites: bookworm\nComponents: main\n\n"
        "Types: deb\nURIs: http://two.example/debian-security\nSuites: bookworm-security\n"
    )
    assert list(debian_mirrors(tmp_path)) == [
        "http://one.example/debian",
        "http://two.example/debian",
    ]
