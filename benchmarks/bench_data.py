"""The data that `make bench` measures: made-up records of a year, imported once and kept.

The same number of records gives the same records. About one run in twenty goes on over midnight,
one record in fifty takes money back, one run in five has no cluster and no EC2 cost.
"""

import json
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import duckdb

from dbspend360.warehouse.imports.folder import current_version
from dbspend360.warehouse.imports.importer import import_files

LAST_DAY = date(2026, 11, 20)
TODAY = date(2026, 11, 21)
DAYS = 730  # so that a year has a year before it
CACHE = Path(__file__).parent.parent / "data" / "bench"  # nobody commits what lies here

# `luck` is a number between 0 and 1 that hangs on the run and on what it is for.
_RECORDS = f"""
CREATE TEMP MACRO luck(run, what) AS (hash(run * 31 + what) % 1000003) / 1000003.0;
COPY (
    WITH runs AS (
        SELECT
            i,
            CAST(luck(i, 1) * {DAYS} AS INT) % {DAYS} AS age,
            CAST(pow(luck(i, 2), 2) * 600 AS INT) AS job,
            luck(i, 3) AS fate,
            luck(i, 4) < 0.2 AS serverless,
            exp(2.2 * (luck(i, 5) + luck(i, 6) + luck(i, 7) - 1.5)) * 4 AS cost
        FROM range($records) AS made(i)
    ),
    parts AS (
        SELECT *, unnest(
            CASE WHEN fate < 0.05 AND age > 0 THEN [[0.6, 0], [0.4, 1]]
                 WHEN fate < 0.07 THEN [[1.0, 0], [-0.3, 0]]
                 ELSE [[1.0, 0]] END
        ) AS part
        FROM runs
    )
    SELECT
        DATE '{LAST_DAY}' - age + CAST(part[2] AS INT) AS usage_date,
        '703298146552087' || (job % 3) AS workspace_id,
        CAST(865057131580000 + job AS VARCHAR) AS job_id,
        CAST(314060377500000 + i AS VARCHAR) AS run_id,
        CASE WHEN NOT serverless
             THEN '1117-032823-' || lpad(to_hex(hash(i) % 5000), 8, '0') END AS cluster_id,
        'team ' || (job % 20) || ' nightly load ' || job AS job_name,
        CASE WHEN NOT serverless
             THEN CAST(cost * 0.7 * part[1] AS DECIMAL(18, 6)) END AS ec2_cost,
        CAST(cost * part[1] AS DECIMAL(18, 6)) AS databricks_cost,
        'someone-' || (job % 40) || '@example.com' AS run_as,
        CASE WHEN luck(i, 8) < 0.95 THEN 'SUCCESS' ELSE 'FAILED' END AS result_state,
        'team ' || (job % 20) AS team
    FROM parts
    LIMIT $records
) TO '{{path}}' (FORMAT parquet)
"""  # noqa: S608


@dataclass(frozen=True)
class Import:
    """What it took to import the records."""

    seconds: float
    megabytes: float  # of memory, at most
    stored_megabytes: float  # on the disk, the new version


def parquet(records: int) -> Path:
    """The records as a file to import; made when it is not there."""
    path = CACHE / f"records-{records}.parquet"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".tmp")
        create, copy = _RECORDS.format(path=draft).split(";", 1)
        with duckdb.connect(config={"threads": 2, "memory_limit": "2GB"}) as db:
            db.execute(create)
            db.execute(copy, {"records": records})
        draft.rename(path)
    return path


def data_folder(records: int) -> Path:
    """Where the records lie imported."""
    return CACHE / f"imported-{records}"


def import_anew(records: int) -> Import:
    """Import the records in a process of its own, and say what that took."""
    command = [sys.executable, __file__, str(parquet(records)), str(data_folder(records))]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return Import(**json.loads(done.stdout))


def _import_here(path: Path, folder: Path) -> Import:
    began = time.perf_counter()
    import_files([path], folder)
    seconds = time.perf_counter() - began
    version = current_version(folder)
    assert version
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Import(seconds, peak, version.path.stat().st_size / 1e6)


if __name__ == "__main__":
    print(json.dumps(asdict(_import_here(Path(sys.argv[1]), Path(sys.argv[2])))))
