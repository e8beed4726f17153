"""The library names arguments; the command line names its options for them."""

import ast
import re

from tests.test_house import PACKAGE, SOURCES, name, tree
from thumblab.cli.remedies import OPTIONS, advice
from thumblab.core.errors import DataError, ThumblabError


def library():
    return [path for path in SOURCES if path.relative_to(PACKAGE).parts[0] not in ("cli", "bench")]


def raised(path):
    """The calls that errors are made by, and the warnings."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func).rpartition(".")[2]
            if called.endswith("Error") or called in ("warn", "Finding"):
                yield node


def test_no_message_of_the_library_names_an_option():
    of_torchrun = "--nproc_per_node"
    found = [
        f"{name(path)}:{text.lineno} {text.value}"
        for path in library()
        for node in raised(path)
        for text in ast.walk(node)
        if isinstance(text, ast.Constant) and isinstance(text.value, str)
        if re.search(r"(^|\W)--[a-z]", text.value) and of_torchrun not in text.value
    ]
    assert not found, "say what to do, and name the argument in remedies"


def test_every_remedy_has_an_option_and_every_option_is_used():
    named = {
        text.value
        for path in library()
        for node in raised(path)
        for keyword in node.keywords
        if keyword.arg == "remedies"
        for text in ast.walk(keyword.value)
        if isinstance(text, ast.Constant)
    }
    assert named == OPTIONS.keys()


def test_an_error_without_remedies_has_no_advice():
    assert advice(ThumblabError("a")) == advice("b") == ""
    assert advice(DataError("a", remedies=("data",))) == " (--data)"


def test_the_command_line_says_the_options(cli, tmp_path):
    ended = cli("train", "--data", "cifar10", "--model", "mlp", "--from", str(tmp_path))
    assert ended.code == 3
    assert ended.err.rstrip().endswith("(thumblab data NAME --download, --from FOLDER)")
