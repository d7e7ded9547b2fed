"""Checks or loads a file that came through somebody's browser, in a process of its own.

It gets one line, the order, and inherits the lock of the file's place. It ends with the web process
that has started it: once the pipe is closed, by whatever end of that.
"""

import json
import logging
import os
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from dbspend360.errors import DBSpendError
from dbspend360.log import write_log
from dbspend360.models.upload import Found, Upload, UploadStage
from dbspend360.services.audit import make_audit
from dbspend360.services.current_user import come_along, working_for
from dbspend360.services.permissions import note
from dbspend360.services.upload_place import UploadPlace
from dbspend360.settings import Settings
from dbspend360.theme import plural, usd
from dbspend360.warehouse.demo import make_demo
from dbspend360.warehouse.imports.folder import current_version
from dbspend360.warehouse.imports.importer import import_files
from dbspend360.warehouse.imports.report import (
    ImportReport,
    Progress,
    RejectedFile,
    remarks,
    summary,
)
from dbspend360.warehouse.imports.trial import Trial, try_file

_NICE = 5  # pages come first
_TELL_SECONDS = 0.2
_UNPACKS_TO = 20  # times the largest file: a gzip'd CSV has a tenth of its size
_FILE_SIZE_FAULTS = ("File too large", "[Errno 27]")


class CalledOff(Exception):
    """Somebody has thought better of it."""


def main() -> None:
    """The child."""
    os.nice(_NICE)
    settings = Settings()
    write_log(settings.log_level, settings.log_format)
    order = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    caller = come_along(order["caller"], make_audit(settings).note)
    place = UploadPlace(Path(order["place"]))
    upload = place.read()
    if upload is None:
        place.empty()
        return
    with working_for(caller), _ending_well(place, upload):
        _DEEDS[order["what"]](settings, place, upload, order)


@contextmanager
def _ending_well(place: UploadPlace, upload: Upload) -> Iterator[None]:
    """Say what went wrong in the place, and in the audit log when it was an import."""
    try:
        yield
    except CalledOff:
        place.empty()
    except DBSpendError as error:
        if upload.stage is UploadStage.LOADING:
            note("import", "failed", files=upload.name or "demo data", why=str(error))
        failed: dict[str, Any] = {"stage": UploadStage.FAILED, "words": str(error)}
        if isinstance(error, RejectedFile):
            failed["found"] = Found(records=0, **_rejected(error.report))
        place.write(upload.model_copy(update=failed))


def _check(
    settings: Settings, place: UploadPlace, upload: Upload, _order: Mapping[str, Any]
) -> None:
    most = settings.import_megabytes * 1_000_000 * _UNPACKS_TO
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    version = current_version(settings.data_dir)
    with place.work() as work, _size_as_sentence(most):
        trial = try_file(place.file(upload), settings.data_dir, work, _teller(place, upload))
    _teller(place, upload)("", 1.0)  # the last moment to call it off
    checked = {
        "stage": UploadStage.CHECKED,
        "found": _found(trial),
        "version": version.path.name if version else "",
    }
    place.write(upload.model_copy(update=checked))


def _load(settings: Settings, place: UploadPlace, upload: Upload, order: Mapping[str, Any]) -> None:
    report = import_files(
        [place.file(upload)],
        settings.data_dir,
        skip_bad=order["skip_bad"],
        progress=_teller(place, upload),
    )
    skipped = str(report.records_rejected or "")
    note("import", "done", files=upload.name, records=str(report.records_loaded), skipped=skipped)
    _done(place, upload, tuple(summary(report)))


def _demo(
    settings: Settings, place: UploadPlace, upload: Upload, _order: Mapping[str, Any]
) -> None:
    report = make_demo(settings.data_dir, progress=_teller(place, upload))
    note("import", "done", files="demo data", records=str(report.records_loaded))
    total = usd(report.ec2_cost + report.databricks_cost)
    made = f"Made {plural(report.records_loaded, 'demo record')}"
    _done(place, upload, (f"{made}, {report.first_date} to {report.last_date}: {total} in all.",))


_Deed = Callable[[Settings, UploadPlace, Upload, Mapping[str, Any]], None]
_DEEDS: Mapping[str, _Deed] = {"check": _check, "load": _load, "demo": _demo}


def _done(place: UploadPlace, upload: Upload, sentences: tuple[str, ...]) -> None:
    if upload.name:
        place.file(upload).unlink(missing_ok=True)
    place.write(upload.model_copy(update={"stage": UploadStage.DONE, "done": sentences}))


def _found(trial: Trial) -> Found:
    report = trial.report
    return Found(
        records=report.records_loaded,
        jobs=trial.jobs,
        days=report.days,
        first_date=report.first_date,
        last_date=report.last_date,
        ec2_cost=report.ec2_cost,
        databricks_cost=report.databricks_cost,
        replaced=report.replaced_records,
        kept=report.kept_records,
        dropped_demo=report.dropped_demo,
        remarks=tuple(remarks(_only_the_file(report))),
        first=tuple(dict(each) for each in trial.first),
        **_rejected(report),
    )


def _only_the_file(report: ImportReport) -> ImportReport:
    """Without what has not happened yet."""
    return replace(report, records_rejected=0, dropped_demo=0, replaced_records=0, kept_records=0)


def _rejected(report: ImportReport) -> dict[str, Any]:
    return {"rejected": report.records_rejected, "reasons": tuple(map(str, report.rejected))}


def _teller(place: UploadPlace, upload: Upload) -> Progress:
    """Says how far it is, a few times in a second; a check that nobody wants ends there."""
    last = 0.0

    def tell(words: str, share: float) -> None:
        nonlocal last
        if time.monotonic() - last < _TELL_SECONDS and share < 1:
            return
        last = time.monotonic()
        now = place.read() if upload.stage is UploadStage.CHECKING else upload
        if now is None or now.id != upload.id:
            raise CalledOff
        place.write(upload.model_copy(update={"words": words, "share": share}))

    return tell


@contextmanager
def _size_as_sentence(most: int) -> Iterator[None]:
    """A small file may unpack to one that fills the disk."""
    try:
        yield
    except DBSpendError as error:
        if any(words in str(error.__cause__) for words in _FILE_SIZE_FAULTS):
            raise DBSpendError(
                f"The file unpacks to more than {most // 1_000_000:,} MB: split it by days, or "
                "import it on the server with dbspend360 import."
            ) from error
        raise


def _end_with_parent() -> None:
    os.read(sys.stdin.fileno(), 1)  # not through its buffer: that is locked while Python ends
    os._exit(1)  # an import happens as a whole or not at all


if __name__ == "__main__":
    main()
    logging.shutdown()
    os._exit(0)  # the thread that waits for the parent would make DuckDB complain of leaks
