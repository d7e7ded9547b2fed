"""Tells the C library to give memory back that a worker's threads no longer need.

By itself glibc keeps for each thread what that thread once needed: after some large answers a
worker is half as large again as what it holds. Other libraries do not, and need not be told.
"""

import ctypes

_TRIM_THRESHOLD, _ARENA_MAX = -1, -8  # glibc's `malloc.h`
_ARENAS = 2
_KEPT_BYTES = 100_000


def hold_little() -> bool:
    """Once, before there are threads; whether the C library understood."""
    try:
        set_to = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    return bool(set_to(_ARENA_MAX, _ARENAS) and set_to(_TRIM_THRESHOLD, _KEPT_BYTES))
