from pathlib import Path
from typing import Literal

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
    "lr-range-test",
    "estimate",
    "compare",
    "audit",
    "cross",
    "embed",
    "map",
    "report",
    "figure",
    "list",
    "explain",
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


def test_verbs_stand_in_groups_and_defaults_beside_options(cli):
    told = cli("--help").out
    groups = ("Train", "Evaluate", "Look", "Data and files", "Engine", "About")
    places = [told.index(f"─ {group} ─") for group in groups]
    assert places == sorted(places)
    told = " ".join(cli("train", "--help").out.replace("│", "").split())
    for default in ("10", "128", "one_cycle:max_lr=0.05", "cross_entropy", "standardize", "runs"):
        assert f"[default: {default}]" in told
    assert "[default: None]" not in told


@pytest.mark.parametrize(
    ("old", "new"), [(("time", "mlp"), "estimate"), (("lr-find", "mlp"), "lr-range-test")]
)
def test_verbs_are_taken_under_their_old_names(cli, old, new):
    ended = cli(*old, "--seed", "x")
    assert ended.code == 2
    assert f"See thumblab {new} --help." in ended.err
    assert f"thumblab: {old[0]} is called {new} now; the old name will be gone in 0.3" in ended.err


def test_files_to_write_and_models_are_taken_under_their_old_names(cli):
    ended = cli("models", "lenet5", "--draw", "net.svg")
    assert (ended.code, ended.lines[0].split(";")[0]) == (
        0,
        "thumblab: --draw is called --output now",
    )
    asked = ("profile", "--batch", "4", "--steps", "1", "--workers", "1", "--json")
    assert cli(*asked, "--model", "lenet5").json["model"] == "lenet5"
    assert cli(*asked, "lenet5").json["model"] == "lenet5"


def test_a_model_is_named_alone_or_by_its_option(cli):
    told = cli("train", SMALL[3], "--data", "characters", "--subset", "200", "--epochs", "1")
    assert told.code == 0
    assert cli("runs", "--json").json[0]["model"] == SMALL[3]


def test_quiet_leaves_warnings_and_the_answer_and_verbose_tells_where_an_error_arose(cli):
    command = ("train", *SMALL, "--epochs", "1", "--keep", "last")
    ended = cli("-q", *command)
    assert ended.lines[0].startswith("thumblab: --keep is called")
    assert all(line.startswith("thumblab: ") for line in ended.lines)
    assert "validation accuracy" in ended.out
    assert len(cli("models", "nothing").lines) == 1
    assert cli("models", "nothing", "-v").lines[0].startswith("Traceback")
    assert cli("train", "--", "-v").code == 2  # a model called so


def test_the_shell_completes(cli, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))  # whose startup file gets a line
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert cli("--install-completion", "--shell", "bash", "-o", "thumblab.bash").code == 0
    assert "lr-range-test" in Path("thumblab.bash").read_text()
    assert "thumblab.bash" in (tmp_path / ".bashrc").read_text()


def test_options_of_an_experiment_are_its_fields_and_of_their_types():
    from dataclasses import fields
    from typing import get_args, get_origin, get_type_hints

    from thumblab.cli.options import ExperimentOptions
    from thumblab.experiment import Experiment

    wanted, found = get_type_hints(Experiment), get_type_hints(ExperimentOptions)
    named = {each.name for each in fields(Experiment) if each.compare}
    assert set(found) == named | {"schedule"}
    for name in named:
        (kind,) = set(get_args(found[name])) - {type(None)}
        plain = (
            set(get_args(wanted[name])) - {type(None)}
            if type(None) in get_args(wanted[name])
            else None
        )
        hint = next(iter(plain)) if plain and len(plain) == 1 else wanted[name]
        if hint in (int, float, bool) or (get_origin(hint) is Literal and name != "restore_best"):
            assert kind == hint, name
        else:
            assert kind is str, name
