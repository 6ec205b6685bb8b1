"""Ten minutes of ``arb-pipeline up`` on the simulator: punctuality, CPU and memory of everything.

Run ``python -m arb_pipeline_tests.benchmarks.bench_heartbeat --minutes 10``. CPU seconds count
the children a process has buried, so the runs, which live for seconds, are told by the process they
are copies of. Memory is what is a process's own, and its share of what several hold.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import psutil

from arb_pipeline.ports import any_free_port
from arb_pipeline.storage.database import connect

_ACCOUNTS = {
    f"{company}_API_{part}": f"{company.lower()}-{part.lower()}"
    for company in ("BINANCE", "BYBIT", "GATEIO", "MEXC")
    for part in ("KEY", "SECRET")
}
_PRELOADED = "multiprocessing.forkserver"  # runs are copies of it
_NAMES = {
    "arb_pipeline up": "up",
    "arb_pipeline.watchdog": "watchdog",
    "simulator --port": "simulator",
    "dagster_code_server api grpc": "code server",
    "dagster_webserver": "webserver",
    "dagster._daemon": "daemon",
    "postgres": "PostgreSQL",
    _PRELOADED: "runs",
}
_STATISTICS = """
SELECT asset, count(DISTINCT timestamp) AS beats, count(*) AS samples, count(problem) AS failed,
    round(percentile_cont(0.5) WITHIN GROUP (ORDER BY late)::numeric, 3) AS median_s,
    round(percentile_cont(0.99) WITHIN GROUP (ORDER BY late)::numeric, 3) AS p99_s,
    round(max(late)::numeric, 3) AS max_s
FROM (SELECT *, extract(epoch FROM lateness)::float8 AS late FROM collections_named) AS c
WHERE sampled_at IS NOT NULL GROUP BY asset ORDER BY asset
"""
_DOUBLED = """
SELECT count(*) FROM (
    SELECT 1 FROM book_ticker_snapshots
    GROUP BY symbol_id, date_trunc('minute', timestamp) HAVING count(*) > 1
) AS doubled
"""


def main() -> None:
    """Start, watch for some minutes, stop, and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    minutes = parser.parse_args().minutes
    with tempfile.TemporaryDirectory(prefix="arb-heartbeat-") as home:
        environment = {
            **os.environ,
            **_ACCOUNTS,
            "ARB_HOME": home,
            "ARB_WEBSERVER_PORT": str(any_free_port("127.0.0.1")),
            "ARB_SIMULATOR_PORT": str(any_free_port("127.0.0.1")),
            "ARB_API_PORT": str(any_free_port("127.0.0.1")),
        }
        log = (Path(home) / "up.log").open("w+")
        process = subprocess.Popen(
            [sys.executable, "-m", "arb_pipeline", "up"], env=environment, stdout=log, stderr=log
        )
        try:
            while "arb-pipeline is up" not in (Path(home) / "up.log").read_text():
                if process.poll() is not None:
                    sys.exit((Path(home) / "up.log").read_text())
                time.sleep(0.2)
            time.sleep(60 - time.time() % 60 - 5)  # whole minutes, and the beats in them
            _watch(home, minutes)
            _ask(home, environment)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)


def _watch(home: str, minutes: float) -> None:
    first: dict[str, float] = {}
    cpu: dict[str, float] = defaultdict(float)
    memory: dict[str, list[int]] = defaultdict(list)
    ends = time.monotonic() + minutes * 60
    while time.monotonic() < ends:
        now: dict[str, float] = defaultdict(float)
        resident: dict[str, int] = defaultdict(int)
        for name, process in _processes(home):
            try:
                times, memory_info = process.cpu_times(), process.memory_full_info()
            except psutil.Error:
                continue
            now[name] += times.user + times.system
            if name == "preloaded":
                now["runs (ended)"] += times.children_user + times.children_system
            resident[name] += memory_info.pss
        for name, seconds in now.items():
            first.setdefault(name, seconds)
            cpu[name] = seconds - first[name]
        for name, size in resident.items():
            memory[name].append(size)
        time.sleep(1)
    cores = psutil.cpu_count() or 1
    print(f"{'process':16}{'CPU s/min':>10}{'of machine':>12}{'median MB':>11}{'most MB':>9}")
    for name in sorted({*cpu, *memory} - {"runs"}):
        sizes = sorted(memory.get("runs" if name == "runs (ended)" else name, [0]))
        per_minute = cpu[name] / minutes
        print(
            f"{name:16}{per_minute:10.2f}{per_minute / 60 / cores:12.1%}"
            f"{sizes[len(sizes) // 2] / 1e6:11.0f}{sizes[-1] / 1e6:9.0f}"
        )
    total = sum(seconds for name, seconds in cpu.items() if name != "runs") / minutes
    print(f"{'all':16}{total:10.2f}{total / 60 / cores:12.1%}")


def _processes(home: str) -> list[tuple[str, psutil.Process]]:
    found = []
    for process in psutil.process_iter():
        try:
            command, parent = _command(process), _command(process.parent())
            ours = process.environ().get("ARB_HOME") == home
        except psutil.Error:
            continue
        if not ours and home not in command and "postgres: " not in command:
            continue
        name = next((name for part, name in _NAMES.items() if part in command), None)
        if name == "runs" and _PRELOADED not in parent:
            name = "preloaded"
        if name:
            found.append((name, process))
    return found


def _command(process: psutil.Process | None) -> str:
    return "" if process is None else " ".join(process.cmdline())


def _ask(home: str, environment: dict[str, str]) -> None:
    url = subprocess.run(
        [sys.executable, "-m", "arb_pipeline", "db", "url"],
        env=environment, capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip

    async def rows(statement: str) -> list[Any]:
        connection = await connect(url)
        try:
            return list(await connection.fetch(statement))
        finally:
            await connection.close()

    found = asyncio.run(rows(_STATISTICS))
    print("\t".join(found[0].keys()) if found else "nothing was collected")
    for row in found:
        print("\t".join(str(value) for value in row.values()))
    print("minutes with two samples of one symbol:", asyncio.run(rows(_DOUBLED))[0][0])


if __name__ == "__main__":
    main()
