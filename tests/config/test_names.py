import sys

import pytest

from thumblab.config import import_own, known
from thumblab.config.names import own, pick
from thumblab.core.errors import UsageError
from thumblab.core.layer import Layer
from thumblab.data import DatasetSpec
from thumblab.layers import ReLU
from thumblab.optim import Optimizer


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_a_name_exists_because_a_package_imports_it():
    assert {"sgd", "adam", "adamw"} <= known(Optimizer).keys()
    assert {"cifar10", "cifar100", "emnist", "fashion_mnist", "folder"} <= known(DatasetSpec).keys()
    assert "source" not in known(DatasetSpec)
    assert {"relu", "gelu", "conv"} <= known(Layer).keys()


@pytest.mark.parametrize("name", ["fashion_mnist", "fashion-mnist", "FashionMNIST", "fashionmnist"])
def test_case_and_joints_of_a_name_do_not_matter(name):
    assert pick("data set", name, {"fashion_mnist": 1}) == 1


def test_a_users_module_is_found_in_the_current_folder(folder):
    (folder / "mine_a.py").write_text("from mine_b import x")
    (folder / "mine_b.py").write_text("x = 5")
    assert own("mine_a", "x") == 5


def test_a_file_of_the_users_does_not_stand_in_for_a_library(folder):
    (folder / "mine_c.py").write_text("")
    import_own("mine_c")
    assert sys.path[-1] == str(folder)


def test_a_module_may_have_the_name_of_a_model_or_a_library(folder, monkeypatch):
    """``resnet.py`` is the user's, whatever an installed library or the zoo is called."""
    library = folder / "library"
    library.mkdir()
    (library / "resnet.py").write_text("x = 'library'")
    (library / "uses.py").write_text("import queue, resnet\nx = queue.Queue, resnet.x")
    monkeypatch.setattr(sys, "path", [str(library), *sys.path])
    (folder / "resnet.py").write_text("import colorsys\nx = 'mine'")
    (folder / "colorsys.py").write_text("raise RuntimeError('in the place of Python itself')")
    (folder / "lenet5.py").write_text("x = 'mine too'")
    assert own("resnet", "x") == "mine"
    assert pick("model", "lenet5:x", {"lenet5": 1}) == "mine too"
    with pytest.raises(UsageError, match="argument 'x' of mlp has no value; write mlp:x=VALUE"):
        pick("model", "mlp:x", {"mlp": 1})


def test_a_file_named_like_a_library_is_not_mistaken_for_it(folder):
    (folder / "numpy.py").write_text("raise RuntimeError('mine')")
    (folder / "random.py").write_text("x = 1")
    (folder / "mine_d.py").write_text("import numpy, random\nx = numpy.ndarray, random.Random")
    assert own("mine_d", "x")
    with pytest.raises(
        UsageError, match=r"'random' is a module of Python itself; rename .*random.py"
    ):
        own("random", "x")
    with pytest.raises(UsageError, match=r"'numpy' is .*__init__.py already; rename .*numpy.py"):
        own("numpy", "x")


def test_a_module_of_another_folder_is_not_taken_for_the_one_here(folder, monkeypatch):
    for name in ("one", "other"):
        (folder / name).mkdir()
        (folder / name / "mine_e.py").write_text(f"x = {name!r}")
    monkeypatch.chdir(folder / "one")
    assert own("mine_e", "x") == "one"
    monkeypatch.chdir(folder / "other")
    (folder / "other" / "mine_e.py").write_text("x = 'one'")
    assert own("mine_e", "x") == "one"  # a copy of it
    (folder / "other" / "mine_e.py").write_text("x = 'other'")
    with pytest.raises(UsageError, match=r"'mine_e' is .*one/mine_e.py already; rename .*other"):
        own("mine_e", "x")


@pytest.mark.parametrize("at", [0, 1])
def test_the_search_path_stays_as_it_was_where_the_folder_is_in_it(folder, monkeypatch, at):
    path = [*sys.path[:at], str(folder), *sys.path[at:]]
    monkeypatch.setattr(sys, "path", list(path))
    finders = list(sys.meta_path)
    (folder / "mine_f.py").write_text("")
    import_own("mine_f")
    assert (sys.path, sys.meta_path) == (path, finders)


def test_a_folder_that_has_been_deleted_is_one_clear_error(folder, monkeypatch):
    (folder / "gone").mkdir()
    monkeypatch.chdir(folder / "gone")
    (folder / "gone").rmdir()
    with pytest.raises(
        UsageError, match=r"the current folder cannot be read .*go to one that is th"
    ):
        import_own("mine_g")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import nothing_of_this_name", "cannot be imported .ModuleNotFoundError: .* at bad.py:1"),
        ("\n1 / 0", r"cannot be imported \(ZeroDivisionError: division by zero at bad.py:2\)"),
        ("raise SystemExit(3)", r"cannot be imported \(SystemExit: 3 at bad.py:1\)"),
        ("def f(:", "cannot be imported .SyntaxError: invalid syntax"),
        ("", "unknown name in bad 'f'; known"),
    ],
)
def test_whatever_is_wrong_inside_a_users_module_is_said(folder, text, message):
    (folder / "bad.py").write_text(text)
    with pytest.raises(UsageError, match=message):
        own("bad", "f")


def test_a_name_of_ours_is_no_module():
    with pytest.raises(UsageError, match="argument 'x' of relu has no value; write relu:x=VALUE"):
        pick("layer", "relu:x", {"relu": ReLU})
