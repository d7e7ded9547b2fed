"""Everything that can go wrong, with its HTTP status and a sentence for the person.

DBSpendError            500
├── BadSettings         500  a setting that cannot work; said before the server starts
├── BadView             400  a link or a question that makes no sense
├── NotSignedIn         401  nobody has said who they are
├── NotAllowed          403  what the person's role or the settings forbid
├── NotOurPage          403  a change that no page of ours asks for
├── NotFound            404  a run that is not there
├── WarehouseError      502  the warehouse refused a question
│   ├── NoData          503  nothing has been imported yet
│   ├── TookTooLong     504  the warehouse gave up: the question is too large for its time
│   ├── TooLarge        422  the answer has more rows than a process of ours may hold
│   ├── Unreachable     503  the warehouse did not answer: it may when asked again
│   │   └── NotYet      503  it is waking up, or still at work: the answer is on its way
│   └── LostReply       502  a change whose reply was lost: it may have happened or not
├── StoreError          503  the settings of users cannot be read or written
├── Conflict            409  somebody else changed it first
├── NoRoom              507  the disk is full, so a file could not be made
├── TooManyRequests     429  one person or address asks more than their share
├── TooManyExports      503  so many large files are being made that one more has to wait
├── ExportFailed        500  a file could not be made; the sentence says why
├── BadFile             422  a file that cannot be imported; holds the rejected records
│   └── FileTooLarge    413  one that is larger than the settings allow
├── UploadCut           400  a file that did not arrive whole
└── Busy                409  somebody else is importing

`code` is the same for programs: the JSON API promises never to change one.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dbspend360.models.view_query import Problem


class DBSpendError(Exception):
    """Something the person can be told in one sentence: `str(error)`."""

    status = 500
    code = "internal_error"
    retry_after_seconds: int | None = None  # when asking again may do


class BadSettings(DBSpendError):
    """A setting that cannot work; the sentence names it and says what would do."""


class BadView(DBSpendError):
    """A question that makes no sense: the sentence names the part and says what would do."""

    status = 400
    code = "bad_request"

    def __init__(self, sentence: str, problems: "Sequence[Problem]" = ()) -> None:
        """`problems` are the same part by part, where more than one may be wrong."""
        super().__init__(sentence)
        self.problems = tuple(problems)


class NotSignedIn(DBSpendError):
    """Nobody has said who they are, or what they said does not hold any more."""

    status = 401
    code = "login_needed"


class NotAllowed(DBSpendError):
    """What the person's role or the settings forbid; the sentence names what, and who may."""

    status = 403
    code = "not_allowed"

    def __init__(self, sentence: str, problems: "Sequence[Problem]" = ()) -> None:
        """`problems` are the same part by part, where a form can show them."""
        super().__init__(sentence)
        self.problems = tuple(problems)


class NotOurPage(DBSpendError):
    """A change that no page of ours asks for, or one that is older than the sign-in."""

    status = 403
    code = "csrf"


class NotFound(DBSpendError):
    """What was asked for is not in the data."""

    status = 404
    code = "not_found"


class WarehouseError(DBSpendError):
    """The warehouse refused a question. `question` is its name, never its text or values.

    The driver's own words stay in the log and in `__cause__`.
    """

    status = 502
    code = "warehouse_refused"

    def __init__(self, question: str, reason: str) -> None:
        super().__init__(reason)
        self.question = question


class NoData(WarehouseError):
    """The embedded warehouse is empty: nothing has been imported and no demo data made."""

    status = 503
    code = "no_data"


class TookTooLong(WarehouseError):
    """The warehouse stopped working on the question: fewer days may do."""

    status = 504
    code = "warehouse_timeout"


class TooLarge(WarehouseError):
    """The answer has more rows than a process of ours may hold; the sentence says what would do."""

    status = 422
    code = "answer_too_large"


class Unreachable(WarehouseError):
    """The warehouse did not answer, or let nobody in; the same question may do later."""

    status = 503
    code = "warehouse_unavailable"
    retry_after_seconds = 10


class NotYet(Unreachable):
    """The warehouse is waking up, or still working on the answer: ask again in a moment."""

    code = "warehouse_waking"
    retry_after_seconds = 3

    def __init__(self, question: str, reason: str, *, since: datetime) -> None:
        super().__init__(question, reason)
        self.since = since  # UTC


class LostReply(WarehouseError):
    """A change was sent and its reply was lost: it may have happened or not."""

    code = "outcome_unknown"


class StoreError(DBSpendError):
    """The settings of users cannot be read or written; the sentence says what to do."""

    status = 503
    code = "settings_unavailable"


class Conflict(DBSpendError):
    """Somebody else changed the same thing first; nothing was written."""

    status = 409
    code = "conflict"


class NoRoom(DBSpendError):
    """The disk is full, so a file could not be made; nothing of it is left."""

    status = 507
    code = "no_room"


class TooManyRequests(DBSpendError):
    """One person or address asks more than their share."""

    status = 429
    code = "too_many_requests"

    def __init__(self, wait_seconds: int) -> None:
        super().__init__(f"Too many requests: wait {wait_seconds} seconds.")
        self.retry_after_seconds = wait_seconds


class TooManyExports(DBSpendError):
    """So many large files are being made that one more has to wait."""

    status = 503
    code = "too_many_exports"
    retry_after_seconds = 20


class ExportFailed(DBSpendError):
    """A file could not be made; the sentence says why, as far as that is known."""

    code = "export_failed"


class BadFile(DBSpendError):
    """A file that cannot be imported; the sentence says why and what to do."""

    status = 422
    code = "bad_file"


class FileTooLarge(BadFile):
    """A file that is larger than the settings allow to bring in a browser."""

    status = 413
    code = "too_large"

    def __init__(self, most_bytes: int) -> None:
        super().__init__(
            f"The file is larger than {most_bytes // 1_000_000:,} MB: split it by days, or import "
            "it on the server with dbspend360 import."
        )


class UploadCut(DBSpendError):
    """A file that did not arrive whole, or too slowly; nothing of it is left."""

    status = 400
    code = "upload_cut"


class Busy(DBSpendError):
    """Another import is running on the same data folder."""

    status = 409
    code = "busy"
