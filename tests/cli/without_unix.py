"""Takes from Python what Windows does not have, as far as that can be done elsewhere; for subprocesses.

What stands on Unix's side of other libraries is imported before.
"""

import errno
import multiprocessing  # noqa: F401
import os
import platform  # noqa: F401
import shutil
import signal
import subprocess  # noqa: F401
import sys
import tempfile  # noqa: F401
import types
from contextlib import suppress

import numpy as np  # noqa: F401
import rich.console as rich_console  # noqa: F401
import scipy.stats  # noqa: F401
import threadpoolctl  # noqa: F401

MODULES = ("fcntl", "resource", "termios", "pwd", "grp", "tty", "pty")
FUNCTIONS = (
    "fork", "sched_getaffinity", "sched_setaffinity", "getloadavg", "getuid", "geteuid", "uname",
    "sysconf", "mkfifo", "killpg", "setsid", "register_at_fork", "O_DIRECTORY", "O_NONBLOCK",
)  # fmt: skip
SIGNALS = ("SIGHUP", "SIGKILL", "SIGALRM", "SIGCHLD", "SIGSTOP", "SIGCONT", "SIGUSR1", "SIGXFSZ")

held: dict[int, int] = {}


def locking(descriptor, mode, size):
    """``msvcrt.locking`` within one process: what is locked is so until it is closed."""
    place = os.fstat(descriptor).st_ino
    taken = False
    with suppress(KeyError, OSError):
        taken = held[place] != descriptor and os.fstat(held[place]).st_ino == place
    if taken:
        raise PermissionError(errno.EACCES, "Permission denied")
    held[place] = descriptor


def make_windows():
    """From now on this process finds none of it."""
    for name in MODULES:
        sys.modules[name] = None
    for name in FUNCTIONS:
        if hasattr(os, name):
            delattr(os, name)
    for name in SIGNALS:
        if hasattr(signal, name):
            delattr(signal, name)
    sys.modules["msvcrt"] = types.SimpleNamespace(LK_NBLCK=2, LK_UNLCK=0, locking=locking)
    vars(shutil)["_use_fd_functions"] = False  # which removes trees by descriptors of folders
    opened, replaced, tried = os.open, os.replace, []

    def no_folders(path, flags, mode=0o777, **named):
        if os.path.isdir(path):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return opened(path, flags, mode, **named)

    def first_time_open_elsewhere(source, target, **named):
        if os.path.exists(target) and str(target) not in tried:
            tried.append(str(target))
            raise PermissionError(errno.EACCES, "in use by another process", str(target))
        return replaced(source, target, **named)

    os.open, os.replace = no_folders, first_time_open_elsewhere
    sys.platform = "win32"


def make_mac():
    """A Unix without Linux's own: no affinity, no /proc to look into."""
    for name in ("sched_getaffinity", "sched_setaffinity"):
        delattr(os, name)
    sys.platform = "darwin"
