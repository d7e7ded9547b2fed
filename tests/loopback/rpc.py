"""The Thrift service behind the connector: sessions, statements, results."""

import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa
from databricks.sql.thrift_api.TCLIService import ttypes

from loopback.engine import Engine
from loopback.results import Sending
from loopback.translate import BadStatement, arguments, translated

_DIRECT_SECONDS = 2.0  # how long ExecuteStatement waits for the end before it says "running"
_LONGEST_MEETING_SECONDS = 20.0
_POLL_SECONDS = 1.0  # how long GetOperationStatus waits: the client polls without a pause

OK = ttypes.TStatus(statusCode=ttypes.TStatusCode.SUCCESS_STATUS)
_RUNNING = ttypes.TOperationState.RUNNING_STATE
_FINISHED = ttypes.TOperationState.FINISHED_STATE
_ERROR = ttypes.TOperationState.ERROR_STATE


@dataclass(frozen=True)
class Statement:
    """A statement as it came."""

    session: str
    text: str
    values: tuple[str | None, ...]
    types: tuple[str, ...]
    at: float
    tags: str  # as the query history shows them


@dataclass
class Operation:
    """A statement that runs, or ran."""

    session: str
    cursor: duckdb.DuckDBPyConnection
    done: threading.Event = field(default_factory=threading.Event)
    cancelled: threading.Event = field(default_factory=threading.Event)
    error: str = ""
    sending: Sending | None = None
    timer: threading.Timer | None = None


@dataclass
class Session:
    """What a client set when it came in."""

    configuration: dict[str, str]


class Service:
    """The methods that the connector calls; Thrift's processor finds them by name."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self.sessions: dict[str, Session] = {}
        self.operations: dict[str, Operation] = {}
        self.statements: list[Statement] = []
        self.requests: Counter[str] = Counter()
        self.slow_seconds = 0.0
        self._meeting: tuple[threading.Barrier, str] | None = None

    def meet(self, count: int, words: str) -> None:
        """Statements with these words begin once so many are there; who waits alone is refused."""
        self._meeting = (threading.Barrier(count), words)

    def forget_sessions(self) -> None:
        """As after a restart."""
        with self._lock:
            self.sessions.clear()
            self.operations.clear()

    # ---- sessions

    def OpenSession(self, req: Any) -> Any:
        handle = _handle()
        with self._lock:
            self.sessions[_id(handle)] = Session(dict(req.configuration or {}))
        return ttypes.TOpenSessionResp(
            status=OK,
            serverProtocolVersion=ttypes.TProtocolVersion.SPARK_CLI_SERVICE_PROTOCOL_V8,
            sessionHandle=ttypes.TSessionHandle(
                sessionId=handle,
                serverProtocolVersion=ttypes.TProtocolVersion.SPARK_CLI_SERVICE_PROTOCOL_V8,
            ),
            canUseMultipleCatalogs=True,
        )

    def CloseSession(self, req: Any) -> Any:
        session = _id(req.sessionHandle.sessionId)
        with self._lock:
            known = self.sessions.pop(session, None)
            self.operations = {
                name: each for name, each in self.operations.items() if each.session != session
            }
        return ttypes.TCloseSessionResp(status=OK if known else _no_session())

    # ---- statements

    def ExecuteStatement(self, req: Any) -> Any:
        session = self.sessions.get(_id(req.sessionHandle.sessionId))
        if session is None:
            return ttypes.TExecuteStatementResp(status=_no_session())
        parameters = list(req.parameters or [])
        self._note(req, parameters)
        operation = Operation(_id(req.sessionHandle.sessionId), self._engine.cursor())
        handle = _handle()
        with self._lock:
            self.operations[_id(handle)] = operation
        self._start(operation, session, req, parameters)
        operation.done.wait(_DIRECT_SECONDS)
        return ttypes.TExecuteStatementResp(
            status=OK,
            operationHandle=ttypes.TOperationHandle(
                operationId=handle,
                operationType=ttypes.TOperationType.EXECUTE_STATEMENT,
                hasResultSet=True,
            ),
            directResults=self._direct(operation, _id(handle), req),
        )

    def GetOperationStatus(self, req: Any) -> Any:
        operation = self.operations.get(_id(req.operationHandle.operationId))
        if operation is None:
            return ttypes.TGetOperationStatusResp(status=_no_operation())
        operation.done.wait(_POLL_SECONDS)
        return _status(operation)

    def GetResultSetMetadata(self, req: Any) -> Any:
        sending = self.operations[_id(req.operationHandle.operationId)].sending
        return sending.metadata() if sending else None

    def FetchResults(self, req: Any) -> Any:
        operation = self.operations.get(_id(req.operationHandle.operationId))
        if operation is None or operation.sending is None:
            return ttypes.TFetchResultsResp(status=_no_operation())
        rows, has_more = operation.sending.batch(req.maxRows)
        return ttypes.TFetchResultsResp(
            status=OK,
            hasMoreRows=has_more,
            results=rows,
            resultSetMetadata=operation.sending.metadata(),
        )

    def CloseOperation(self, req: Any) -> Any:
        with self._lock:
            self.operations.pop(_id(req.operationHandle.operationId), None)
        return ttypes.TCloseOperationResp(status=OK)

    def CancelOperation(self, req: Any) -> Any:
        operation = self.operations.get(_id(req.operationHandle.operationId))
        if operation:
            _stop(operation)
        return ttypes.TCancelOperationResp(status=OK)

    # ---- how a statement runs

    def _note(self, req: Any, parameters: list[Any]) -> None:
        said = Statement(
            _id(req.sessionHandle.sessionId),
            req.statement,
            tuple(arguments(parameters).values()),
            tuple(each.type for each in parameters),
            time.monotonic(),
            (req.confOverlay or {}).get("query_tags", ""),
        )
        with self._lock:
            self.statements.append(said)

    def _start(
        self, operation: Operation, session: Session, req: Any, parameters: list[Any]
    ) -> None:
        longest = session.configuration.get("STATEMENT_TIMEOUT")
        if longest:
            operation.timer = threading.Timer(float(longest), _time_out, (operation, longest))
            operation.timer.daemon = True
            operation.timer.start()
        run = (operation, req, parameters, self.slow_seconds)
        threading.Thread(target=self._run, args=run, daemon=True).start()

    def _run(self, operation: Operation, req: Any, parameters: list[Any], slow: float) -> None:
        try:
            self._meet(req.statement)
            if slow and operation.cancelled.wait(slow):
                raise BadStatement("[OPERATION_CANCELED] Cancelled. SQLSTATE: HY008")
            asked = translated(req.statement, tuple(each.type for each in parameters))
            table = self._engine.answer(operation.cursor, asked, arguments(parameters))
            operation.sending = Sending(table, bool(req.canDecompressLZ4Result))
        except BadStatement as error:
            operation.error = operation.error or str(error)
        except (duckdb.Error, pa.ArrowException, LookupError) as error:
            operation.error = operation.error or f"[INTERNAL_ERROR] {error} SQLSTATE: XX000"
        finally:
            if operation.timer:
                operation.timer.cancel()
            operation.cursor.close()
            operation.done.set()

    def _meet(self, text: str) -> None:
        if self._meeting is None or self._meeting[1] not in text:
            return
        try:
            self._meeting[0].wait(_LONGEST_MEETING_SECONDS)
        except threading.BrokenBarrierError as error:
            raise BadStatement("[ALONE] The others did not come. SQLSTATE: XX000") from error

    def _direct(self, operation: Operation, handle: str, req: Any) -> Any:
        if not operation.done.is_set() or operation.error:
            return ttypes.TSparkDirectResults(operationStatus=_status(operation))
        sending = operation.sending
        if sending is None:
            return ttypes.TSparkDirectResults(operationStatus=_status(operation))
        rows, has_more = sending.batch(req.getDirectResults.maxRows)
        close = None
        if not has_more:
            close = ttypes.TCloseOperationResp(status=OK)
            with self._lock:
                self.operations.pop(handle, None)
        return ttypes.TSparkDirectResults(
            operationStatus=_status(operation),
            resultSetMetadata=sending.metadata(),
            resultSet=ttypes.TFetchResultsResp(status=OK, hasMoreRows=has_more, results=rows),
            closeOperation=close,
        )


def _time_out(operation: Operation, longest: str) -> None:
    if not operation.done.is_set():
        operation.error = (
            f"[STATEMENT_TIMEOUT] The statement was cancelled: it exceeded the timeout of "
            f"{longest} seconds. SQLSTATE: 57KD0"
        )
        _stop(operation)
        operation.done.set()


def _stop(operation: Operation) -> None:
    operation.cancelled.set()
    operation.cursor.interrupt()


def _status(operation: Operation) -> Any:
    state = _RUNNING
    if operation.done.is_set():
        state = _ERROR if operation.error else _FINISHED
    return ttypes.TGetOperationStatusResp(
        status=OK,
        operationState=state,
        errorMessage=operation.error or None,
        displayMessage=operation.error or None,
    )


def _handle() -> Any:
    return ttypes.THandleIdentifier(guid=uuid.uuid4().bytes, secret=uuid.uuid4().bytes)


def _id(handle: Any) -> str:
    return str(uuid.UUID(bytes=handle.guid))


def _failed(words: str) -> Any:
    return ttypes.TStatus(statusCode=ttypes.TStatusCode.ERROR_STATUS, errorMessage=words)


def _no_session() -> Any:
    return _failed("Invalid SessionHandle: no such session")


def _no_operation() -> Any:
    return _failed("Invalid OperationHandle: no such operation")
