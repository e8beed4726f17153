"""Names: of ours, what a package imports, in snake_case; of the user's, ``module:name``."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

from thumblab.core.errors import UsageError, unknown
from thumblab.core.layer import Layer
from thumblab.core.library_error import reason
from thumblab.core.renamed import TYPES, warn
from thumblab.core.value import Value

_JOINT = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])|(?<=[A-Z]{3})(?=[A-Z][a-z])")


def snake(name: str) -> str:
    """A class's name on the command line.

    >>> [snake(name) for name in ("SGD", "OneCycle", "AdamW", "Cifar10", "ReLU", "PCAProjection")]
    ['sgd', 'one_cycle', 'adamw', 'cifar10', 'relu', 'pca_projection']
    """
    return _JOINT.sub("_", name).lower()


def kind_name(base: type[Value]) -> str:
    """What values of a base class are called in messages."""
    text = snake(base.__name__).replace("_", " ")
    return {"dataset spec": "data set", "value": "value"}.get(text, text)


def known(base: type[Value]) -> dict[str, type[Value]]:
    """Name and class of every ``base`` in the innermost package around it that imports any."""
    home = "thumblab.layers.layer" if base is Layer else base.__module__
    found: dict[str, type[Value]] = {}
    while not found and "." in home:
        home = home.rpartition(".")[0]
        found = {
            snake(each.__name__): each
            for each in vars(importlib.import_module(home)).values()
            if isinstance(each, type) and issubclass(each, base) and each is not base
        }
    return found


def pick(kind: str, name: str, choices: dict[str, Any]) -> Any:
    """The choice called ``name``, in any case and with ``-`` or ``_``; or the user's own.

    Raises:
        UsageError: If there is none.
    """
    same = {plain(each): found for each, found in choices.items()}
    head, colon, tail = name.partition(":")
    if not colon:
        name = _todays(name, same)
        if plain(name) not in same:
            raise unknown(kind, name, choices)
        return same[plain(name)]
    if plain(head) in same and PathFinder.find_spec(head, [str(current_folder())]) is None:
        raise UsageError(f"argument {tail!r} of {head} has no value; write {head}:{tail}=VALUE")
    return own(head, tail)


def _todays(name: str, known: Mapping[str, Any]) -> str:
    """The name of today for one that a class had before; warns of it."""
    old = {plain(before): snake(today) for before, today in TYPES.items()}
    today = old.get(plain(name), name)
    if plain(name) in known or plain(today) not in known:
        return name
    warn(name, today)
    return today


def plain(name: str) -> str:
    """A name without what does not tell it from others: case, ``-`` and ``_``."""
    return re.sub(r"[-_\s]", "", name).lower()


def own(module: str, name: str) -> Any:
    """What a module of the user's calls ``name``.

    Raises:
        UsageError: If it cannot be imported, whatever went wrong inside, or has no such name.
    """
    found = import_own(module)
    if not hasattr(found, name):
        public = [each for each in vars(found) if each[0] != "_"]
        raise unknown(f"name in {module}", name, public)
    return getattr(found, name)


def import_own(module: str) -> ModuleType:
    """A module of the user's: that of the current folder, or else one that Python finds.

    No file of the folder stands in for a library's module: the folder comes last in ``sys.path``, now
    and afterwards, where it was not in it.

    Raises:
        UsageError: If it cannot be imported, whatever went wrong inside, or its name is taken.
    """
    if "/" in module or module.endswith(".py"):
        path = Path(module)
        raise UsageError(
            f"{module!r} is a file; run from the folder {path.parent} and write its module, {path.stem!r}"
        )
    folder = str(current_folder())
    if not {folder, ""} & set(sys.path):
        sys.path.append(folder)
    importlib.invalidate_caches()
    top = module.partition(".")[0]
    here = PathFinder.find_spec(top, [folder])
    found = here if here is not None and here.origin is not None else None
    _check_name(top, found)
    with _found_first(top, found):
        try:
            return importlib.import_module(module)
        except ModuleNotFoundError as error:
            if error.name != top:
                raise _broken(module, error) from error
            raise UsageError(
                f"there is no module {module!r}; run from the folder that holds {module}.py"
            ) from error
        except (Exception, SystemExit) as error:
            raise _broken(module, error) from error


def _check_name(top: str, here: ModuleSpec | None) -> None:
    """Raises ``UsageError`` if a module of that name is another one than that of the current folder."""
    if here and top in sys.stdlib_module_names:
        raise UsageError(f"{top!r} is a module of Python itself; rename {here.origin}")
    loaded = getattr(sys.modules.get(top), "__spec__", None)
    if here and loaded and not _same_file(loaded.origin, here.origin):
        raise UsageError(
            f"{top!r} is {loaded.origin} already; rename {here.origin}, or start anew in its folder"
        )


def _same_file(loaded: str | None, here: str | None) -> bool:
    """Whether two files say the same; a module that is loaded from elsewhere may be a copy of ours."""
    with suppress(OSError, TypeError):
        return loaded == here or Path(str(loaded)).read_bytes() == Path(str(here)).read_bytes()
    return False


@contextmanager
def _found_first(top: str, here: ModuleSpec | None) -> Iterator[None]:
    """While this is open, ``top`` alone is looked for in the current folder before all else."""
    finder: Any = _Finder(top, here)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _Finder:
    """Finds one module."""

    def __init__(self, name: str, spec: ModuleSpec | None) -> None:
        self._found = {name: spec}

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """The module's, if it is that one."""
        return self._found.get(name)


def current_folder() -> Path:
    """Where the process is.

    Raises:
        UsageError: If that has been deleted.
    """
    try:
        return Path.cwd()
    except OSError as error:
        raise UsageError(
            f"the current folder cannot be read ({error.strerror}); go to one that is there"
        ) from error


def _broken(module: str, error: BaseException) -> UsageError:
    return UsageError(
        f"{module} cannot be imported ({describe_error(error)}); mend it and try again"
    )


def describe_error(error: BaseException) -> str:
    """An exception on one line, with the last line of code that it came through."""
    traced = error.__traceback__
    while traced and traced.tb_next:
        traced = traced.tb_next
    place = ""
    if traced:
        place = f" at {Path(traced.tb_frame.f_code.co_filename).name}:{traced.tb_lineno}"
    what, why = type(error).__name__, reason(error)
    return (what if why == what else f"{what}: {why}") + place
