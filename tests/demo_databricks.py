"""The Databricks way without an account: `make demo-databricks`.

Demo data is served by the loopback warehouse of the tests, and the dashboard reads it through the
real connector, as it would read Unity Catalog.
"""

import os
import subprocess
import sys
from pathlib import Path

from databricks_side import environment_of
from loopback.server import loopback_warehouse

from dbspend360.settings import Settings
from dbspend360.warehouse import versions
from dbspend360.warehouse.demo import make_demo


def main() -> None:
    """Serve until Ctrl-C."""
    folder = Settings().data_dir
    version = versions.current(folder)
    if version is None:
        make_demo(folder)
        version = versions.current(folder)
    if version is None:
        raise SystemExit(f"No demo data could be made in {folder}.")
    with loopback_warehouse() as warehouse:
        warehouse.engine.copy_spends(version.path)
        print(f"A SQL warehouse on loopback: {warehouse.uri}", flush=True)  # noqa: T201
        serve = [sys.executable, "-m", "dbspend360.cli", "serve"]
        _wait(subprocess.Popen(serve, env=_environment(environment_of(warehouse), folder)))


def _environment(databricks: dict[str, str], folder: Path) -> dict[str, str]:
    return {**os.environ, **databricks, "DBSPEND360_DATA_DIR": str(folder)}


def _wait(server: subprocess.Popen[bytes]) -> None:
    try:
        server.wait()
    except KeyboardInterrupt:
        server.wait(15)  # it was told too, and closes its connections


if __name__ == "__main__":
    main()
