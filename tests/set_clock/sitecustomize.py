"""Python's own start-up file, for a server whose clock is set by libfaketime.

`time.sleep` waits for a moment, which libfaketime 0.9.10 takes for a wrong one; `select` waits for
a number of seconds. Neither asks the clock of the wall.
"""

import select
import time
from typing import SupportsIndex


def _sleep(seconds: float | SupportsIndex) -> None:
    select.select([], [], [], float(seconds))


time.sleep = _sleep
