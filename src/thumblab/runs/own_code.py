"""The user's modules that a run was trained with: stored in its folder, and loaded from there.

``source/`` holds them as the user has them, ``pkg.layers`` in ``source/pkg/layers.py``. They are executed
only if they are trusted (see ``trust.py``), under names of their own, ``pkg.layers@<digest>``, so that a
file of the same name that has changed since neither stands in for them nor is hidden by them.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Mapping, Sequence
from hashlib import sha256
from importlib.abc import ExecutionLoader
from importlib.util import decode_source, resolve_name
from pathlib import Path
from types import ModuleType
from typing import Any

from thumblab.core.errors import RunError, UntrustedError, UsageError
from thumblab.core.library_error import reason
from thumblab.core.source_text import STORED, find_module, module_text
from thumblab.core.value import plain_module
from thumblab.runs.trust import is_trusted, name_of, trust
from thumblab.storage import files

FOLDER = "source"
MOST_BYTES = 10_000_000
"""A stored module that is larger was not written by hand."""

_loaded: dict[str, dict[str, ModuleType]] = {}
"""Modules by the digest of the set they belong to: the same code is one class in one process."""


def save(folder: Path, texts: Mapping[str, bytes]) -> None:
    """Stores the modules in a run folder, and trusts them from now on: they have been executed here."""
    for name, text in texts.items():
        files.write(folder / _place(name, texts), text, name="source")
    trust(dict(texts))


def load(
    folder: Path, stored: Mapping[str, str], *, trusted: bool = False
) -> Mapping[str, ModuleType]:
    """The modules that a run folder holds, executed; or the user's own if they say exactly the same.

    Args:
        folder: The run folder.
        stored: SHA-256 of each module's text, by its name.
        trusted: Whether the user says now that they may be executed.

    Raises:
        RunError: If a stored file is missing or not what was stored.
        UntrustedError: If they are not trusted.
        UsageError: If they fail.
    """
    if all(_is_loaded(name, digest) for name, digest in stored.items()):
        return {name: sys.modules[name] for name in stored}
    texts = read(folder, stored)
    if trusted:
        trust(texts)
    if not is_trusted(texts):
        raise UntrustedError(
            f"{folder} was trained with code of its own, which opening it would execute: "
            f"{listing(folder, texts)}; read it, and say that you trust it if you do"
        )
    name = name_of(texts)
    if name not in _loaded:
        _loaded[name] = _Loader(folder, texts).load_all()
    return _loaded[name]


def read(folder: Path, stored: Mapping[str, str]) -> dict[str, bytes]:
    """The text of each stored module; nothing is executed.

    Raises:
        RunError: If a file is missing or not what was stored.
    """
    texts = {}
    for name, digest in stored.items():
        path = folder / _place(name, stored)
        try:
            text = path.read_bytes() if path.stat().st_size <= MOST_BYTES else b""
        except OSError as error:
            raise RunError(
                f"{path} cannot be read ({error.strerror}); restore it, the run needs it to open"
            ) from error
        if sha256(text).hexdigest() != digest:
            raise RunError(f"{path} is not what the run was trained with; restore it")
        texts[name] = text
    return texts


def listing(folder: Path, texts: Mapping[str, bytes]) -> str:
    """What would be executed, in words."""
    lines = {name: len(text.splitlines()) for name, text in texts.items()}
    return ", ".join(
        f"{folder / _place(name, texts)} ({count} lines)" for name, count in lines.items() if count
    )


def named_modules(data: object) -> set[str]:
    """The user's modules in the ``type`` entries of a value as ``to_dict`` described it."""
    if isinstance(data, list):
        return set().union(*map(named_modules, data))
    if not isinstance(data, dict):
        return set()
    module, colon, _ = str(data.get("type", "")).partition(":")
    return set().union({module} if colon else set(), *map(named_modules, data.values()))


def check_importable(name: str) -> None:
    """Raises ``UsageError`` if a module that a run folder names is none that a user would have written.

    Modules of Python itself do things when they are imported, and one inside a run folder has come with
    it; neither is imported, whatever the user says.
    """
    spec = find_module(name)
    origin = Path((spec and spec.origin) or "")
    if name.partition(".")[0] in sys.stdlib_module_names:
        raise UsageError(
            f"{name!r} is a part of Python and holds no layers; the run folder is not in order"
        )
    if any((folder / "experiment.json").exists() for folder in origin.absolute().parents):
        raise UsageError(
            f"{name!r} lies in a run folder ({origin}); move it out of there if it is yours"
        )


def _place(name: str, others: Mapping[str, Any]) -> Path:
    """Where the text of a module lies, in the run folder."""
    if not all(part.isidentifier() for part in name.split(".")):
        raise RunError(f"{name!r} is no name of a module; the run folder is damaged")
    is_package = any(other.startswith(f"{name}.") for other in others)
    path = Path(FOLDER, *name.split("."))
    return path / "__init__.py" if is_package else path.with_suffix(".py")


def _is_loaded(name: str, digest: str) -> bool:
    """Whether this process has imported a module of that name and text."""
    if name not in sys.modules:
        return False
    try:
        return sha256(module_text(name)).hexdigest() == digest
    except UsageError:
        return False


class _Loader(ExecutionLoader):
    """Executes stored modules; what they import of one another is what is stored."""

    def __init__(self, folder: Path, texts: Mapping[str, bytes]) -> None:
        self.folder, self.texts = folder, texts
        self.mark = f"@{name_of(dict(texts))[:12]}"
        self.modules: dict[str, ModuleType] = {}
        self.builtins = vars(builtins) | {"__import__": self._import}

    def get_filename(self, fullname: str) -> str:
        """Where the text of a module lies."""
        return str(self.folder / _place(plain_module(fullname), self.texts))

    def get_source(self, fullname: str) -> str:
        """The text of a module."""
        return decode_source(self.texts[plain_module(fullname)])

    def load_all(self) -> dict[str, ModuleType]:
        """Every module, by the name that the user has for it."""
        try:
            for name in self.texts:
                self._load(name)
        except (Exception, SystemExit) as error:
            for module in self.modules.values():
                sys.modules.pop(module.__name__, None)
            message = f"{type(error).__name__}: {reason(error)}"
            raise UsageError(
                f"the code in {self.folder / FOLDER} fails ({message}); install what it needs"
            ) from error
        return self.modules

    def _load(self, name: str) -> ModuleType:
        if name in self.modules:
            return self.modules[name]
        parent, _, last = name.rpartition(".")
        within = self._load(parent) if parent else None
        module = self.modules[name] = ModuleType(name + self.mark)
        path = self.get_filename(name)
        is_package = Path(path).name == "__init__.py"
        vars(module).update(
            __file__=path,
            __package__=name if is_package else parent,
            __builtins__=self.builtins,
            **{STORED: dict(self.texts)},
        )
        if is_package:
            module.__path__ = []
        sys.modules[module.__name__] = module  # where dataclasses look up annotations
        self.exec_module(module)
        if within is not None:
            setattr(within, last, module)
        return module

    def _import(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        """``import`` inside of them, eager or late."""
        package = str((globals or {}).get("__package__", ""))
        whole = resolve_name("." * level + name, package) if level else name
        if whole.partition(".")[0] not in {each.partition(".")[0] for each in self.texts}:
            return builtins.__import__(name, globals, locals, fromlist or (), level)
        if whole not in self.texts:
            raise ModuleNotFoundError(f"the run has stored no module {whole!r}", name=whole)
        module = self._load(whole)
        for each in fromlist or ():
            if f"{whole}.{each}" in self.texts:
                self._load(f"{whole}.{each}")
        return module if fromlist else self._load(whole.partition(".")[0])
