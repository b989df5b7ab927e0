"""Run something that may never end, on any system, and interrupt it after a while.

It runs in a second thread, and an exception is raised inside that thread when its time is up.
Signals would be simpler, but Windows has none that interrupts a loop.
"""

import contextlib
import ctypes
import io
import sys
import sysconfig
import threading
import time
import warnings
from pathlib import Path

LIMIT = 10.0  # seconds
PACKAGE = str(Path(__file__).parents[1])
PYTHON = sysconfig.get_paths()["stdlib"]
GRACE = 1.0  # seconds that an interrupted answer has to end


class Stopped(BaseException):
    """Raised inside an answer whose time is up; no `except Exception` in it catches this."""


class StillRunning(Exception):
    """The time was up.

    Attributes:
        place: the file, the line's number and its function where it was, or None.
        ended: whether it ended when it was interrupted.

    """

    def __init__(self, place, ended):
        super().__init__(f"still running after {LIMIT:g} s")
        self.place, self.ended = place, ended


def watched(work, limit=None):
    """Return `work()`, printing nothing and warning of nothing, within `limit` seconds.

    Args:
        work: function of no argument.
        limit: seconds of the clock; `LIMIT` if None.

    Raises:
        StillRunning: it took longer. It was interrupted; where it would not end (it catches
            every exception, or waits for something) it goes on in a thread of its own.
        BaseException: whatever `work` raised.

    """
    outcome = {}

    def run():
        with contextlib.suppress(Stopped):  # raised once more while the first is dealt with
            try:
                outcome["value"] = work()
            except BaseException as error:
                outcome["error"] = error

    thread = threading.Thread(target=run, daemon=True)
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        thread.start()
        try:
            thread.join(LIMIT if limit is None else limit)
        except BaseException:  # Ctrl-C, or the notebook's stop button
            _interrupt(thread)
            raise
        if thread.is_alive():
            place = _place(thread)
            _interrupt(thread)
            raise StillRunning(place, not thread.is_alive())
    if "error" in outcome:
        raise outcome["error"]
    return outcome["value"]


def in_library(file):
    """Whether a file of code is a library's, ours or Python's own, and not the reader's."""
    return file.startswith((PACKAGE, PYTHON, "<frozen")) or "site-packages" in file


def _interrupt(thread):
    """Raise `Stopped` in the thread, again and again, until it ends or the grace is over."""
    end = time.monotonic() + GRACE
    while thread.is_alive() and time.monotonic() < end:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident), ctypes.py_object(Stopped)
        )
        thread.join(0.05)


def _place(thread):
    """Return the innermost frame of the thread that is not in a library: (file, line, function)."""
    frame = sys._current_frames().get(thread.ident)
    while frame is not None:
        file = frame.f_code.co_filename
        if not in_library(file):
            return file, frame.f_lineno, frame.f_code.co_name
        frame = frame.f_back
    return None
