"""`python -m loopback --data FOLDER`: the embedded data as a Databricks SQL warehouse."""

import argparse
import signal
from pathlib import Path

from dbspend360.warehouse.versions import current
from loopback.server import loopback_warehouse


def main() -> None:
    """Serve until told to stop."""
    options = argparse.ArgumentParser(prog="loopback")
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--port", type=int, default=0)
    chosen = options.parse_args()
    version = current(chosen.data)
    if version is None:
        raise SystemExit(f"{chosen.data} holds no data: run `dbspend360 demo` first.")
    with loopback_warehouse(port=chosen.port) as warehouse:
        warehouse.engine.copy_spends(version.path)
        print(warehouse.uri, flush=True)  # noqa: T201 - whoever started us waits for it
        signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    main()
