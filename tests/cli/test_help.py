import pytest

from tests.cli.conftest import SMALL, finished, start
from thumblab.cli.app import EXIT_CODES

VERBS = (
    "demo",
    "train",
    "evaluate",
    "predict",
    "models",
    "data",
    "runs",
    "convert",
    "bench",
    "profile",
    "tune",
    "lr-find",
    "time",
    "compare",
    "cross",
    "embed",
    "map",
    "report",
)
HEAVY = (
    "numpy",
    "PIL",
    "rich.markdown",
    "pydantic",
    "sklearn",
    "thumblab.experiment",
    "thumblab.runs",
)
MODULES = 400


def test_help_names_every_verb_and_exit_code(cli):
    ended = cli("--help")
    assert ended.code == 0
    assert all(verb in ended.out for verb in VERBS)
    assert EXIT_CODES.strip() in ended.out


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself_with_an_example(cli, verb):
    ended = cli(verb, "--help")
    assert ended.code == 0
    assert f"Example: `thumblab {verb}" in ended.out
    assert "--json" in ended.out


def test_without_a_verb_there_is_help(cli):
    assert "thumblab demo" in cli().out


def test_the_version_is_told(cli):
    assert cli("--version").out.strip()[0].isdigit()


def test_a_recipe_is_taken_where_an_experiment_file_is(cli):
    small = ("--model", "mlp", "--epochs", "1", "--subset", "200")
    ended = cli("train", "recipe:characters", *small, "--json")
    assert (ended.code, ended.json["status"]) == (0, "done")
    assert cli("time", "recipe:characters", *small[2:], "--seconds", "0.1").code == 0
    ended = cli("train", "recipe:charcters", *small)
    assert (ended.code, ended.lines[0][:65]) == (
        2,
        "thumblab: unknown recipe 'charcters'; did you mean 'characters'? ",
    )


def test_help_imports_little_and_nothing_heavy(tmp_path):
    ended = finished(start("--help", folder=tmp_path, PYTHONPROFILEIMPORTTIME="1"))
    imported = {line.rpartition("|")[2].strip() for line in ended.lines}
    assert "thumblab.cli.app" in imported
    assert len(imported) < MODULES  # 0.2 s of processor time, whatever else the machine does
    assert not imported & set(HEAVY)


def test_options_are_taken_under_their_old_names_and_the_new_ones_told(cli):
    ended = cli(
        "train", *SMALL, "--epochs", "1", "--keep", "last", "--shards=1", "--normalise", "unit"
    )
    assert ended.code == 0
    for old, new in (("--keep", "--restore-best"), ("--shards", "--workers"), ("unit", "rescale")):
        assert (
            f"thumblab: {old} is called {new} now; the old name will be gone in 0.3" in ended.lines
        )
