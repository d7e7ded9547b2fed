"""The clock of one program and of all it starts, set while it runs; everybody else's stays."""

from pathlib import Path

LIBRARIES = (
    "/usr/lib/*/faketime/libfaketime.so.1",
    "/opt/homebrew/lib/faketime/libfaketime.1.dylib",
)


class WallClock:
    """A file that libfaketime reads with each look at the clock."""

    def __init__(self, folder: Path) -> None:
        """Shows the time as it is."""
        self._file = folder / "clock"
        self.set(0)

    def set(self, seconds: int) -> None:
        """So far ahead of the right time, or behind it."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{seconds:+d}\n")
        new.replace(self._file)

    @property
    def environment(self) -> dict[str, str]:
        """What a program must be started with."""
        [library, *_] = [str(each) for name in LIBRARIES for each in Path("/").glob(name[1:])]
        return {
            "LD_PRELOAD": library,
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",  # no machine's does that
            "NO_FAKE_STAT": "1",  # gunicorn's sign of life is in a time stamp of a file
            "PYTHONPATH": str(Path(__file__).parent / "set_clock"),
        }
