"""Dagster's storage on PostgreSQL, with the events a run plans stored together.

What belongs here: that one difference to ``dagster_postgres``, named in ``dagster.yaml``. Dagster
1.13.27 collects what a run plans to materialize, an event per partition, and then stores each by
itself over two new connections, some 20 ms a partition: a run over half a year waited longer for
that than for the exchange. Materializations that happened it stores together, as is done here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dagster import DagsterEventType, EventLogEntry
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable
from dagster._serdes import ConfigurableClassData
from dagster_postgres.event_log import PostgresEventLogStorage
from dagster_postgres.storage import DagsterPostgresStorage
from dagster_postgres.utils import pg_url_from_config

_PLANNED = DagsterEventType.ASSET_MATERIALIZATION_PLANNED


class EventLog(PostgresEventLogStorage):
    """Stores planned materializations of one asset in two statements, however many they are."""

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store events; those that are no planned materializations as Dagster does."""
        planned: dict[Any, list[EventLogEntry]] = {}
        others = []
        for event in events:
            what = event.get_dagster_event()
            if what.event_type is _PLANNED:
                planned.setdefault(what.asset_key, []).append(event)
            else:
                others.append(event)
        for batch in planned.values():
            self._store_planned(batch)
        if others:
            super().store_event_batch(others)

    def _store_planned(self, events: Sequence[EventLogEntry]) -> None:
        statement = self.prepare_insert_event_batch(events)
        with self._connect() as connection:
            found = connection.execute(statement.returning(SqlEventLogStorageTable.c.id))
            ids = [int(row[0]) for row in found.fetchall()]
        with self.index_transaction() as connection:
            self._store_asset_event_tags(connection, events, ids)
            # Of the asset only the latest is kept.
            self._store_asset_event(connection, events[-1], ids[-1])


class Storage(DagsterPostgresStorage):
    """``dagster_postgres``'s storage over an :class:`EventLog`."""

    def __init__(
        self,
        postgres_url: str,
        should_autocreate_tables: bool = True,
        inst_data: ConfigurableClassData | None = None,
    ) -> None:
        super().__init__(postgres_url, should_autocreate_tables, inst_data)
        self._event_log_storage = EventLog(postgres_url, should_autocreate_tables)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> Storage:
        """Called by Dagster with what ``dagster.yaml`` says."""
        return cls(
            pg_url_from_config(config_value),
            config_value.get("should_autocreate_tables", True),
            inst_data,
        )
