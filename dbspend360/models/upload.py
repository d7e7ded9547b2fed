"""A file that somebody brings in their browser: how far it is, and what is in it."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

LONGEST_NAME = 120  # letters; file systems take 255 bytes
_INSTEAD = "upload"


class UploadStage(StrEnum):
    """How far it is. The first and the third need a process that is at work."""

    CHECKING = "checking"
    CHECKED = "checked"  # it waits for a yes
    LOADING = "loading"
    DONE = "done"
    FAILED = "failed"


BUSY = (UploadStage.CHECKING, UploadStage.LOADING)


class Found(BaseModel):
    """What is in a file, and what becomes of the data when it is imported."""

    model_config = ConfigDict(frozen=True)

    records: int  # that can be loaded; the figures below are about them
    jobs: int = 0
    days: int = 0
    first_date: date | None = None
    last_date: date | None = None
    ec2_cost: Decimal = Decimal(0)
    databricks_cost: Decimal = Decimal(0)
    rejected: int = 0
    reasons: tuple[str, ...] = ()  # of the first rejected ones, with their line
    remarks: tuple[str, ...] = ()  # sentences: unknown costs, columns that are ignored
    replaced: int = 0  # older records of these days
    kept: int = 0  # older records of other days
    dropped_demo: int = 0
    first: tuple[dict[str, str | None], ...] = ()  # the first records, by column


class Upload(BaseModel):
    """One file of one person."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str  # of the file; empty: demo data
    stage: UploadStage
    words: str = ""  # what is being done, or what went wrong
    share: float = 0.0  # of that
    found: Found | None = None
    version: str = ""  # the data that `found` was compared with
    done: tuple[str, ...] = ()  # what the import did, in sentences


def safe_name(given: str) -> str:
    """The last part of a file's name, as a name in a folder of ours: `../../x.csv` is `x.csv`."""
    last = given.replace("\\", "/").rpartition("/")[2]
    seen = "".join(each for each in last if each.isprintable()).strip()
    while len(seen) > LONGEST_NAME or len(seen.encode()) > 250:
        seen = seen[1:]  # the ending says what it is
    return _INSTEAD if seen.strip(".") == "" else seen
