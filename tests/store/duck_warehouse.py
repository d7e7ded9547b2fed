"""The texts of `AppConfigsTable` on DuckDB itself, and what can go wrong with a change."""

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Literal

import duckdb

from dbspend360.errors import LostReply, Unreachable, WarehouseError
from dbspend360.models.answer import Answer
from dbspend360.warehouse.base import Question, Rows, Value, Warehouse
from dbspend360.warehouse.databricks.failures import Refused
from dbspend360.warehouse.questions import bound

TABLE = "`catalog_of_ours`.`costs`.`app_configs`"

Trouble = Literal["lost before", "lost after", "outrun", "denied", "not sent", "mute"]


class DuckWarehouse(Warehouse):
    """A warehouse that also writes; the next changes go wrong as `troubles` says."""

    def __init__(self, *, tells: bool = True) -> None:
        """`tells` how many rows a change met."""
        self._tells = tells
        self._db = duckdb.connect()
        self._db.execute("ATTACH ':memory:' AS catalog_of_ours")
        self._db.execute("CREATE SCHEMA catalog_of_ours.costs")
        self._writing = threading.Lock()
        self.troubles: list[Trouble] = []
        self.changes: list[str] = []
        self.meanwhile: Callable[[], object] = lambda: None  # somebody else, before our next look
        self._is_mute = False

    def query(self, question: Question, values: Mapping[str, Value]) -> Answer[Rows]:
        assert not question.is_remembered
        if self._is_mute:
            raise Unreachable(question.name, "It does not answer.")
        return Answer(self._run(question, values), datetime.now(UTC), cached=False)

    def change(self, question: Question, values: Mapping[str, Value]) -> int | None:
        with self._writing:
            self.changes.append(question.name)
            trouble = self.troubles.pop(0) if self.troubles else ""
            if trouble == "not sent":
                raise Unreachable(question.name, "There is no line.")
            if trouble == "outrun":
                raise Refused(question.name, "The log says why.", "DELTA_CONCURRENT_APPEND")
            if trouble == "denied":
                raise Refused(question.name, "The log says why.", "INSUFFICIENT_PERMISSIONS")
            rows = [] if trouble == "lost before" else self._run(question, values)
        self._is_mute = trouble == "mute"
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        if trouble.startswith("lost"):
            raise LostReply(question.name, "Nobody knows.")
        return int(str(rows[0]["Count"])) if self._tells and rows else None

    def execute(self, words: str) -> list[tuple[object, ...]]:
        """Whatever else somebody does to the table."""
        with self._db.cursor() as cursor:
            return cursor.execute(words).fetchall()

    def close(self) -> None:
        self._db.close()

    def _run(self, question: Question, values: Mapping[str, Value]) -> Rows:
        text, ordered = bound(question.text.partition("USING DELTA")[0], values)
        try:
            with self._db.cursor() as cursor:
                cursor.execute(text, ordered)
                names = [each[0] for each in cursor.description or ()]
                return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        except duckdb.CatalogException as error:
            raise Refused(question.name, str(error), "TABLE_OR_VIEW_NOT_FOUND") from error
        except duckdb.Error as error:
            raise WarehouseError(question.name, str(error)) from error
