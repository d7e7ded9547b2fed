import json
import logging
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest
from spend_records import Record, publish, record
from test_versions import GOOD, ODD_POINTERS

from dbspend360.errors import NoData, WarehouseError
from dbspend360.warehouse import embedded
from dbspend360.warehouse.base import Question
from dbspend360.warehouse.embedded import EmbeddedWarehouse
from dbspend360.warehouse.versions import POINTER

COUNT = Question("count", "SELECT COUNT(*) AS records FROM spends")


def records_in(warehouse: EmbeddedWarehouse) -> object:
    return warehouse.query(COUNT, {}).value[0]["records"]


def refused(warehouse: EmbeddedWarehouse, text: str) -> str:
    """What the person is told when this is asked."""
    with pytest.raises(WarehouseError) as error:
        warehouse.query(Question("asked", text), {})
    assert error.value.question == "asked"
    return str(error.value)


def refused_by_source(warehouse: EmbeddedWarehouse) -> str:
    """What the person is told when the data folder is not as it should be."""
    with pytest.raises(WarehouseError) as error:
        warehouse.query(COUNT, {})
    assert not isinstance(error.value, NoData)
    return str(error.value)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    publish(tmp_path / "data", record())
    return tmp_path / "data"


# New versions


def test_a_new_version_shows_with_the_next_question(folder: Path) -> None:
    warehouse = EmbeddedWarehouse(folder)
    assert records_in(warehouse) == 1
    publish(folder, record(), record(), record())
    assert records_in(warehouse) == 3


def test_a_new_version_shows_when_the_old_file_is_gone_already(folder: Path) -> None:
    warehouse = EmbeddedWarehouse(folder)
    assert records_in(warehouse) == 1
    old = warehouse.source().path
    publish(folder, record(), record())
    old.unlink()
    assert records_in(warehouse) == 2


def test_the_first_version_shows_without_a_restart(tmp_path: Path) -> None:
    warehouse = EmbeddedWarehouse(tmp_path / "data")
    with pytest.raises(NoData):
        records_in(warehouse)
    publish(tmp_path / "data", record())
    assert records_in(warehouse) == 1


def test_two_readers_of_one_file_in_a_process_do_not_disturb_each_other(folder: Path) -> None:
    one, other = EmbeddedWarehouse(folder), EmbeddedWarehouse(folder)
    assert records_in(one) == records_in(other) == records_in(one) == 1
    one.close()
    assert records_in(other) == 1


def test_a_closed_warehouse_opens_again(folder: Path) -> None:
    warehouse = EmbeddedWarehouse(folder)
    assert records_in(warehouse) == 1
    warehouse.close()
    warehouse.close()
    assert records_in(warehouse) == 1


def test_what_is_under_way_is_answered_though_the_file_is_let_go(folder: Path) -> None:
    text = "SELECT COUNT(DISTINCT a.range * 7 + b.range) AS n FROM range(12_000) a, range(4_000) b"
    long = Question("long", text)
    warehouse = EmbeddedWarehouse(folder)
    assert records_in(warehouse) == 1
    with ThreadPoolExecutor(1) as somebody:
        asked = somebody.submit(warehouse.query, long, {})
        time.sleep(0.1)
        assert not asked.done()
        warehouse.close()
        assert asked.result(60).value == [{"n": 87_993}]


def test_threads_that_ask_while_versions_come_never_fail_and_never_mix(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    versions = 20
    asked = Question(
        "both",
        """SELECT COUNT(*) AS records, COUNT(DISTINCT job_id) AS jobs, MAX(job_id) AS job
        FROM spends""",
    )

    def version(number: int) -> list[Record]:
        return [record(job=str(number))] * number  # as many records as its own number

    publish(folder, *version(1))
    warehouse = EmbeddedWarehouse(folder)
    over = threading.Event()

    def ask() -> list[tuple[object, object, object]]:
        seen: list[tuple[object, object, object]] = []
        while not over.is_set():
            [row] = warehouse.query(asked, {}).value
            seen.append((row["records"], row["jobs"], row["job"]))
        return seen

    with ThreadPoolExecutor(8) as threads:
        asking = [threads.submit(ask) for _ in range(8)]
        try:
            older = old = warehouse.source().path
            for number in range(2, versions + 1):
                new = publish(folder, *version(number)).path
                if older != old:
                    older.unlink()  # as an import does: the one before stays
                older, old = old, new
        finally:
            over.set()
        answers = [each.result() for each in asking]
    for seen in answers:
        assert all(jobs == 1 and str(records) == job for records, jobs, job in seen)
        numbers = [int(str(records)) for records, _, _ in seen]
        assert numbers == sorted(numbers)  # nobody ever sees an older version again
    assert records_in(warehouse) == versions


# Nothing there, or not ours


def test_no_data_says_what_to_do(tmp_path: Path) -> None:
    warehouse = EmbeddedWarehouse(tmp_path)
    for ask in (warehouse.source, lambda: warehouse.query(COUNT, {})):
        with pytest.raises(NoData, match="dbspend360 import") as error:
            ask()
        assert error.value.status == 503


@pytest.mark.parametrize("pointer", ODD_POINTERS.values(), ids=ODD_POINTERS)
def test_a_broken_pointer_is_a_sentence(folder: Path, pointer: str) -> None:
    warehouse = EmbeddedWarehouse(folder)
    (folder / POINTER).write_text(pointer)
    assert "data folder" in refused_by_source(warehouse)


def test_a_pointer_that_is_a_folder_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / POINTER).mkdir()
    assert "data folder" in refused_by_source(EmbeddedWarehouse(tmp_path))


def test_a_data_folder_that_is_a_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    assert "data folder" in refused_by_source(EmbeddedWarehouse(tmp_path / "data"))


@pytest.mark.parametrize("file", ["missing.duckdb", "", "..", "."])
def test_a_version_that_is_not_there_is_a_sentence(folder: Path, file: str) -> None:
    (folder / POINTER).write_text(json.dumps(GOOD | {"file": file}))
    assert "could not answer" in refused(EmbeddedWarehouse(folder), COUNT.text)


@pytest.mark.parametrize("content", [b"", b"garbage" * 5000, b"\0" * 20_000])
def test_a_garbage_file_is_a_sentence(folder: Path, content: bytes) -> None:
    (folder / "bad.duckdb").write_bytes(content)
    (folder / POINTER).write_text(json.dumps(GOOD | {"file": "bad.duckdb"}))
    assert "could not answer" in refused(EmbeddedWarehouse(folder), COUNT.text)


@pytest.mark.parametrize("kept", [0.1, 0.5])
def test_a_file_cut_short_is_a_sentence(folder: Path, kept: float) -> None:
    whole = EmbeddedWarehouse(folder).source().path.read_bytes()
    (folder / "cut.duckdb").write_bytes(whole[: int(len(whole) * kept)])
    (folder / POINTER).write_text(json.dumps(GOOD | {"file": "cut.duckdb"}))
    assert "could not answer" in refused(EmbeddedWarehouse(folder), COUNT.text)


def test_it_answers_again_once_the_data_is_mended(folder: Path) -> None:
    warehouse = EmbeddedWarehouse(folder)
    good = (folder / POINTER).read_text()
    (folder / POINTER).write_text("{")
    refused_by_source(warehouse)
    (folder / POINTER).write_text(good)
    assert records_in(warehouse) == 1


def test_a_folder_removed_under_a_running_app_is_no_data(folder: Path) -> None:
    warehouse = EmbeddedWarehouse(folder)
    assert records_in(warehouse) == 1
    shutil.rmtree(folder)
    with pytest.raises(NoData):
        records_in(warehouse)


# Questions that cannot be


@pytest.mark.parametrize("text", ["SELEC secret_thing", "SELECT secret_thing FROM spends"])
def test_bad_sql_is_a_sentence_without_the_drivers_words(
    folder: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    warehouse = EmbeddedWarehouse(folder)
    with caplog.at_level(logging.ERROR):
        told = refused(warehouse, text)
    assert told == "The embedded warehouse could not answer. The log says why."
    assert "secret_thing" in caplog.text
    assert records_in(warehouse) == 1


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO spends SELECT * FROM spends",
        "DELETE FROM spends",
        "DROP TABLE spends",
        "CREATE TABLE other AS SELECT 1",
        "SET memory_limit = '1TB'",
    ],
)
def test_nothing_can_be_changed(folder: Path, text: str) -> None:
    warehouse = EmbeddedWarehouse(folder)
    refused(warehouse, text)
    assert records_in(warehouse) == 1


@pytest.mark.parametrize("value", ["\0", "' OR 1=1 --", "\U0001f4b8", "x" * 100_000])
def test_an_odd_value_is_only_a_value(folder: Path, value: str) -> None:
    asked = Question("echo", "SELECT :value AS value")
    assert EmbeddedWarehouse(folder).query(asked, {"value": value}).value == [{"value": value}]


def test_half_a_character_is_a_sentence(folder: Path) -> None:
    asked = Question("echo", "SELECT :value AS value")
    with pytest.raises(WarehouseError):
        EmbeddedWarehouse(folder).query(asked, {"value": "\ud800"})


def test_the_log_names_the_question_and_never_its_values(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    asked = Question("echo", "SELECT :value AS value")
    with caplog.at_level(logging.INFO):
        EmbeddedWarehouse(folder).query(asked, {"value": "a secret"})
    assert "question=echo rows=1" in caplog.text
    assert "secret" not in caplog.text


def test_a_question_that_needs_more_memory_gets_it_for_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path, record())
    warehouse = EmbeddedWarehouse(tmp_path)
    path = str(warehouse.source().path)
    with duckdb.connect(path) as db:
        for n in range(18):  # twice as many each time
            db.execute(
                f"INSERT INTO spends SELECT * REPLACE (run_id || '{n}' AS run_id) FROM spends"
            )
    monkeypatch.setitem(embedded._LIMITS, "memory_limit", "10MB")
    asked = Question("large", "SELECT LENGTH(LIST(run_id ORDER BY run_id)) AS runs FROM spends")
    with pytest.raises(duckdb.OutOfMemoryException):
        warehouse._asked(asked, {})
    assert warehouse.query(asked, {}).value == [{"runs": 2**18}]
    monkeypatch.setattr(embedded, "_ROOMY", "10MB")
    with pytest.raises(WarehouseError, match="could not answer"):
        warehouse.query(asked, {})
    warehouse.close()
