from pathlib import Path

import pytest

from tests.cli.conftest import SMALL


def offered(cli, *words):
    """What the shell is offered for the last word, with descriptions."""
    _, _, told = cli("__complete", *words).out.partition("\x1fbegin\n")
    lines = [line.partition("\t") for line in told.splitlines()]
    return {value: about for value, _, about in lines}


def test_runs_are_offered_by_name_by_folder_and_as_the_last(cli):
    assert offered(cli, "evaluate", "") == {}
    train = ("train", *SMALL, "--epochs", "1", "--json")
    run = cli(*train, "--name", "first", "--note", "as it was").json["run"]
    for words in (("evaluate",), ("compare", "first"), ("compare", "first", "--against")):
        found = offered(cli, *words, "")
        assert {"first", "@last", run} <= set(found), words
    assert found["first"] == f"{run} as it was"
    assert {f"runs/{name}" for name in ("first", "@last", Path(run).name)} == set(
        offered(cli, "report", "runs/")
    )
    Path("thumblab.toml").write_text('runs = "elsewhere"\n')
    assert "first" not in offered(cli, "evaluate", "")


@pytest.mark.parametrize(
    ("words", "among"),
    [
        (("train", ""), {"mlp", "recipe:cifar10-90", "mine.toml", "pictures/"}),
        (("train", "mlp", "--optimizer", ""), {"sgd", "adamw"}),
        (("train", "mlp", "--augment", "flip+"), {"flip+crop"}),
        (("train", "mlp", "--data", ""), {"cifar10", "pictures/"}),
        (("models", ""), {"resnet20"}),
        (("profile", "res"), {"resnet20"}),
        (("data", "pic"), {"emnist", "pictures/"}),
        (("explain", ""), {"one_cycle", "recipe:characters"}),
        (("list", ""), {"optimizers", "recipes"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_names_and_files_are_offered(cli, words, among):
    Path("pictures").mkdir()
    Path("mine.toml").touch()
    Path("other.txt").touch()
    found = offered(cli, *words)
    assert among <= set(found)
    assert "``" not in "".join(found.values())
    assert ("other.txt" in found) == (words[:2] == ("train", "mlp") and words[-2] == "--data")
