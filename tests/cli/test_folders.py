"""Folders of pictures as people have them, on the command line."""

import json
from pathlib import Path

import numpy as np
from PIL import Image


def pictures(folder: Path, *counts: tuple[str, int], shade: int = 0) -> None:
    """Noise, brighter by ``shade``; each class and picture its own."""
    for name, count in counts:
        (folder / name).mkdir(parents=True, exist_ok=True)
        for number in range(count):
            draw = np.random.default_rng([*name.encode(), number, shade])
            pixels = draw.integers(0, 200, (9, 9, 3)).astype(np.uint8) + shade
            Image.fromarray(pixels).save(folder / name / f"{number}.png")


def test_train_tells_what_it_trains_on_and_records_what_it_left_out(cli, tmp_path):
    pictures(tmp_path / "pets", ("cats", 8), ("dogs", 6))
    (tmp_path / "pets" / "cats" / "bad.png").write_bytes(b"")
    (tmp_path / "pets" / "cats" / "notes.txt").write_text("x")
    command = ["train", "--data", "./pets", "--model", "mlp:hidden=4", "--epochs", "1"]
    refused = cli(*command)
    assert refused.code == 3
    assert (
        "1 unusable pictures; mend or remove them, or leave them out with skip_bad" in refused.err
    )
    ended = cli(*command, "--skip-bad", "--json")
    assert ended.code == 0, ended.err
    line = "pets: 14 training samples in 2 classes; the smallest, dogs, has 6; guessing cats gives 57.14 %"
    assert line in ended.err
    told = json.loads((tmp_path / ended.json["run"] / "environment.json").read_text())["data"]
    assert told["passed_over"] == {".txt": 1}
    assert "bad.png is empty" in told["skipped"][0]
    assert any("passed over 1 file of other kinds" in each for each in ended.json["warnings"])
    assert any("left out 1 unusable picture" in each for each in ended.json["warnings"])
    assert cli("train", "--data", "characters", "--model", "lenet5", "--skip-bad").code == 2


def test_a_flat_folder_is_tested_on(cli, tmp_path):
    pictures(tmp_path / "pets", ("cats", 8), ("dogs", 8))
    pictures(tmp_path / "more", ("cats", 3), ("dogs", 2), shade=9)
    run = cli(
        "train", "--data", "./pets", "--model", "mlp:hidden=4", "--epochs", "1", "--json"
    ).json
    found = cli("evaluate", run["run"], "--data", "./more", "--json")
    assert found.code == 0, found.err
    assert found.json["images"] == 5
    assert "all its 5 pictures are tested on" in found.err
    again = cli("evaluate", run["run"], "--data", "./pets")
    assert (again.code, "has no test images" in again.err) == (3, True)


def test_the_check_in_words_and_as_json(cli, tmp_path):
    pictures(tmp_path / "pets" / "Train", ("cats", 5), ("dogs", 4))
    pictures(tmp_path / "pets" / "Valid", ("cats", 1), shade=3)
    same = tmp_path / "pets" / "Train" / "dogs" / "same.png"
    same.write_bytes((tmp_path / "pets" / "Train" / "cats" / "0.png").read_bytes())
    told = cli("data", "./pets", "--json").json
    assert (told["train"], told["validation"], told["test"]) == (10, 1, 0)
    check = told["check"]
    assert check["counts"] == {"training": [5, 5], "validation": [1, 0]}
    assert check["smallest_picture"] == [9, 9]
    (torn,) = check["contradictory"]
    assert torn == ["Train/cats/0.png (cats)", "Train/dogs/same.png (dogs)"]
    assert any("1 picture under two labels" in each for each in told["warnings"])
    words = cli("data", "./pets").out
    assert "10 train, 1 validation (its own), 0 test" in words
    assert "duplicates   1 under two labels" in words
    assert "cats          5           1" in words
