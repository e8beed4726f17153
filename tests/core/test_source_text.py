"""The text of the user's modules is a part of what names a run."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.core import own_package
from thumblab import Experiment, data, zoo
from thumblab.core.errors import UsageError
from thumblab.core.source_text import module_text, source_texts
from thumblab.layers import Dense, Flatten, Sequential


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with modules of a user's, which can be imported."""
    own_package.write(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # two texts within a second
    forget()
    yield tmp_path
    forget()


def forget() -> None:
    for name in [name for name in sys.modules if name.startswith("mine")]:
        del sys.modules[name]
    importlib.invalidate_caches()


def fresh() -> Experiment:
    """The user's experiment, as a new process would import it."""
    forget()
    found: Experiment = importlib.import_module("mine_experiment").experiment
    return found


def test_all_modules_that_it_depends_on_are_named_and_no_other(folder: Path) -> None:
    texts = source_texts(fresh())
    assert tuple(texts) == own_package.NAMED
    for name, text in texts.items():
        path = "mine/__init__" if name == "mine" else name.replace(".", "/")
        assert text == (folder / f"{path}.py").read_bytes()


@pytest.mark.parametrize("name", own_package.FILES)
def test_one_character_of_any_of_them_changes_the_key(folder: Path, name: str) -> None:
    before = fresh().key("f" * 64)
    assert fresh().key("f" * 64) == before
    (folder / name).write_text(own_package.FILES[name] + "#")
    named = name.removesuffix("/__init__.py").removesuffix(".py").replace("/", ".")
    assert (fresh().key("f" * 64) != before) == (named in own_package.NAMED)


def test_an_experiment_of_ours_depends_on_no_module_of_the_users() -> None:
    assert source_texts(Experiment(data.Characters(), zoo.mlp(47))) == {}


def test_line_ends_do_not_count(folder: Path) -> None:
    before = fresh().key("f")
    path = folder / "mine" / "layers.py"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert fresh().key("f") == before


def test_the_text_is_that_which_was_imported(folder: Path) -> None:
    experiment = fresh()
    before = experiment.key("f")
    (folder / "mine" / "layers.py").write_text("changed = 1\n")
    assert experiment.key("f") == before
    forget()
    assert module_text("mine.layers") == b"changed = 1\n"


def test_a_module_that_was_loaded_again_has_its_new_text(folder: Path) -> None:
    before = fresh().key("f")
    path = folder / "mine_reader.py"
    path.write_text(path.read_text() + "# more\n")
    module = importlib.reload(sys.modules["mine_reader"])
    again = Experiment(module.Noise(), Sequential(Flatten(), Dense(2)))
    assert b"# more" in source_texts(again)["mine_reader"]
    assert again.key("f") != before


def layer_named(module: str, name: str, **more: Any) -> Any:
    """A layer of a class that is said to be defined elsewhere."""
    return type(name, (Flatten,), {"__module__": module, **more})()


def test_classes_that_no_later_process_would_find_are_refused() -> None:
    for layer, reason in (
        (layer_named("__main__", "Mine"), "defined in the script or notebook that runs"),
        (layer_named(__name__, "Mine", __qualname__="f.<locals>.Mine"), "top of a module"),
        (layer_named(__name__, "Nowhere"), "cannot be found again by that name"),
    ):
        with pytest.raises(UsageError, match=reason):
            Experiment(data.Characters(), Sequential(layer, Dense(47))).key("f")


def test_a_module_without_a_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    module = type(sys)("mine_made_up")
    kind = type("Made", (Flatten,), {"__module__": "mine_made_up"})
    module.Made = kind  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "mine_made_up", module)
    with pytest.raises(UsageError, match="'mine_made_up' cannot be read"):
        source_texts(Experiment(data.Characters(), Sequential(kind(), Dense(47))))
