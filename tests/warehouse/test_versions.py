import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from spend_records import publish

from dbspend360.warehouse import versions
from dbspend360.warehouse.versions import POINTER, Version, current, pointed

GOOD = {"file": "a.duckdb", "origin": "import", "published_at": "2026-03-01T00:00:00+00:00"}

ODD_POINTERS = {
    "empty": "",
    "half written": '{"file": "a.duck',
    "not an object": "[]",
    "null": "null",
    "a number": "5",
    "nothing in it": "{}",
    "unknown origin": json.dumps(GOOD | {"origin": "elsewhere"}),
    "origin is a list": json.dumps(GOOD | {"origin": []}),
    "file is a number": json.dumps(GOOD | {"file": 5}),
    "file has a null character": json.dumps(GOOD | {"file": "a\0"}),
    "file has half a character": json.dumps(GOOD | {"file": "a\ud800"}),
    "no such day": json.dumps(GOOD | {"published_at": "2026-02-30"}),
    "day is a number": json.dumps(GOOD | {"published_at": 5}),
    "endless": "[" * 100_000,
}


def test_nothing_published_is_no_version(tmp_path: Path) -> None:
    assert current(tmp_path) is None
    assert current(tmp_path / "no" / "such" / "folder") is None


def test_what_is_published_is_what_is_current(tmp_path: Path) -> None:
    first = publish(tmp_path / "data")
    assert current(tmp_path / "data") == first
    second = publish(tmp_path / "data", origin="demo")
    assert current(tmp_path / "data") == second


def test_publishing_leaves_nothing_else_behind(tmp_path: Path) -> None:
    version = publish(tmp_path / "data")
    names = {each.name for each in (tmp_path / "data").iterdir()}
    assert names == {version.path.name, POINTER}


def test_a_version_without_its_file_is_never_announced(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        versions.publish(Version(tmp_path / "missing.duckdb", "import", datetime.now(UTC)))
    assert current(tmp_path) is None


def test_the_pointer_cannot_lead_out_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / POINTER).write_text(json.dumps(GOOD | {"file": "../../etc/passwd"}))
    version = current(tmp_path)
    assert version is not None
    assert version.path == tmp_path / "passwd"


@pytest.mark.parametrize("pointer", ODD_POINTERS.values(), ids=ODD_POINTERS)
def test_an_odd_pointer_is_a_value_error_whatever_is_wrong(tmp_path: Path, pointer: str) -> None:
    (tmp_path / POINTER).write_text(pointer)
    with pytest.raises(ValueError, match=POINTER):
        current(tmp_path)


def test_a_pointer_that_is_no_text_is_a_value_error(tmp_path: Path) -> None:
    (tmp_path / POINTER).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="utf-8"):
        current(tmp_path)


def test_a_pointer_is_read_again_once_it_is_another(tmp_path: Path) -> None:
    pointer = pointed(tmp_path)
    assert pointer.read() is None
    for age in (0, 0, 60, 60, 0):
        publish(tmp_path)
        then = time.time() - age
        os.utime(tmp_path / POINTER, (then, then))
        for _ in range(2):
            assert pointer.read() == current(tmp_path)
    (tmp_path / POINTER).unlink()
    assert pointer.read() is None


def test_a_pointer_rewritten_in_the_same_moment_is_read_again(tmp_path: Path) -> None:
    pointer, now = pointed(tmp_path), time.time()
    for letter in "abc":
        (tmp_path / POINTER).write_text(json.dumps(GOOD | {"file": f"{letter}.duckdb"}))
        os.utime(tmp_path / POINTER, (now, now))
        found = pointer.read()
        assert found
        assert found.path.name == f"{letter}.duckdb"
