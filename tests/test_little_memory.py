"""Memory that threads needed once."""

import subprocess
import sys

# Eight threads at once take and give back memory, and the C library says how many places it has.
HEAPS = """
import ctypes, os, sys, tempfile, threading
from dbspend360.little_memory import hold_little

understood = hold_little() if sys.argv[1] == "little" else None
together = threading.Barrier(8)

def work():
    together.wait()
    kept = [bytes(3_000) for _ in range(3_000)]
    together.wait()

threads = [threading.Thread(target=work) for _ in range(8)]
[each.start() for each in threads]
[each.join() for each in threads]
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
with tempfile.TemporaryFile() as file:
    stream = ctypes.c_void_p(libc.fdopen(os.dup(file.fileno()), b"w"))
    libc.malloc_info(0, stream)
    libc.fclose(stream)
    file.seek(0)
    print(understood, file.read().count(b"<heap nr="))
"""


def told(how: str) -> list[str]:
    command = [sys.executable, "-c", HEAPS, how]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


def test_threads_share_two_places() -> None:
    understood, heaps = told("little")
    assert understood == "True"
    assert int(heaps) <= 2
    assert int(told("as it is")[1]) > 2
