"""The Databricks SQL warehouse behind the one seam."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import tenacity

from dbspend360.errors import LostReply, Unreachable
from dbspend360.log import request_id
from dbspend360.models.answer import Answer
from dbspend360.warehouse.base import KNOCK, STREAM_ROWS, Question, Rows, Value, Warehouse
from dbspend360.warehouse.databricks.connections import Connection, Connections
from dbspend360.warehouse.databricks.failures import (
    FAILURES,
    HungUp,
    LoginRefused,
    Refused,
    SessionLost,
    is_worth_repeating,
    told,
)
from dbspend360.warehouse.databricks.rolled import RolledUp
from dbspend360.warehouse.databricks.spends_table import Columns, SpendsTable
from dbspend360.warehouse.databricks.values import bindable
from dbspend360.warehouse.noting import note_answer
from dbspend360.warehouse.questions import bound

T = TypeVar("T")

_MOST_TRIES = 4
_MOST_TRIES_ON_A_BAD_LINE = 8  # who hangs up is there; a dead host need not be tried so often
_RETRY_SECONDS = 8.0  # after that no further try begins
# What a changed table or a new GRANT may mend.
_STALE_LAYOUT = {"UNRESOLVED_COLUMN", "TABLE_OR_VIEW_NOT_FOUND", "INSUFFICIENT_PERMISSIONS"}


class DatabricksWarehouse(Warehouse):
    """Asks the SQL warehouse. Reads are repeated when the line fails, changes never are."""

    def __init__(
        self,
        connections: Connections,
        connect_briefly: Callable[[], Connection],
        spends_table: str,
        *,
        longest_wait: float,
        with_tags: bool = True,
        with_roll_ups: bool = False,
    ) -> None:
        """`spends_table` is checked and quoted; `longest_wait` is for a free connection.

        `with_roll_ups`: of `dbspend360 init --rollups`, while they say what the table says.
        """
        self._connections = connections
        self._connect_briefly = connect_briefly
        self._longest_wait = longest_wait
        self._with_tags = with_tags
        self.spends = SpendsTable(spends_table, self.columns)
        self._rolled = RolledUp(self.spends, self.read) if with_roll_ups else None

    def query(self, question: Question, values: Mapping[str, Value]) -> Answer[Rows]:
        """See `Warehouse.query`."""
        began = time.perf_counter()
        asked_at = datetime.now(UTC)
        rolled = self._from_roll_ups(question, values)
        if rolled is None:
            with self._layout_in_doubt(question):
                rows = self._rows(question.name, self._text(question), values)
        else:
            rows, asked_at = rolled
        note_answer(question.name, len(rows), began)
        return Answer(rows, asked_at, cached=False)

    def read(self, question: Question) -> Rows:
        """The rows of a text that is whole and binds nothing.

        Raises:
            WarehouseError: as with `query`.
        """
        return self._rows(question.name, question.text, {})

    def forget(self) -> None:
        """Find out anew whether roll-ups say what the table says."""
        if self._rolled:
            self._rolled.forget()

    def stream(self, question: Question, values: Mapping[str, Value]) -> Iterator[Rows]:
        """See `Warehouse.stream`. One connection is busy with it until the end.

        Only the first rows are asked for again when the line fails: later ones may have been read.
        """
        began, count = time.perf_counter(), 0
        with self._layout_in_doubt(question):
            send = self._sent(question.name, *bound(self._text(question), values))
            held, cursor, rows = self._retrying(lambda: self._begun(question.name, send))
        with held:
            while rows:
                count += len(rows)
                try:
                    yield rows
                except GeneratorExit:  # the reader has enough: the connection is as good as before
                    return
                rows = cursor.fetchmany_arrow(STREAM_ROWS).to_pylist()
        note_answer(question.name, count, began)

    def change(self, question: Question, values: Mapping[str, Value]) -> int | None:
        """Send a change exactly once, on a connection of its own that cannot have expired.

        Returns:
            How many rows it changed; None where the warehouse does not say.

        Raises:
            LostReply: it was sent, and nobody knows what became of it.
            WarehouseError: it certainly did not happen.
        """
        send = self._sent(question.name, *bound(question.text, values))
        is_sent = False

        def change(cursor: Any) -> int | None:  # noqa: ANN401
            nonlocal is_sent
            is_sent = True
            return _changed_rows(send(cursor))

        try:
            return self._once(question.name, change, fresh=True)
        except LoginRefused:
            raise
        except Unreachable as error:
            if not is_sent:
                raise
            reason = "Databricks did not say whether it was saved: look before you try again."
            raise LostReply(question.name, reason) from error

    def columns(self, table: str) -> Columns:
        """Type by name of each column of a checked and quoted table, in its order."""
        text = f"SELECT * FROM {table} LIMIT 0"  # noqa: S608 - checked and quoted
        send = self._sent("columns", text, [])
        return self._repeated("columns", lambda cursor: _columns(send(cursor)))

    def knock(self) -> None:
        """Whether anybody answers, found out quickly and on a new connection.

        Raises:
            WarehouseError: nobody does, or not to us.
        """
        try:
            with closing(self._connect_briefly()) as connection, connection.cursor() as cursor:
                cursor.execute(KNOCK.text)
        except FAILURES as error:
            raise told(error, KNOCK.name) from error

    def close(self) -> None:
        """Close the connections that are idle."""
        self._connections.close()

    def _from_roll_ups(
        self, question: Question, values: Mapping[str, Value]
    ) -> tuple[Rows, datetime] | None:
        """The rows, and when they were the table's own; None: the records must be asked."""
        text = question.quickest(values)
        ready = self._rolled.ready(text) if self._rolled and text != question.text else None
        if self._rolled is None or ready is None:
            return None
        try:
            return self._rows(question.name, ready[0], values), ready[1]
        except Refused:  # they were just made anew, or somebody dropped them
            self._rolled.forget()
            return None

    def _rows(self, name: str, text: str, values: Mapping[str, Value]) -> Rows:
        send = self._sent(name, *bound(text, values))
        return self._repeated(name, lambda cursor: _all_rows(send(cursor)))

    def _text(self, question: Question) -> str:
        return self.spends.ask(question.text) if _reads_spends(question) else question.text

    @contextmanager
    def _layout_in_doubt(self, question: Question) -> Iterator[None]:
        try:
            yield
        except Refused as error:
            if error.kind in _STALE_LAYOUT and _reads_spends(question):
                self.spends.forget()
            raise

    def _repeated(self, name: str, act: Callable[[Any], T]) -> T:
        return self._retrying(lambda: self._once(name, act))

    def _retrying(self, act: Callable[[], T]) -> T:
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(is_worth_repeating),
            stop=tenacity.stop_before_delay(_RETRY_SECONDS) | _TriedEnough(),
            wait=tenacity.wait_random_exponential(multiplier=0.2, max=1),
            reraise=True,
        )
        answer: T = retrying(act)
        return answer

    def _sent(self, name: str, text: str, ordered: list[Value]) -> Callable[[Any], Any]:
        """Sends the statement on a cursor; its tags are in the warehouse's query history."""
        request = {"request_id": request_id()} if request_id() else {}
        tags = {"app": "dbspend360", "question": name, **request} if self._with_tags else None
        return lambda cursor: cursor.execute(text, bindable(ordered) or None, query_tags=tags)

    def _begun(self, name: str, send: Callable[[Any], Any]) -> tuple[ExitStack, Any, Rows]:
        with ExitStack() as held:
            cursor = held.enter_context(self._cursor(name))
            send(cursor)
            rows: Rows = cursor.fetchmany_arrow(STREAM_ROWS).to_pylist()
            return held.pop_all(), cursor, rows

    def _once(self, name: str, act: Callable[[Any], T], *, fresh: bool = False) -> T:
        with self._cursor(name, fresh=fresh) as cursor:
            return act(cursor)

    @contextmanager
    def _cursor(self, name: str, *, fresh: bool = False) -> Iterator[Any]:
        lease = self._connections.leased(longest_wait=self._longest_wait, fresh=fresh)
        try:
            with lease as connection, connection.cursor() as cursor:
                yield cursor
        except FAILURES as error:
            failure = told(error, name)
            if isinstance(failure, SessionLost | LoginRefused):
                self._connections.forget()
            raise failure from error


class _TriedEnough(tenacity.stop.stop_base):
    def __call__(self, retry_state: tenacity.RetryCallState) -> bool:
        outcome = retry_state.outcome
        is_bad_line = outcome and isinstance(outcome.exception(), HungUp | SessionLost)
        most = _MOST_TRIES_ON_A_BAD_LINE if is_bad_line else _MOST_TRIES
        return retry_state.attempt_number >= most


def _reads_spends(question: Question) -> bool:
    return bool(re.search(r"\bspends\b", question.text))


def _all_rows(cursor: Any) -> Rows:  # noqa: ANN401 - the connector is not typed
    rows: Rows = cursor.fetchall_arrow().to_pylist()  # ten times as fast as fetchall
    return rows


def _changed_rows(cursor: Any) -> int | None:  # noqa: ANN401 - the connector is not typed
    """What Delta says of an INSERT, UPDATE, DELETE or MERGE."""
    names = [each[0] for each in cursor.description or ()]
    if "num_affected_rows" not in names:
        return None
    rows: Rows = cursor.fetchall_arrow().to_pylist()
    return int(str(rows[0]["num_affected_rows"])) if rows else None


def _columns(cursor: Any) -> Columns:  # noqa: ANN401 - the connector is not typed
    return {each[0].lower(): each[1] for each in cursor.description or ()}
