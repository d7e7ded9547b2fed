"""Whatever happens to an import, readers have whole data, and the next import works."""

import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest
from spend_file import spends, stored, write_parquet

from dbspend360.errors import Busy, DBSpendError
from dbspend360.warehouse import versions
from dbspend360.warehouse.imports.importer import import_files

ROOT = Path(__file__).parents[2]
TIDY = ["current.json", "import.lock", "spends", "spends"]
SUMS = "sum(ec2_cost)::DOUBLE, count(*)"


OLD = [(10.5, 1)]
NEW = [(40_000.0, 40_000)]


def importing(path: Path, data: Path, largest_file: int = -1) -> subprocess.Popen[str]:
    """An import of `path` in a process of its own, which may write files up to a size."""
    environment = os.environ | {"DBSPEND360_DATA_DIR": str(data), "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "dbspend360.cli", "import", str(path)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file,) * 2),
    )


def files_in(data: Path) -> list[str]:
    """Without the audit log, which has a line of each import that was done."""
    return sorted(path.name.split("-")[0] for path in data.iterdir() if path.name != "audit")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return spends(tmp_path / "old.csv", {})


@pytest.fixture
def data(tmp_path: Path, old: Path) -> Path:
    """One old record."""
    import_files([old], tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def big(tmp_path: Path) -> Path:
    """Forty thousand records on the day of the old one, at a dollar each."""
    records = ({"run_id": str(run), "ec2_cost": "1"} for run in range(40_000))
    return spends(tmp_path / "big.csv", *records)


def test_an_import_killed_at_any_moment_leaves_the_old_data_or_the_new(
    data: Path, big: Path, old: Path
) -> None:
    began = time.perf_counter()
    with importing(big, data) as process:
        assert process.wait() == 0
    whole = time.perf_counter() - began
    rng = random.Random(360)
    for step in range(20):
        import_files([old], data)
        assert (stored(data, SUMS), files_in(data)) == (OLD, TIDY)
        with importing(big, data) as process:
            time.sleep(whole * (0.3 + 0.75 * (step + rng.random()) / 20))  # Python starts until 0.3
            process.kill()
        assert stored(data, SUMS) in (OLD, NEW)


def test_what_a_killed_import_leaves_is_swept_up_but_never_data(data: Path, old: Path) -> None:
    import_files([old], data)
    (data / "importing-1a2b").mkdir()
    (data / "importing-1a2b" / "spends.duckdb").write_text("half")
    (data / "spends-20200101T000000Z-00000000.duckdb").write_text("never published")
    (data / "current.json.123.tmp").write_text("half")
    previous = versions.current(data)
    import_files([old], data)
    assert previous is not None
    assert previous.path.exists()
    assert files_in(data) == TIDY


def test_a_second_import_at_the_same_time_is_told_to_wait(data: Path, big: Path, old: Path) -> None:
    with importing(big, data) as process:
        while not list(data.glob("importing-*")):
            time.sleep(0.005)
        process.send_signal(signal.SIGSTOP)
        began = time.perf_counter()
        with pytest.raises(Busy, match=r"Another import into .* is running"):
            import_files([old], data)
        assert time.perf_counter() - began < 1
        process.send_signal(signal.SIGCONT)
        assert process.wait() == 0
    assert stored(data, SUMS) == NEW


def test_an_open_reader_is_not_disturbed_here_or_in_another_process(data: Path, big: Path) -> None:
    version = versions.current(data)
    assert version is not None
    with duckdb.connect(str(version.path), read_only=True) as reader:
        import_files([big], data)
        with importing(big, data) as process:
            assert process.wait() == 0
        assert reader.execute(f"SELECT {SUMS} FROM spends").fetchall() == OLD
    assert stored(data, SUMS) == NEW


def test_a_published_file_is_never_written_to(data: Path, big: Path) -> None:
    version = versions.current(data)
    assert version is not None
    before = version.path.read_bytes()
    import_files([big], data)
    assert version.path.read_bytes() == before


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_full_disk_is_said_and_leaves_the_old_data(data: Path, big: Path, kind: str) -> None:
    parquet = write_parquet(big.with_suffix(".parquet"), f"FROM '{big}'")
    path = parquet if kind == "parquet" else big
    with importing(path, data, largest_file=300_000) as process:
        _, said = process.communicate()
    assert process.returncode == 1
    assert said == (
        f"Error: There is not enough space in {data}: free some and import again. "
        "The data is as it was.\n"
    )
    assert (stored(data, SUMS), files_in(data)) == (OLD, ["current.json", "import.lock", "spends"])


def test_a_data_folder_that_is_a_file_is_said(tmp_path: Path, old: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(DBSpendError, match=r"could not be finished .*File exists"):
        import_files([old], tmp_path / "data")


@pytest.mark.parametrize("pointer", ["", "{}", "[]", '{"file": "x", "origin": "guess"}'])
def test_a_damaged_pointer_is_said_before_anything_is_replaced(
    data: Path, old: Path, pointer: str
) -> None:
    (data / "current.json").write_text(pointer)
    with pytest.raises(DBSpendError, match=r"current\.json is damaged: delete it"):
        import_files([old], data)
    assert len(list(data.glob("spends-*"))) == 1


def test_data_that_is_announced_but_missing_is_said(data: Path, old: Path) -> None:
    next(data.glob("spends-*")).unlink()
    with pytest.raises(DBSpendError, match="is missing: put it back"):
        import_files([old], data)


def test_progress_is_told_while_a_file_is_read(tmp_path: Path) -> None:
    shares: list[tuple[str, float]] = []
    path = spends(tmp_path / "spends.csv", *[{}] * 60_000)
    import_files([path], tmp_path / "data", progress=lambda *told: shares.append(told))
    reading = [share for stage, share in shares if stage == "reading spends.csv"]
    assert max(reading) == pytest.approx(0.6, abs=0.05)
    assert all(0 <= share <= 1 for _, share in shares)
