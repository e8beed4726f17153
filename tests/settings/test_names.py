import sys

import pytest

from thumblab.core.errors import UsageError
from thumblab.core.layer import Layer
from thumblab.data import Source
from thumblab.layers import ReLU
from thumblab.optim import Optimizer
from thumblab.settings import import_own, known
from thumblab.settings.names import own, pick


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
    assert {"cifar10", "cifar100", "emnist", "fashion_mnist", "folder"} <= known(Source).keys()
    assert "source" not in known(Source)
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
