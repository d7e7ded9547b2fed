"""A backup of any edition fills any other; a file that is not whole changes nothing."""

import json
import threading
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

from dbspend360.cli import main
from dbspend360.errors import BadFile, Conflict, DBSpendError
from dbspend360.models.setting import LARGEST_VALUE, Setting
from dbspend360.services.backup import back_up, read_backup, restore
from dbspend360.store.addresses import file_address
from dbspend360.store.base import Store
from dbspend360.store.database import DatabaseStore
from store.test_store import SLY

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def filled(store: Store) -> list[Setting]:
    for number, value in enumerate(SLY):
        store.put("ada", f"sly/{number}", value, seen=None)
    first = store.put("", "alerts/config", "{}", seen=None)
    store.put("", "alerts/config", '{"a": 1}', seen=first.updated_at)
    return store.with_key("")


def elsewhere(folder: Path) -> DatabaseStore:
    store = DatabaseStore(file_address(folder / "elsewhere" / "state.sqlite"))
    store.prepare()
    return store


def test_what_was_backed_up_is_there_again_with_its_moments(store: Store, tmp_path: Path) -> None:
    kept = filled(store)
    file = tmp_path / "backup.jsonl"
    assert back_up(store, file) == len(kept)
    changed = store.get("", "alerts/config")
    assert changed
    store.put("", "alerts/config", "spoilt", seen=changed.updated_at)
    store.put("eve", "new", "since then", seen=None)
    assert restore(store, file, replace=True) == len(kept)
    assert store.with_key("") == kept


def test_another_edition_can_be_filled_from_it(store: Store, tmp_path: Path) -> None:
    kept = filled(store)
    other = elsewhere(tmp_path)
    back_up(store, tmp_path / "backup.jsonl")
    restore(other, tmp_path / "backup.jsonl")
    assert other.with_key("") == kept
    back_up(other, tmp_path / "back.jsonl")
    restore(store, tmp_path / "back.jsonl", replace=True)
    assert store.with_key("") == kept


def test_what_is_there_is_not_replaced_unasked(store: Store, tmp_path: Path) -> None:
    kept = filled(store)
    back_up(store, tmp_path / "backup.jsonl")
    with pytest.raises(Conflict, match="--replace"):
        restore(store, tmp_path / "backup.jsonl")
    assert store.with_key("") == kept


def test_a_file_that_is_there_is_not_replaced_unasked(tmp_path: Path) -> None:
    store, file = elsewhere(tmp_path), tmp_path / "backup.jsonl"
    file.write_text("mine")
    with pytest.raises(DBSpendError, match="--replace"):
        back_up(store, file)
    assert file.read_text() == "mine"
    assert back_up(store, file, replace=True) == 0
    assert file.stat().st_mode & 0o777 == 0o600


def test_it_is_of_one_moment_while_others_write(tmp_path: Path) -> None:
    store, over = elsewhere(tmp_path), threading.Event()

    def write_pairs() -> None:
        number = 0
        while not over.is_set():
            for half in ("a", "b"):
                store.put("ada", f"pair/{number:06}/{half}", "", seen=None)
            number += 1

    writer = threading.Thread(target=write_pairs)
    writer.start()
    try:
        for number in range(10):
            file = tmp_path / f"{number}.jsonl"
            back_up(store, file)
            keys = [each.key for each in read_backup(file)]
            assert keys == sorted(keys)
            if keys:  # of the last pair perhaps half; of all others both
                assert keys[: len(keys) // 2 * 2 : 2] == [
                    each.replace("/b", "/a") for each in keys[: len(keys) // 2 * 2][1::2]
                ]
    finally:
        over.set()
        writer.join()


@pytest.fixture
def lines(tmp_path: Path) -> list[bytes]:
    store = elsewhere(tmp_path)
    for number in range(3):
        store.put("ada", f"key/{number}", "é" * 5, seen=None)
    back_up(store, tmp_path / "good.jsonl", now=lambda: NOW)
    return (tmp_path / "good.jsonl").read_bytes().splitlines(keepends=True)


def refusal(folder: Path, content: bytes) -> str:
    """Why a file is refused, by a store that is the same afterwards."""
    store, file = elsewhere(folder), folder / "bad.jsonl"
    before = store.with_key("")
    file.write_bytes(content)
    with pytest.raises(BadFile) as error:
        restore(store, file, replace=True)
    assert store.with_key("") == before
    return str(error.value)


def test_a_file_that_was_cut_anywhere_is_refused(lines: list[bytes], tmp_path: Path) -> None:
    whole = b"".join(lines)
    for length in [*range(0, len(whole) - 1, 37), len(whole) - 1]:
        assert "Nothing was changed" in refusal(tmp_path, whole[:length])


def test_a_file_that_was_changed_anywhere_is_refused(lines: list[bytes], tmp_path: Path) -> None:
    whole = b"".join(lines)
    for place in range(0, len(whole), 41):
        changed = bytearray(whole)
        changed[place] ^= 1
        assert "Nothing was changed" in refusal(tmp_path, bytes(changed))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "line 1: it ends too early"),
        (b"\0" * 1000, "line 1: it ends too early"),
        (b"{}\n", "line 1: that is no line of a backup"),
        (b"[" * 100_000 + b"\n", "line 1: that is no line of a backup"),
        (b'{"dbspend360_backup": 2}\n', "line 1: that is no line of a backup"),
        (b"x" * 9_000_000, "line 1: it ends too early"),
    ],
)
def test_what_is_no_backup_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    assert words in refusal(tmp_path, content)


def with_checksum(*lines: dict[str, object]) -> bytes:
    body = b"".join(json.dumps(each).encode() + b"\n" for each in lines)
    return body + json.dumps({"sha256": sha256(body).hexdigest()}).encode() + b"\n"


HEAD: dict[str, object] = {"dbspend360_backup": 1, "made_at": "", "holds": "", "settings": 1}
ROW: dict[str, object] = {
    "user_id": "ada",
    "key": "k",
    "value": "v",
    "created_at": "2026-03-01T00:00:00+00:00",
    "updated_at": "2026-03-01T00:00:00+00:00",
}


@pytest.mark.parametrize(
    "sly",
    [
        {"key": ""},
        {"key": "x" * 300},
        {"value": "x" * (LARGEST_VALUE + 1)},
        {"value": "a\0b"},
        {"user_id": 7},
        {"created_at": "2026-03-01T00:00:00"},
        {"updated_at": "9999-12-31T23:59:59.999999+00:00"},
        {"more": 1},
    ],
)
def test_a_setting_that_cannot_be_is_refused_even_with_a_checksum(
    tmp_path: Path, sly: dict[str, object]
) -> None:
    assert "line 2" in refusal(tmp_path, with_checksum(HEAD, ROW | sly))


def test_a_setting_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    head = HEAD | {"settings": 2}
    assert "twice" in refusal(tmp_path, with_checksum(head, ROW, ROW))


def test_more_lines_than_the_head_says_are_refused(tmp_path: Path) -> None:
    assert "line 3" in refusal(tmp_path, with_checksum(HEAD, ROW, ROW))


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    store = elsewhere(tmp_path)
    with pytest.raises(DBSpendError, match="cannot be written: No such file or directory"):
        back_up(store, tmp_path / "missing" / "backup.jsonl")
    with pytest.raises(BadFile, match="cannot be read"):
        restore(store, tmp_path / "missing" / "backup.jsonl")


# As commands


def test_the_commands_say_what_they_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBSPEND360_DATA_DIR", str(tmp_path / "data"))
    DatabaseStore(file_address(tmp_path / "data" / "state.sqlite")).prepare()
    store = DatabaseStore(file_address(tmp_path / "data" / "state.sqlite"))
    store.put("ada", "key", "value", seen=None)
    file = str(tmp_path / "backup.jsonl")
    run = CliRunner().invoke
    assert run(main, ["backup", file]).output.startswith(f"1 setting in {file}.")
    refused = run(main, ["restore", file])
    assert (refused.exit_code, "--replace" in refused.output) == (1, True)
    assert run(main, ["restore", "--replace", file]).output == "The store now holds 1 setting.\n"
    Path(file).write_text("nonsense\n")
    refused = run(main, ["restore", "--replace", file])
    assert (refused.exit_code, "no line of a backup" in refused.output) == (1, True)
    assert store.get("ada", "key")
