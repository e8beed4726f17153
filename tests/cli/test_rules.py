"""Rules that end a run, lower its rate and choose its weights; views; and what is told of them."""

from pathlib import Path

from tests.cli.conftest import SMALL

RULES = ("--early-stopping", "early_stopping:metric=validation_accuracy,patience=1,min_delta=0.9")


def test_a_run_that_a_rule_ends_is_done_and_says_why(cli):
    ended = cli("train", *SMALL, "--epochs", "9", *RULES, "--restore-best", "best", "--json")
    assert (ended.code, ended.json["status"], ended.json["restore_best"]) == (0, "done", "best")
    assert ended.json["weights_epoch"] in (1, 2)
    assert "EarlyStopping(" in ended.json["reason"]
    assert ended.json["reason"].endswith("stopped it after epoch 2 of 9")
    words = cli("train", *SMALL, "--epochs", "9", *RULES, "--restore-best", "best").out
    assert "stopped it after epoch 2 of 9" in words
    assert f"of the best epoch, number {ended.json['weights_epoch']}" in words
    (listed,) = cli("runs", "--json").json
    assert listed["epochs"] == 2
    assert listed["validation_accuracy"] == ended.json["validation_accuracy"]


def test_accuracy_on_images_that_were_trained_on_is_named_so(cli):
    words = cli("train", *SMALL, "--epochs", "1", "--train-on", "all").out
    assert "% of images that were trained on" in words
    assert "trained on" in cli("runs").out
    (listed,) = cli("runs", "--json").json
    assert listed["train_on"] == "all"
    told = cli("evaluate", listed["run"])
    assert "evaluation 1 of this test set in runs, trained on training and valida" in told.out
    assert cli("evaluate", listed["run"], "--json").json["train_on"] == "all"


def test_a_damaged_checkpoint_is_told_on_the_way(cli, monkeypatch):
    monkeypatch.setenv("THUMBLAB_FAULT", "weights.written:full")
    assert cli("train", *SMALL, "--epochs", "2").code == 6
    monkeypatch.delenv("THUMBLAB_FAULT")
    newest = sorted(Path("runs").glob("*/checkpoints/*"))[-1]
    newest.write_bytes(newest.read_bytes()[:-1])
    ended = cli("train", *SMALL, "--epochs", "2", "--resume")
    assert ended.code == 0
    assert f"thumblab: {newest} is damaged; going on from step 2" in ended.lines


def test_tta_are_named_beside_every_accuracy(cli, trained):
    told = cli("evaluate", trained, "--tta", "shifts", "--json")
    assert told.json["tta"] == "shifts"
    assert "predicting 1,880 images of characters" in told.err
    words = cli("evaluate", trained, "--tta", "shifts:pixels=2").out
    assert "% without TTA, loss " in words
    assert "% with 3-view TTA (shifts:pixels=2, mean logits), loss " in words
    assert "TTA (" not in cli("evaluate", trained).out


def test_tta_that_the_experiment_names_are_told_unasked(cli):
    run = cli("train", *SMALL, "--epochs", "1", "--tta", "flip_shift", "--json").json["run"]
    ended = cli("evaluate", run)
    assert "with 6-view TTA (flip_shift, mean logits)" in ended.out
    assert ended.err == ""


def test_predictions_name_their_tta(cli, trained, tmp_path):
    import numpy as np
    from PIL import Image

    pixels = np.random.default_rng(0).integers(0, 255, (28, 28), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "one.png")
    single, shown = (
        cli("predict", trained, "one.png", *tta, "--json").json[0]
        for tta in ((), ("--tta", "shifts"))
    )
    assert (single["tta"], shown["tta"]) == (None, "shifts")
    assert single["top"] != shown["top"]


def test_several_runs_are_an_ensemble(cli, trained):
    other = cli("train", *SMALL, "--epochs", "1", "--seed", "1", "--json").json["run"]
    told = cli("evaluate", trained, other, "--json").json
    assert told["ensemble"] == [str(trained), other]
    alone = told.keys() - {"ensemble", "members"} | {"train_on", "evaluation", "runs"}
    assert [each.keys() for each in told["members"]] == [alone] * 2
    assert 0 <= told["accuracy"] <= 1
    words = cli("evaluate", trained, other, "--tta", "shifts").out
    assert "ensemble of 2 runs, mean probabilities: test accuracy " in words
    assert words.count("with 3-view TTA (shifts, mean logits)") == 3
