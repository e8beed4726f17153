import json
import re
import shutil
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import SMALL

MAP = {"groups", "chosen", "validation", "test", "looks", "tta"}
CELL = {
    "network",
    "experiment",
    "trained_on",
    "tested_on",
    "classes",
    "images",
    "accuracy",
    "low",
    "high",
    "f1_macro",
    "f1_weighted",
    "seen",
    "unseen_accuracy",
    "seconds",
}
EMBEDDING = {
    "run",
    "layer",
    "trained",
    "shape",
    "explained",
    "silhouette",
    "between_to_within",
    "points",
    "tsne",
    "labels",
    "near",
}
COMPARED = {"part", "images", "arms", "reference", "reference_by", "scores", "over_seeds", "verdict",
            "overfitting", "costs", "pareto"}  # fmt: skip


@pytest.fixture
def run(trained, tmp_path):
    """A copy of a run to write to, in the current folder."""
    left = shutil.ignore_patterns("evaluations.jsonl")  # of tests that came before
    shutil.copytree(trained, tmp_path / "run", ignore=left)
    return "run"


@pytest.fixture
def other(cli):
    """A second run, of another seed."""
    return cli("train", *SMALL, "--epochs", "1", "--seed", "5", "--json").json["run"]


def evaluations(run):
    path = Path(run) / "evaluations.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_map_chooses_on_validation_and_tests_once(cli, run, other):
    told = cli("map", run, other, "--groups", "digit_or_letter", "--json")
    assert told.code == 0
    assert told.json.keys() == MAP
    assert told.json["groups"] == ["digit", "letter"]
    assert told.json["test"] is None
    assert evaluations(run) == []
    assert [row["network"] for row in told.json["validation"]["fine"]] == [
        run,
        other,
        "ensemble of 2",
    ]
    final = cli("map", run, "--groups", "digit_or_letter", "--final", "--json").json
    assert (final["test"]["images"], final["validation"]["images"]) == (1880, 940)
    (chosen,) = [row for row in final["test"]["coarse"] if row["chosen"]]
    assert {"network": chosen["network"], "mapping": chosen["mapping"]} == final["chosen"]
    assert final["looks"] == [1]
    assert evaluations(run)[0]["mapped"]["coarse_accuracy"] == chosen["accuracy"]
    words = cli("map", run, "--groups", "merged")
    assert words.code == 2
    assert "each of 47 classes is a group of its own" in words.err
    words = cli("map", run, "--groups", "digit_or_letter").out
    assert "940 validation images" in words
    assert "test it with --final" in words


def test_map_names_the_tta_that_answered(cli, run):
    seen = cli("train", *SMALL, "--epochs", "1", "--tta", "flips", "--json").json["run"]
    told = cli("train", *SMALL, "--epochs", "1", "--tta", "flips").out  # done already
    assert re.search(r"validation accuracy +\d+\.\d\d %; \d+\.\d\d % with TTA flips\n", told)
    asked = ("map", seen, "--groups", "digit_or_letter", "--tta")
    assert cli(*asked, "--json").json["tta"] == ["flips"]
    assert "mean logits with TTA: flips\n" in cli(*asked).out
    assert cli("map", run, "--groups", "digit_or_letter", "--json").json["tta"] is None


def test_map_wants_groups(cli, run):
    ended = cli("map", run)
    assert ended.code == 2
    assert "characters has no groups of classes; give --groups another value" in ended.err


def test_cross(cli, run, other):
    ended = cli("cross", run, other, "--data", "characters", "--json")
    assert ended.code == 0
    assert ended.json.keys() == {"cells", "means", "arms"}
    assert ended.json["arms"] == {run: "", other: ""}  # they differ in their seed alone
    assert all(cell.keys() == CELL for cell in ended.json["cells"])
    assert [cell["network"] for cell in ended.json["cells"]] == [run, other]
    (mean,) = ended.json["means"]
    assert (mean["runs"], mean["seen"]) == (2, 0)
    assert "accuracy on the others" in cli("cross", run, "--data", "characters").out
    assert len(evaluations(run)) == 2
    assert cli("cross", run).code == 2


def test_embed(cli, run, tmp_path):
    ended = cli("embed", run, "--images", "100", "--output", "f.npz", "--near", "3", "--json")
    assert ended.code == 0
    assert ended.json["images"] == 100
    before, after = ended.json["embeddings"]
    assert before.keys() == after.keys() == EMBEDDING
    assert (before["trained"], after["trained"]) == (False, True)
    assert len(after["points"]) == len(after["labels"]) == 100
    assert len(after["near"]) == 10
    with np.load(tmp_path / "f.npz", allow_pickle=False) as stored:
        assert stored["features_1"].shape == (100, *after["shape"])
        assert stored["classes"].shape == (47,)
    assert evaluations(run) == []
    words = cli("embed", run, "--images", "60", "--layer", "0", "--near", "0")
    assert "nearest to image 0 in run after training" in words.out
    wrong = cli("embed", run, "--images", "60", "--near", "60")
    assert (wrong.code, wrong.out) == (2, "")
    assert "--near 60 is not one of 60 images" in wrong.err
    assert "there is no layer at '99'" in cli("embed", run, "--layer", "99").err


def test_compare(cli, run, other):
    ended = cli("compare", run, other, "--json")
    assert ended.code == 0
    told = ended.json
    assert told.keys() == COMPARED
    assert told["part"] == "validation"
    assert [row["run"] for row in told["scores"]] == [run, other]
    assert len(told["overfitting"]) == len(told["costs"]) == 2
    assert {row["runs"] for row in told["over_seeds"]} == {2}
    (arm,) = told["arms"]
    assert (arm["arm"], len(arm["seeds"])) == ("all runs", 2)
    assert not any("p_value" in row for row in told["scores"])  # nothing between seeds of an arm
    assert set(told["pareto"]["parameters"]) <= {run, other}
    assert evaluations(run) == []
    words = cli("compare", run, other, "--final").out
    assert "macro F1" in words
    assert "in 128 us" in words
    assert len(evaluations(run)) == len(evaluations(other)) == 1


def test_arms_are_judged_though_they_were_not_declared(cli, run, other):
    third = cli("train", *SMALL, "--epochs", "1", "--seed", "5", "--optimizer", "adam", "--json")
    told = cli("compare", other, third.json["run"], "--json").json["verdict"]
    assert (told["declared"], told["seeds_compared"], told["score"]) == (False, [5], "accuracy")
    assert told["arms"]["adam"]["word"] == "not resolved"
    words = cli("compare", other, third.json["run"])
    assert "adam: not resolved against sgd, " in words.out
    assert "; one seed tells two networks apart, not two ways of training" in words.out
    assert "not declared beforehand; accuracy alone is tested, against sgd" in words.out
    assert "McNemar" not in words.out
    apart = cli("compare", run, third.json["run"])
    assert "no arm has a seed in common with " in apart.out


def test_models_can_be_drawn(cli, tmp_path):
    ended = cli("models", "resnet20", "--classes", "100", "-o", "net.svg")
    assert ended.code == 0
    assert "drew net.svg" in ended.err
    picture = ElementTree.parse(tmp_path / "net.svg").getroot()
    assert picture[0].text.startswith("resnet20: 3×32×32 to 100, 279,892 parameters")
    for arguments in (("models", "-o", "a.svg"), ("models", "mlp", "-o", "a.png")):
        wrong = cli(*arguments)
        assert wrong.code == 2
        assert "draws one model into an SVG file; name both" in wrong.err
