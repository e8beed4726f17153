"""The user's own modules behind a value: what their files say is a part of what identifies it.

A layer, loss, optimizer, augmentation or reader of the user's is named ``module:Class``; what it computes
stands in that module, in those of the user's that it imports, and in those that register rules for it.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import fields
from hashlib import sha256
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec, resolve_name
from pathlib import Path
from types import FunctionType
from typing import Any

from thumblab.core.errors import UsageError
from thumblab.core.value import Value, find_kind, is_ours, plain_module, type_name

_INSTALLED = {"site-packages", "dist-packages"}
"""Folders of packages that are installed."""

STORED = "__thumblab_stored__"
"""Name in a module that was loaded from a run folder; the value are the texts of all modules there."""

_read: dict[str, tuple[ModuleSpec | None, bytes]] = {}
"""Text of each module as it was when first asked for, for as long as it is not loaded again."""


def kinds_of_user(value: Any) -> set[type[Value]]:
    """The classes in a tree of values that are not ours."""
    if isinstance(value, Value):
        inside = set().union(*(kinds_of_user(getattr(value, f.name)) for f in fields(value)))
        return inside if is_ours(type(value).__module__) else inside | {type(value)}
    if isinstance(value, dict):
        return set().union(*map(kinds_of_user, value.values()))
    if isinstance(value, tuple | list):
        return set().union(*map(kinds_of_user, value))
    return set()


def source_texts(value: Any) -> dict[str, bytes]:
    """The text of every module of the user's that ``value`` depends on, by the module's name.

    Lines end as on Linux, whatever the file has. Modules of the user's are those that do not come with
    Python or with an installed package; a class of an installed package brings that package's modules
    which it imports.

    Raises:
        UsageError: If a class cannot be found again by its name, or its module has no file: it was made
            in a script, a notebook or a function.
    """
    kinds = kinds_of_user(value)
    if not kinds:
        return {}
    for kind in kinds:
        _check_can_be_found(kind)
    found: dict[str, bytes] = {}
    for name in {kind.__module__ for kind in kinds} | set(_registering(kinds)):
        stored = vars(sys.modules[name]).get(STORED)
        if stored is None:
            _gather(name, found)
        else:
            found |= stored
    return dict(sorted(found.items()))


def digests(texts: dict[str, bytes]) -> dict[str, str]:
    """SHA-256 of each text."""
    return {name: sha256(text).hexdigest() for name, text in texts.items()}


def _check_can_be_found(kind: type[Value]) -> None:
    name = type_name(kind)
    if kind.__module__ == "__main__":
        raise UsageError(
            f"{kind.__qualname__} is defined in the script or notebook that runs, so a run could not be "
            "opened later; move it to a file of its own and import it from there"
        )
    home = {plain_module(kind.__module__): sys.modules[kind.__module__]}
    if "<locals>" in name or find_kind(name, home) is not kind:
        raise UsageError(
            f"{name} cannot be found again by that name; define it at the top of a module, and make it "
            "anew if that module was loaded again"
        )


def _registering(kinds: set[type[Value]]) -> Iterator[str]:
    """Modules of the user's that register rules for ``kinds``, such as ``forward``."""
    rules: set[Any] = {
        rule
        for name, module in list(sys.modules.items())
        if is_ours(name)
        for rule in vars(module).values()
        if isinstance(rule, FunctionType) and hasattr(rule, "registry")
    }
    for rule in rules:
        for kind in kinds:
            module = rule.dispatch(kind).__module__
            if not is_ours(module):
                yield module


def _gather(name: str, found: dict[str, bytes]) -> None:
    """Adds a module, the packages it lies in, and those of the user's that they import."""
    if name in found:
        return
    found[name] = text = module_text(name)
    parent = name.rpartition(".")[0]
    if parent:
        _gather(parent, found)
    for each in _imported(name, text):
        if each not in found and _is_users(each, name):
            _gather(each, found)


def module_text(name: str) -> bytes:
    """What the file of a module says, read once, so that it is what was loaded.

    Raises:
        UsageError: If it has no file.
    """
    module = sys.modules.get(name)
    spec = getattr(module, "__spec__", None) or find_module(name)
    if name in _read and _read[name][0] is spec:
        return _read[name][1]
    origin = getattr(module, "__file__", None) or (spec and spec.origin)
    if spec is not None and not origin and spec.submodule_search_locations is not None:
        return b""  # a folder of modules without __init__.py
    try:
        text = Path(str(origin)).read_bytes().replace(b"\r\n", b"\n")
    except OSError as error:
        raise UsageError(
            f"the source of the module {name!r} cannot be read ({error.strerror}); a run keeps the text of "
            "every module that it needs, so put it into a file"
        ) from error
    _read[name] = spec, text
    return text


def _imported(name: str, text: bytes) -> Iterator[str]:
    """The modules that ``text`` imports, whether they exist or not."""
    spec = getattr(sys.modules.get(name), "__spec__", None) or find_module(name)
    is_package = spec is not None and spec.submodule_search_locations is not None
    package = name if is_package else name.rpartition(".")[0]
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return  # no Python source: a compiled module
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                parts = alias.name.split(".")
                yield from (".".join(parts[: i + 1]) for i in range(len(parts)))
        elif isinstance(node, ast.ImportFrom):
            dots = "." * node.level + (node.module or "")
            base = resolve_name(dots, package) if node.level else dots
            yield from (base, *(f"{base}.{alias.name}" for alias in node.names))


def _is_users(name: str, importer: str) -> bool:
    """Whether there is such a module, and it comes neither with Python nor with another package."""
    top = name.partition(".")[0]
    if top in sys.stdlib_module_names or is_ours(name) or top == "__main__":
        return False
    spec = find_module(name)
    path = Path((spec and spec.origin) or "")
    installed = bool(_INSTALLED & set(path.parts)) and top != importer.partition(".")[0]
    return path.suffix == ".py" and not installed


def find_module(name: str) -> ModuleSpec | None:
    """Where a module lies; none is imported for that."""
    top, *inner = name.split(".")
    try:
        spec = find_spec(top)
    except (ImportError, ValueError, AttributeError):
        return None
    path = top
    for part in inner:
        if spec is None or spec.submodule_search_locations is None:
            return None
        path += f".{part}"
        spec = PathFinder.find_spec(path, list(spec.submodule_search_locations))
    return spec
