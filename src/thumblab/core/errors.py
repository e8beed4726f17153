"""The errors a user can meet, and the exit code each one has.

    ThumblabError             1  internal error, if nothing below fits
    ├── UsageError            2  invalid command or settings
    │   ├── ShapeError           layers that do not fit together (also a ValueError)
    │   ├── UntrustedError       code that came with a file and is not trusted
    │   └── MissingRuleError     a layer without a rule for the engine (also a TypeError)
    ├── DataError             3  data missing or invalid
    ├── RunError              4  run folder or checkpoint damaged, or of another kind
    ├── DivergedError         5  training diverged: a loss, gradient or weight is not finite
    ├── WriteError            6  output cannot be written
    └── OutOfMemoryError      7  out of memory (also a MemoryError) or file handles

75 is a lost lease, 129, 130 and 143 a stop by a signal.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class ThumblabError(Exception):
    """Base of the package's errors.

    Attributes:
        exit_code: What the command line ends with.
        remedies: Arguments, or other names of what the caller can change, by which the message says
            how to go on; the command line adds its options for them.
    """

    exit_code = 1

    def __init__(self, message: str = "", *, remedies: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.remedies = remedies


class UsageError(ThumblabError):
    """The command, or a file of settings, is wrong."""

    exit_code = 2


class ShapeError(UsageError, ValueError):
    """Layers that do not fit together, or a layer that does not fit its input."""


class UntrustedError(UsageError):
    """Code that came with a file, and that the user has not said to trust."""


class MissingRuleError(UsageError, TypeError):
    """A layer type has no rule for the engine asked for."""


class DataError(ThumblabError):
    """Data are missing, truncated, or not what their header says."""

    exit_code = 3


class RunError(ThumblabError):
    """A run folder or a checkpoint is damaged, or of another kind."""

    exit_code = 4


class DivergedError(ThumblabError):
    """Training met a value that is not finite."""

    exit_code = 5


class WriteError(ThumblabError):
    """A file cannot be written; what stood there before is untouched."""

    exit_code = 6


class OutOfMemoryError(ThumblabError, MemoryError):
    """What was asked for needs more memory than there is; the message says what needs less."""

    exit_code = 7


class StepAbandonedError(Exception):
    """A step or a prediction was broken off between two layers, as was asked for; no weight has moved."""


def unknown(kind: str, name: str, known: Iterable[str]) -> UsageError:
    """The error for a name that does not exist, listing those that do.

    >>> print(unknown("layer", "Cnov", ["Conv", "Dense"]))
    unknown layer 'Cnov'; did you mean 'Conv'? known: Conv, Dense
    """
    names = sorted(known)
    close = difflib.get_close_matches(name, names, 1)
    guess = f"did you mean {close[0]!r}? " if close else ""
    return UsageError(f"unknown {kind} {name!r}; {guess}known: {', '.join(names)}")
