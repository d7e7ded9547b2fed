"""What an import did, or why it did nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from dbspend360.errors import BadFile
from dbspend360.theme import plural

SHOWN = 20  # rejected records kept with their line; the rest are counted

Progress = Callable[[str, float], None]  # what is being done, and the share of it that is done


@dataclass(frozen=True)
class RejectedRecord:
    """A record that cannot be loaded, where it stands and why."""

    file: str
    line: int
    reason: str
    place: Literal["line", "row"] = "line"

    def __str__(self) -> str:
        return f"{self.file} {self.place} {self.line}: {self.reason}"


@dataclass
class Rejections:
    """The rejected records so far: the first few in full, all of them as a number."""

    total: int = 0
    first: list[RejectedRecord] = field(default_factory=list)

    def add(self, record: RejectedRecord) -> None:
        """Count `record`, and keep it while there is room."""
        self.total += 1
        if len(self.first) < SHOWN:
            self.first.append(record)


@dataclass(frozen=True)
class ImportReport:
    """What an import did. Days, records and sums are those of the files, unless they say not."""

    files: tuple[str, ...]
    records_loaded: int = 0
    records_rejected: int = 0
    rejected: tuple[RejectedRecord, ...] = ()  # the first 20, file by file, in the order of lines
    days: int = 0
    first_date: date | None = None
    last_date: date | None = None
    replaced_records: int = 0  # of the old data, on the days of the files
    kept_records: int = 0  # of the old data
    dropped_demo: int = 0  # demo records that made room
    total_records: int = 0  # in the warehouse now
    unknown_ec2_records: int = 0
    unknown_databricks_records: int = 0
    ignored_columns: tuple[str, ...] = ()
    ec2_cost: Decimal = Decimal(0)
    databricks_cost: Decimal = Decimal(0)


class RejectedFile(BadFile):
    """A file with rejected records; nothing was loaded. `report` holds the first of them."""

    def __init__(self, sentence: str, report: ImportReport) -> None:
        super().__init__(sentence)
        self.report = report


def summary(report: ImportReport) -> Iterator[str]:
    """What an import did, in sentences for the person who asked for it."""
    total = report.ec2_cost + report.databricks_cost
    loaded = plural(report.records_loaded, "record")
    yield f"Loaded {loaded} of {plural(report.days, 'day')}, {_span(report)}."
    yield (
        f"EC2 {dollars(report.ec2_cost)} + Databricks {dollars(report.databricks_cost)} "
        f"= {dollars(total)}"
    )
    yield from remarks(report)


def remarks(report: ImportReport) -> Iterator[str]:
    """What else is to be known, in sentences."""
    if report.unknown_ec2_records:
        records = plural(report.unknown_ec2_records, "record")
        yield f"Without EC2 cost: {records}; unknown, not zero."
    if report.unknown_databricks_records:
        records = plural(report.unknown_databricks_records, "record")
        yield f"Without Databricks cost: {records}; unknown, not zero."
    if report.records_rejected:
        yield f"Skipped {plural(report.records_rejected, 'bad record')}."
    if report.dropped_demo:
        yield f"Dropped all {report.dropped_demo:,} demo records."
    if report.replaced_records:
        yield f"Replaced {plural(report.replaced_records, 'older record')} of these days."
    if report.kept_records:
        yield f"Kept {plural(report.kept_records, 'record')} from before."
    if report.ignored_columns:
        yield f"Ignored columns: {', '.join(report.ignored_columns)}."


def _span(report: ImportReport) -> str:
    if report.first_date == report.last_date:
        return str(report.first_date)
    return f"{report.first_date} to {report.last_date}"


def dollars(amount: Decimal) -> str:
    """`-$1,234.50`."""
    return f"{'-' if amount < 0 else ''}${abs(amount):,.2f}"
