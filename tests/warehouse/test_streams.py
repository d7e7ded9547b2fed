"""Answers that are too large to hold: the same rows, of one version, and everything given back."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest
from databricks_side import asking, copy_of, settings_of
from loopback.faults import Fault
from loopback.server import Loopback, loopback_warehouse
from spend_records import publish, record

from dbspend360.errors import Unreachable, WarehouseError
from dbspend360.warehouse import embedded
from dbspend360.warehouse.base import STREAM_ROWS, Question, Rows, Value, Warehouse
from dbspend360.warehouse.embedded import EmbeddedWarehouse
from dbspend360.warehouse.embedded_stream import MEMORIES, small_connection, streamed
from dbspend360.warehouse.source import make_source

MANY = 3 * STREAM_ROWS + 7
ALL = Question("all", "SELECT run_id FROM spends ORDER BY CAST(run_id AS BIGINT)")
BROKEN = Question("broken", "SELECT nothing FROM spends")


def ids(chunks: Iterator[Rows]) -> list[int]:
    return [int(str(row["run_id"])) for rows in chunks for row in rows]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "data"
    publish(folder, *(record(run=str(n)) for n in range(MANY)))
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy for each test: some of them import."""
    return Path(shutil.copytree(made, tmp_path / "data"))


@pytest.fixture
def warehouse(folder: Path) -> Iterator[EmbeddedWarehouse]:
    with closing(EmbeddedWarehouse(folder)) as made:
        yield made


@pytest.fixture
def loopback(folder: Path) -> Iterator[Loopback]:
    with loopback_warehouse() as warehouse:
        copy_of(warehouse, folder)
        yield warehouse


# Embedded


def test_the_rows_come_some_at_a_time_and_in_order(warehouse: EmbeddedWarehouse) -> None:
    sizes = [len(rows) for rows in warehouse.stream(ALL, {})]
    assert sizes == [STREAM_ROWS] * 3 + [7]
    assert ids(warehouse.stream(ALL, {})) == list(range(MANY))


def test_an_import_meanwhile_does_not_mix_two_versions(
    warehouse: EmbeddedWarehouse, folder: Path
) -> None:
    stream = warehouse.stream(ALL, {})
    first = next(stream)
    old = warehouse.source().path
    publish(folder, record(run="-1"))
    old.unlink()
    assert len(first) + sum(len(rows) for rows in stream) == MANY
    assert ids(warehouse.stream(ALL, {})) == [-1]


def test_what_does_not_fit_in_little_memory_gets_more(
    warehouse: EmbeddedWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "MEMORIES", ("300KB", "96MB"))
    assert ids(warehouse.stream(ALL, {})) == list(range(MANY))


def test_memory_that_turns_out_too_little_half_way_loses_and_repeats_no_row(
    warehouse: EmbeddedWarehouse, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, memories = streamed, list[str]()

    def bursting(
        file: Path, memory: str, asked: tuple[Question, Mapping[str, Value]], *, skip: int
    ) -> Iterator[Rows]:
        memories.append(memory)
        for rows in reading(file, memory, asked, skip=skip):
            yield rows
            if memory == MEMORIES[0]:
                publish(folder, record(run="-1"))  # a newer version is none of its business
                raise duckdb.OutOfMemoryException("no room to merge so many")

    monkeypatch.setattr(embedded, "streamed", bursting)
    assert ids(warehouse.stream(ALL, {})) == list(range(MANY))
    assert memories == list(MEMORIES)


def test_nothing_is_left_on_the_disk(
    warehouse: EmbeddedWarehouse, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = set(tmp_path.iterdir())
    stream = warehouse.stream(ALL, {})
    next(stream)
    assert set(tmp_path.iterdir()) > before
    closing_it: Any = stream
    closing_it.close()
    assert set(tmp_path.iterdir()) == before


def test_the_file_is_only_read(warehouse: EmbeddedWarehouse) -> None:
    with (
        small_connection(warehouse.source().path, MEMORIES[0]) as connection,
        pytest.raises(duckdb.Error, match="read-only"),
    ):
        connection.execute("DELETE FROM spends")


# Databricks


def test_databricks_streams_the_same_rows(loopback: Loopback) -> None:
    with asking(loopback) as warehouse:
        assert ids(warehouse.stream(ALL, {})) == list(range(MANY))
    assert sum("ORDER BY CAST" in each.text for each in loopback.service.statements) == 1


def test_the_connection_is_given_back_when_the_reader_hangs_up(loopback: Loopback) -> None:
    with asking(loopback, connections=1) as warehouse:
        for _ in range(3):
            stream: Any = warehouse.stream(ALL, {})
            next(stream)
            stream.close()
        assert ids(warehouse.stream(ALL, {})) == list(range(MANY))
        assert loopback.service.requests["OpenSession"] == 1
        assert loopback.open_operations == 0


def test_a_line_that_fails_before_the_first_rows_is_tried_again(loopback: Loopback) -> None:
    with asking(loopback) as warehouse:
        loopback.faults.add(Fault("drop", rpc="ExecuteStatement"))
        assert ids(warehouse.stream(ALL, {})) == list(range(MANY))


def test_a_line_that_breaks_later_is_an_error_and_not_half_an_answer(loopback: Loopback) -> None:
    publish_more(loopback)
    with asking(loopback, connections=1) as warehouse:
        stream = warehouse.stream(ALL, {})
        next(stream)
        loopback.faults.add(Fault("drop", rpc="FetchResults", times=None))
        with pytest.raises(Unreachable):
            list(stream)
        loopback.faults.clear()
        assert len(ids(warehouse.stream(ALL, {}))) > MANY


def publish_more(loopback: Loopback) -> None:
    """More than the first reply of the warehouse holds."""
    loopback.engine.make_spends(
        rows="SELECT CAST(range AS VARCHAR) AS run_id, 'j' AS job_id, "
        "DATE '2026-11-01' AS usage_date FROM range(50000)"
    )


# What stands in front


@pytest.mark.parametrize("engine", ["embedded", "databricks"])
def test_all_that_stands_in_front_lets_a_stream_through(
    engine: str, folder: Path, loopback: Loopback
) -> None:
    settings = settings_of(loopback, data_dir=folder, warehouse=engine)
    source = make_source(settings)
    try:
        assert ids(source.warehouse.stream(ALL, {})) == list(range(MANY))
        with pytest.raises(WarehouseError):
            next(source.warehouse.stream(BROKEN, {}))
    finally:
        source.close()


def test_a_shut_gate_refuses_a_stream_at_once(folder: Path, loopback: Loopback) -> None:
    source = make_source(settings_of(loopback, data_dir=folder, reply_seconds=1))
    loopback.stop()
    try:
        for _ in range(4):
            with pytest.raises(Unreachable):
                next(source.warehouse.stream(ALL, {}))
    finally:
        source.close()


def test_a_warehouse_that_only_answers_streams_its_whole_answer(
    warehouse: EmbeddedWarehouse,
) -> None:
    [rows] = Warehouse.stream(warehouse, ALL, {})
    assert len(rows) == MANY


def test_what_needs_more_memory_than_there_is_is_a_sentence(
    warehouse: EmbeddedWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "MEMORIES", ("300KB",))
    with pytest.raises(WarehouseError, match="The log says why"):
        next(warehouse.stream(ALL, {}))
