"""The places where the settings of users can be kept, beside the table on Databricks."""

from pathlib import Path

from dbspend360.store.addresses import file_address, read_address
from dbspend360.store.database import DatabaseStore


def make_store(state_url: str, data_dir: Path) -> DatabaseStore:
    """The database that `state_url` names; '' is a SQLite file in `data_dir`. Opens nothing yet.

    Raises:
        BadSettings: it names none, or one that this installation cannot reach.
    """
    if not state_url.strip():
        return DatabaseStore(file_address(data_dir / "state.sqlite"))
    return DatabaseStore(read_address(state_url))
