"""Everything that can go wrong, with its HTTP status and a sentence for the person.

DBSpendError            500
├── BadView             400  a link or a question that makes no sense
├── NotFound            404  a run that is not there
├── WarehouseError      502  the warehouse refused or did not answer
│   └── NoData          503  nothing has been imported yet
├── BadFile             422  a file that cannot be imported; holds the rejected records
└── Busy                409  somebody else is importing
"""


class DBSpendError(Exception):
    """Something the person can be told in one sentence: `str(error)`."""

    status = 500


class BadView(DBSpendError):
    """A question that makes no sense: the sentence names the part and says what would do."""

    status = 400


class NotFound(DBSpendError):
    """What was asked for is not in the data."""

    status = 404


class WarehouseError(DBSpendError):
    """The warehouse refused a question. `question` is its name, never its text or values.

    The driver's own words stay in the log and in `__cause__`.
    """

    status = 502

    def __init__(self, question: str, reason: str) -> None:
        super().__init__(reason)
        self.question = question


class NoData(WarehouseError):
    """The embedded warehouse is empty: nothing has been imported and no demo data made."""

    status = 503


class BadFile(DBSpendError):
    """A file that cannot be imported; the sentence says why and what to do."""

    status = 422


class Busy(DBSpendError):
    """Another import is running on the same data folder."""

    status = 409
