"""Where the words of our own code go: rotating files beside the outputs of supervised processes.

What belongs here: handlers, format, level, and the masking of secrets. A component speaks through
``logging.getLogger("arb_pipeline.<component>")`` (exchanges, storage, defs, simulator, cli, …) and
needs nothing from here. What does not belong here: the logs of Dagster and its runs; those get our
lines too, by ``python_logs`` of ``dagster.yaml``.

All processes write into one file, ``<ARB_HOME>/logs/arb_pipeline.log``, in the order of time; a
lock beside it lets them write and rotate at once without losing a line.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import parse_qs, quote, unquote, urlsplit

from concurrent_log_handler import ConcurrentRotatingFileHandler

from arb_pipeline.model import Company
from arb_pipeline.settings import Settings, settings

ROOT = "arb_pipeline"
FILE = "arb_pipeline.log"
MASK = "***"
# A shorter one is masked inside addresses only: it would be found in every other word.
_SHORTEST = 4
_SHORTEST_TOKEN = 16


def configure(component: str) -> logging.Logger:
    """Let this process log as the settings say.

    Saying it again adds nothing, and takes up settings that changed. What the process is stays
    what it was first: a command that loads the definitions still warns at the terminal.

    Args:
        component: what this process is, such as cli or defs; also the name in lines of the logger
            ``arb_pipeline`` itself.

    Returns:
        The component's logger.

    Raises:
        ConfigurationError: the settings are malformed.
    """
    configured = settings()
    _masking.learn(configured)
    if logging.getLogRecordFactory() is not _masking:
        _masking.previous = logging.getLogRecordFactory()
        logging.setLogRecordFactory(_masking)
    root = logging.getLogger(ROOT)
    root.setLevel(configured.log_level)
    process = component
    for earlier in [h for h in root.handlers if isinstance(h.formatter, _Formatter)]:
        process = earlier.formatter.process  # type: ignore[union-attr] # just seen
        root.removeHandler(earlier)
        earlier.close()
    handlers: list[logging.Handler] = [_File(configured)]
    if process == "cli":
        handlers.append(_StandardError(logging.WARNING))
    for handler in handlers:
        handler.setFormatter(_Formatter(process))
        root.addHandler(handler)
    return logging.getLogger(f"{ROOT}.{component}")


class _File(ConcurrentRotatingFileHandler):
    """Makes its directory with the first line: a command that says nothing leaves nothing."""

    def __init__(self, configured: Settings) -> None:
        super().__init__(
            str(configured.home / "logs" / FILE),
            maxBytes=configured.log_file_megabytes * 1_000_000,
            backupCount=configured.log_files - 1,
            encoding="utf-8",
            unicode_error_policy="replace",
        )

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record; what hinders it is told on standard error."""
        try:
            Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            self.handleError(record)
            return
        super().emit(record)


class _StandardError(logging.StreamHandler[TextIO]):
    """Warnings for whoever sits at the terminal, on whatever standard error is at the moment."""

    def __init__(self, level: int) -> None:
        logging.Handler.__init__(self, level)

    @property
    def stream(self) -> TextIO:
        return sys.stderr

    @stream.setter
    def stream(self, _: TextIO) -> None:
        raise AttributeError("it is always sys.stderr")


class _Formatter(logging.Formatter):
    """``2026-01-31T23:59:59.123Z WARNING exchanges what there is to say``."""

    def __init__(self, process: str) -> None:
        super().__init__("%(asctime)s %(levelname)s %(component)s %(message)s")
        self.process = process

    def formatTime(  # noqa: N802 - named by the library
        self, record: logging.LogRecord, datefmt: str | None = None
    ) -> str:
        """UTC, ISO 8601, to the millisecond."""
        at = datetime.fromtimestamp(record.created, tz=UTC)
        return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def format(self, record: logging.LogRecord) -> str:
        """The line, and a traceback below it where there is one."""
        parts = record.name.split(".")
        record.component = parts[1] if len(parts) > 1 else self.process
        return super().format(record)


class _Masking:
    """Makes records, without secrets in those of our own loggers.

    In the making, not in a filter of one handler: other handlers, such as those by which Dagster
    puts our lines into its event log, have to be spared too.
    """

    def __init__(self) -> None:
        self.previous: Any = logging.LogRecord
        self._pattern: re.Pattern[str] | None = None

    def learn(self, configured: Settings) -> None:
        found = sorted(set(secrets(configured)), key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, found))) if found else None

    def __call__(self, name: str | None, *args: Any, **kwargs: Any) -> logging.LogRecord:
        record: logging.LogRecord = self.previous(name, *args, **kwargs)
        # logging.makeLogRecord gives no name.
        if self._pattern is not None and f"{name}.".startswith(f"{ROOT}."):
            self._mask(record, self._pattern)
        return record

    def _mask(self, record: logging.LogRecord, pattern: re.Pattern[str]) -> None:
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001 - arguments that do not fit are no reason to show them
            message = f"{record.msg} {record.args!r}"
        if pattern.search(message):
            record.msg, record.args = pattern.sub(MASK, message), ()
        if record.exc_info and record.exc_info[0] is not None:
            trace = logging.Formatter().formatException(record.exc_info)
            if pattern.search(trace):
                # Whoever formats the exception itself would show it again.
                record.exc_info, record.exc_text = None, pattern.sub(MASK, trace)
        if record.stack_info:
            record.stack_info = pattern.sub(MASK, record.stack_info)


_masking = _Masking()


def secrets(configured: Settings) -> Iterator[str]:
    """Every secret the settings know, in each form in which it may appear in a text."""
    for company in Company:
        own = configured.company(company)
        for credential in (own.api_key, own.api_secret):
            if credential is not None:
                yield from _forms(credential.get_secret_value())
    if configured.postgres_password is not None:
        yield from _forms(configured.postgres_password.get_secret_value())
    if configured.database_url is not None:
        address = urlsplit(configured.database_url.get_secret_value())
        for password in (address.password, *parse_qs(address.query).get("password", ())):
            yield from _forms(unquote(password or ""))
    for token in configured.api_token_list:
        yield from _forms(token)
    if configured.webhook_url is not None:
        webhook = urlsplit(configured.webhook_url.get_secret_value())
        yield webhook.geturl()
        yield from (part for part in webhook.path.split("/") if len(part) >= _SHORTEST_TOKEN)
        for values in parse_qs(webhook.query).values():
            yield from (form for value in values for form in _forms(value))


def _forms(secret: str) -> Iterator[str]:
    if len(secret) >= _SHORTEST:
        yield from (secret, quote(secret, safe=""), quote(secret))
    elif secret:
        yield f":{quote(secret, safe='')}@"
