"""The command line: a verb a command, and what their errors become."""

from __future__ import annotations

import errno
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from cyclopts import App, CycloptsError, Group, Parameter

from thumblab.cli.audit import audit
from thumblab.cli.bench import bench
from thumblab.cli.compare import compare
from thumblab.cli.convert import External, convert
from thumblab.cli.cross import cross
from thumblab.cli.data import data
from thumblab.cli.defaults import shown
from thumblab.cli.demo import demo
from thumblab.cli.docstrings import restore_docstrings, unwrap_docstring
from thumblab.cli.doctor import doctor
from thumblab.cli.embed import embed
from thumblab.cli.estimate import estimate
from thumblab.cli.evaluate import evaluate
from thumblab.cli.explain import explain
from thumblab.cli.figure import figure
from thumblab.cli.list import list_
from thumblab.cli.lr_range_test import lr_range_test
from thumblab.cli.map import map as map_
from thumblab.cli.models import models
from thumblab.cli.options import ExperimentOptions
from thumblab.cli.output import Volume, asked_volume, caution, drop, saying, volume
from thumblab.cli.places import run_folder
from thumblab.cli.predict import predict
from thumblab.cli.profile import profile
from thumblab.cli.project import in_project
from thumblab.cli.remedies import advice
from thumblab.cli.report import report
from thumblab.cli.runs import runs
from thumblab.cli.stopping import Stopped, stopping_at_once
from thumblab.cli.study import VERBS as STUDY_VERBS
from thumblab.cli.study import study_app
from thumblab.cli.study.options import StudyOptions
from thumblab.cli.terminal import capped, printable, readable_width, shortened
from thumblab.cli.train import train
from thumblab.cli.training import RunOptions
from thumblab.cli.tune import tune
from thumblab.cli.warned import collecting
from thumblab.core.errors import ThumblabError, UsageError
from thumblab.core.renamed import OPTIONS, VERBS, warn
from thumblab.core.run_names import run_names

HELP = """Train, compare and inspect classifiers of small images.

`thumblab demo` trains a first network; `thumblab COMMAND --help` explains a command, with examples.
"""

EVERYWHERE = """Options of every command:
  -q, --quiet    print only warnings, errors and the result
  -v, --verbose  print details too, such as the traceback of an error

Wherever a RUN is asked for, its folder, its name, a unique beginning of either, or @last will do.
A project file thumblab.toml, here or above, sets folders (runs, data) and defaults ([train] workers = 2).
"""

EXIT_CODES = """Exit codes:
    0  success
    1  internal error, a bug; of audit --strict, open errors
    2  invalid command or settings
    3  data missing or invalid
    4  run folder or checkpoint damaged, or of another kind
    5  training diverged: the loss is not finite
    6  output cannot be written
    7  out of memory or file handles
   75  lost the lease of a shared run to another worker
  129  terminal closed (SIGHUP)
  130  interrupted by Ctrl-C (SIGINT)
  143  terminated (SIGTERM)
"""

GROUPS: dict[str, tuple[Callable[..., int], ...]] = {
    "Train": (demo, train, estimate, lr_range_test),
    "Evaluate": (evaluate, predict, compare, audit, cross, map_),
    "Look": (runs, report, figure, embed, models, list_, explain),
    "Data and files": (data, convert, doctor),
    "Engine": (bench, profile, tune),
}
"""The verbs, as help lists them."""

CANNOT_WRITE = 6
OUT_OF_MEMORY = 7
FULL = (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC))
TOO_MANY = (errno.EMFILE, errno.ENFILE)
UNUSABLE = (errno.ENAMETOOLONG, errno.ELOOP, errno.EACCES, errno.EPERM, errno.EIO)
INTERRUPTED = 130


def version() -> str:
    """The installed version."""
    import thumblab

    return thumblab.__version__


def build() -> App:
    """The verbs as one application."""
    if sys.flags.optimize > 1:
        restore_docstrings("thumblab.cli")
    for documented in (ExperimentOptions, RunOptions, External, StudyOptions, *STUDY_VERBS):
        unwrap_docstring(documented)
    last = Group("About", sort_key=len(GROUPS) + 1)
    app = App(
        name="thumblab",
        help=HELP,
        help_epilogue=f"{EVERYWHERE}\n{EXIT_CODES}",
        help_format="plaintext",
        version=version,
        version_flags=["--version", "-V"],
        group_commands=last,
        default_parameter=Parameter(negative="", show_default=shown),
        suppress_keyboard_interrupt=False,
    )
    for place, (name, verbs) in enumerate(GROUPS.items(), 1):
        group = Group(name, sort_key=place)
        for verb in verbs:
            unwrap_docstring(verb)
            app.command(verb, name=_typed(verb.__name__), group=group, help_epilogue="")
        if name == "Evaluate":
            app.command(study_app(group))
    app.register_install_completion_command(
        help="Set up shell completion of commands, options, runs and names.",
        group=last,
        help_epilogue="",
    )
    return app


def _typed(name: str) -> str:
    """How the function of a verb is called on the command line."""
    return name.rstrip("_").replace("_", "-")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit code; every error is one line on standard error."""
    much, tokens = asked_volume(sys.argv[1:] if arguments is None else list(arguments))
    with saying(much):
        return _main(tokens)


def _main(tokens: list[str]) -> int:
    try:
        with stopping_at_once(), readable_width(), collecting(caution):
            return _run(tokens)
    except ThumblabError as error:
        if volume() is Volume.VERBOSE:
            _trace()
        return _complain(error, error.exit_code)
    except MemoryError as error:
        what = f" ({error})" if str(error) else ""
        advice = (
            f"out of memory{what}; try fewer images (--subset), a smaller --batch, or --workers 1"
        )
        return _complain(advice, OUT_OF_MEMORY)
    except Stopped as stopped:
        return _complain("stopped", stopped.exit_code)
    except KeyboardInterrupt:
        return _complain("stopped", INTERRUPTED)
    except BrokenPipeError:  # the reader of the output has gone
        drop()
        return 0
    except SystemExit as ended:
        if not isinstance(ended.__context__, BrokenPipeError):  # which rich makes an exit of
            raise
        drop()
        return 0
    except OSError as error:
        if error.errno in FULL:
            drop()
            return _complain(f"nothing can be written ({error.strerror}); make room", CANNOT_WRITE)
        if error.errno in TOO_MANY:
            message = f"no more files can be opened ({error.strerror}); raise the limit (ulimit -n)"
            return _complain(message, OUT_OF_MEMORY)
        if error.errno in UNUSABLE and error.filename:
            message = f"{error.filename} cannot be used ({error.strerror}); give another path"
            return _complain(message, 2)
        if not _somewhere():
            return _complain("the current folder has been deleted; go to one that is there", 2)
        return _report()
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package in ("", "thumblab"):
            return _report()
        message = f"the package {package}, which thumblab needs, is missing; install thumblab again"
        return _complain(message, 2)
    except Exception:
        return _report()


def _somewhere() -> bool:
    """Whether there is a current folder."""
    try:
        return Path.cwd().exists()
    except OSError:
        return False


def _report() -> int:
    """Reports an error that is not ours to explain."""
    _trace()
    return _complain("internal error, a bug of thumblab; please report it with the lines above", 1)


def _trace() -> None:
    """Where the error that is handled arose."""
    with suppress(OSError):
        print(printable(traceback.format_exc()), end="", file=sys.stderr)


def _run(tokens: list[str]) -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    app = build()
    try:
        tokens = list(_todays(tokens))
        with in_project(app, tokens), run_names(run_folder):
            code = app(tokens, exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        verb = [today for token in tokens[:1] if (today := VERBS.get(token, token)) in app]
        message = " ".join([*str(error).split(), "See", "thumblab", *verb, "--help."])
        raise UsageError(message) from error
    if sys.stdout is not None:  # closed by the caller, who wants no answer
        sys.stdout.flush()
    return code if isinstance(code, int) else 0


def _todays(tokens: Sequence[str]) -> Iterator[str]:
    """The command with what was called otherwise under its names of today."""
    for place, token in enumerate(tokens):
        option, equals, value = token.partition("=")
        today = OPTIONS.get(option, VERBS.get(option, option) if place == 0 else option)
        if today != option:
            warn(option, today)
        yield f"{today}{equals}{value}"


def _complain(what: object, exit_code: int) -> int:
    """Says what is wrong: a line, or several where there are several things."""
    lines = printable(str(what)).rstrip("\n").split("\n") if str(what) else [type(what).__name__]
    if len(lines) == 2 and lines[1].startswith(" "):
        lines = [f"{lines[0]} {lines[1].strip()}"]
    lines[-1] += "".join(f" ({note})" for note in getattr(what, "__notes__", ())) + advice(what)
    with suppress(OSError):
        for line in map(shortened, capped(lines)) if sys.stderr is not None else ():
            print(line if line.startswith(" ") else f"thumblab: {line}", file=sys.stderr)
    return exit_code
