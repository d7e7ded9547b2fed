"""A view as a file."""

from dataclasses import dataclass
from enum import StrEnum


class FileFormat(StrEnum):
    """The kinds of files; the value is how their names end."""

    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"

    @property
    def words(self) -> str:
        """As people call it."""
        return "Excel" if self is FileFormat.XLSX else self.value.upper()

    @property
    def media(self) -> str:
        """As HTTP and mail call it."""
        return _MEDIA[self]


_MEDIA = {
    FileFormat.PDF: "application/pdf",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileFormat.CSV: "text/csv",
}


@dataclass(frozen=True)
class Written:
    """What a file holds: its rows, and how many the view has."""

    name: str  # of the file, with its ending
    kind: FileFormat
    rows: int
    rows_in_view: int

    @property
    def is_cut(self) -> bool:
        """Whether the view has rows that the file has not."""
        return self.rows < self.rows_in_view
