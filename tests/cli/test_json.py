import json
import os
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import SMALL
from thumblab.config import load

KEYS = {
    "demo": {"test_accuracy", "train_seconds", "run", "report"},
    "train": {
        "run",
        "train_on",
        "restore_best",
        "weights_epoch",
        "reason",
        "validation_accuracy",
        "validation_images",
        "accuracy_interval",
        "chance_accuracy",
        "versus_chance",
        "tta",
        "validation_tta_accuracy",
        "test_accuracy",
        "seconds",
        "images_per_second",
        "status",
    },
    "evaluate": {
        "evaluation",
        "runs",
        "train_on",
        "accuracy",
        "loss",
        "images",
        "tta",
        "tta_accuracy",
        "tta_loss",
    },
    "runs": {
        "run",
        "name",
        "note",
        "status",
        "model",
        "data",
        "settings",
        "epochs",
        "train_on",
        "weights_epoch",
        "validation_accuracy",
        "test_accuracy",
        "reason",
    },
    "models": {"name", "input", "classes", "parameters", "trainable_parameters", "flops"},
    "layers": {"path", "layer", "shape", "parameters", "flops"},
    "data": {
        "name",
        "train",
        "validation",
        "test",
        "leaked",
        "classes",
        "class_names",
        "shape",
        "fingerprint",
        "check",
    },
}


def picture(path, shape=(28, 28)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.random.default_rng(0).integers(0, 255, shape, np.uint8)).save(path)
    return path


def test_train_then_evaluate_predict_and_runs(cli, tmp_path):
    trained = cli("train", *SMALL, "--epochs", "2", "--json")
    told = trained.json
    assert trained.code == 0
    assert told.keys() - {"warnings"} == KEYS["train"]
    told.pop("warnings", None)
    assert (told["status"], told["test_accuracy"], told["tta"]) == ("done", None, None)
    assert 0 <= told["validation_accuracy"] <= 1
    assert told["seconds"] > 0
    assert told["images_per_second"] > 0

    seen = cli("evaluate", told["run"], "--json").json
    assert seen.keys() == KEYS["evaluate"]
    assert seen["images"] == 1880
    assert 0 <= seen["accuracy"] <= 1
    again = cli("evaluate", told["run"], "--data", "characters", "--json").json
    assert again == {**seen, "loss": pytest.approx(seen["loss"], rel=1e-5), "evaluation": 2}
    assert "evaluation 3 of this test set in runs\n" in cli("evaluate", told["run"]).out

    one = picture(tmp_path / "one.png")
    picture(tmp_path / "more" / "two.jpg", (40, 30, 3))
    found = cli("predict", told["run"], one, tmp_path / "more", "--top", "3", "--json").json
    assert [each["file"] for each in found] == [str(one), str(tmp_path / "more" / "two.jpg")]
    for each in found:
        assert len(each["top"]) == 3
        assert all(guess.keys() == {"name", "probability"} for guess in each["top"])
        shares = [guess["probability"] for guess in each["top"]]
        assert shares == sorted(shares, reverse=True)

    (listed,) = cli("runs", "--json").json
    assert listed.keys() == KEYS["runs"]
    settings = listed.pop("settings")
    assert (settings["seed"], settings["loss"], settings["augment"]) == (
        "0",
        "cross_entropy",
        "none",
    )
    assert listed == {
        "run": told["run"],
        "name": "",
        "note": "",
        "status": "done",
        "model": "stacked_cnn:widths=4-8,dense=0",
        "data": "characters",
        "epochs": 2,
        "train_on": "train",
        "weights_epoch": 2,
        "validation_accuracy": told["validation_accuracy"],
        "test_accuracy": seen["accuracy"],
        "reason": None,
    }

    once_more = cli("train", *SMALL, "--epochs", "2", "--json")
    assert once_more.json == told | {"test_accuracy": seen["accuracy"]}
    assert "is done already" in once_more.err


def test_runs_are_told_apart_by_the_options_that_differ(cli):
    for seed in ("0", "1"):
        cli("train", *SMALL, "--epochs", "1", "--optimizer", "sgd:lr=0.01", "--seed", seed)
    head, *rows = cli("runs").out.splitlines()
    assert head.split()[-1] == "with"
    assert [row.split()[-2:] for row in rows] == [["--seed", "0"], ["--seed", "1"]]


def test_demo(cli, tmp_path, monkeypatch):
    monkeypatch.setattr("thumblab.config.load", lambda what: replace(load(what), subset=300))
    ended = cli("demo", "--epochs", "1", "--json")
    assert ended.code == 0
    assert ended.json.keys() - {"warnings"} == KEYS["demo"]
    assert 0 <= ended.json["test_accuracy"] <= 1
    assert (tmp_path / ended.json["report"]).read_text("utf-8").lstrip().startswith("<!")
    assert ended.json["report"].startswith(ended.json["run"])
    words = cli("demo", "--epochs", "1")
    assert "is done already" in words.err
    assert f"report {ended.json['report']}" in words.out


def test_models(cli):
    listed = cli("models", "--json").json
    assert all(each.keys() == KEYS["models"] for each in listed)
    count = {each["name"]: each["parameters"] for each in listed}
    assert (count["seven_layer"], count["vgg_like"]) == (184_906, 454_442)
    assert (count["mlp"], count["baseline_cnn"]) == (1_624_676, 1_105_476)  # R0's, of 100 classes
    assert (count["dffr_cnn"], count["lenet5"]) == (1_114_212, 64_851)
    assert count["alexnet"] == 61_100_840  # torchvision's, of 1,000
    told = cli("models", "vgg_like", "--json").json
    assert told.keys() == KEYS["models"] | {"layers"}
    assert (told["parameters"], told["trainable_parameters"]) == (454_442, 453_482)
    assert all(layer.keys() == KEYS["layers"] for layer in told["layers"])
    assert told["layers"][-1]["shape"] == [10]
    assert sum(layer["parameters"] for layer in told["layers"]) == 454_442
    baseline = cli("models", "baseline_cnn", "--classes", "10", "--json").json
    assert (baseline["classes"], baseline["parameters"]) == (10, 1_059_306)
    assert baseline["input"] == [3, 32, 32]
    assert cli("models", "lenet5", "--classes", "62", "--json").json["parameters"] == 66_126
    assert "trainable parameters: 66,126" in cli("models", "lenet5", "--classes", "62").out


def test_data(cli, tmp_path):
    told = cli("data", "characters", "-o", "sheet.png", "--json").json
    assert told.keys() == KEYS["data"]
    assert (told["train"], told["validation"], told["test"]) == (8460, 940, 1880)
    assert (told["classes"], told["shape"]) == (47, [1, 28, 28])
    assert len(told["class_names"]) == 47
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width > 500
    assert "8,460 train, 940 validation, 1,880 test" in cli("data", "characters").out
    listed = cli("data", "--json").json
    assert {each["name"] for each in listed} >= {"characters", "cifar10", "folder"}
    assert all(each.keys() == {"name", "about", "origin"} for each in listed)


def test_a_folder_of_ones_own(cli, tmp_path):
    for name in ("cats", "dogs"):
        for number in range(6):
            picture(tmp_path / "pets" / name / f"{number}.png", (9, 9, 3))
    told = cli("data", "./pets", "--json").json
    assert (told["name"], told["test"], told["class_names"]) == ("pets", 0, ["cats", "dogs"])
    ended = cli("train", "--data", "folder:path=pets,side=8", "--model", "lenet5", "--json")
    assert ended.code == 2  # 5x5 kernels do not fit
    ended = cli("train", "--data", "./pets", "--model", "lenet5", "--epochs", "1", "--json")
    assert ended.json["status"] == "done"
    (listed,) = [each for each in cli("runs", "--json").json if each["status"] == "done"]
    assert listed["data"] == "folder:path=./pets"
    ended = cli("evaluate", listed["run"])
    assert ended.code == 3
    assert "without test images" in ended.err


def test_test_pictures_that_train_are_told(cli, tmp_path):
    for part, shades in (("train", (1, 2, 3)), ("test", (3, 4))):
        for name, first in (("cats", 0), ("dogs", 100)):
            (tmp_path / "pets" / part / name).mkdir(parents=True)
            for shade in shades:
                pixels = np.full((32, 32, 3), first + shade, np.uint8)
                Image.fromarray(pixels).save(tmp_path / "pets" / part / name / f"{shade}.png")
    assert cli("data", "./pets", "--json").json["leaked"] == 2
    assert "leakage      2 test images are training images too" in cli("data", "./pets").out
    ended = cli("train", "--data", "./pets", "--model", "mlp:hidden=4", "--epochs", "1")
    assert ended.code == 0
    assert "2 of 4 test pictures in pets are training pictures too" in ended.err
    assert "leakage" not in cli("data", "characters").out


def test_an_experiment_file_gives_what_the_options_give(cli, tmp_path):
    (tmp_path / "e.toml").write_text(
        'data = "characters"\nmodel = "stacked_cnn:widths=4-8,dense=0"\nsubset = 200\nepochs = 9\n'
    )
    by_file = cli("train", "e.toml", "--epochs", "1", "--json").json
    by_options = cli("train", *SMALL, "--epochs", "1", "--json")
    (chance,) = by_file.pop("warnings")
    assert " ends at chance level: " in chance
    assert by_options.json == by_file
    assert "is done already" in by_options.err


def test_a_run_that_diverges_is_told(cli):
    ended = cli("train", *SMALL, "--optimizer", "sgd:lr=1e30", "--batch", "10", "--json")
    assert ended.code == 5
    assert ended.json["status"] == "diverged"
    assert "the loss became" in ended.err
    again = cli("train", *SMALL, "--optimizer", "sgd:lr=1e30", "--batch", "10")
    assert (again.code, again.out) == (5, "")


def test_a_damaged_run_hides_no_other(cli, trained, tmp_path):
    os.symlink(trained, tmp_path / "good", target_is_directory=True)
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "experiment.json").write_text("{")
    ended = cli("runs", tmp_path, "--json")
    assert sorted(each["status"] for each in ended.json) == ["damaged", "done"]
    (bad,) = [each for each in ended.json if each["status"] == "damaged"]
    assert bad.keys() == KEYS["runs"]
    assert "bad/experiment.json is damaged" in bad["reason"]
    assert "bad/experiment.json is damaged" in ended.err


def test_no_runs_are_an_empty_list(cli):
    ended = cli("runs", "nowhere", "--json")
    assert (ended.code, ended.json, ended.err) == (0, [], "no runs in nowhere\n")


def test_json_is_plain_ascii(cli, tmp_path):
    for name in ("ä", "ß"):
        picture(tmp_path / "set" / name / "x.png")
    out = cli("data", "./set", "--json").out
    assert out.isascii()
    assert sorted(json.loads(out)["class_names"]) == ["ß", "ä"]
