import json
from pathlib import Path

import pytest

from tests.cli.conftest import SMALL
from thumblab.runs.kernel_plan import read_plan

TUNE = ("tune", "stacked_cnn:widths=4-8,dense=0", "--batch", "16", "--rounds", "1")
CHARACTERS = ("--input", "1x28x28", "--classes", "47")


def test_a_plan_is_measured_written_and_trained_with(cli):
    ended = cli(*TUNE, *CHARACTERS, "-o", "deep/plan.json", "--json")
    assert ended.code == 0
    told = ended.json
    assert (told["batch"], told["images"], told["rounds"]) == (16, 16, 1)
    assert told["plan"] == "deep/plan.json"
    assert told["gain"] > 0
    (first, second) = told["rows"]
    assert first["use"]["shape"]["read"] == 1
    assert set(first["milliseconds"]) == {"winograd4", "winograd3", "winograd2", "lowering"}
    plan = read_plan(Path("deep/plan.json"))
    assert [choice.algorithm for choice in plan.choices] == [first["fastest"], second["fastest"]]
    assert [choice.shape.written for choice in plan.choices] == [4, 8]
    assert [line.partition(" ")[0] for line in ended.lines] == ["1/2", "2/2"]

    more = ("--epochs", "1", "--plan", "deep/plan.json", "--precise")
    ended = cli("train", *SMALL, *more, "--json")
    assert ended.code == 0
    run = Path(ended.json["run"])
    kept = json.loads((run / "environment.json").read_text())["plan"]
    assert [choice["algorithm"] for choice in kept["choices"]] == [
        c.algorithm for c in plan.choices
    ]
    assert json.loads((run / "experiment.json").read_text())["experiment"]["precise"] is True


def test_words_are_a_table_of_kernels(cli):
    told = cli(*TUNE).out
    assert "winograd4 ms" in told
    assert "3 -> 4 at 32x32 by 3x3" in told
    assert "by the fixed table" in told
    assert told.rstrip().endswith("train with --plan plan.json")
    assert "schema" in json.loads(Path("plan.json").read_text())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("tune", "x"), "unknown model 'x'"),
        (("tune", "mlp"), "there is no convolution in these models"),
        ((*TUNE[:-1], "0"), "0 rounds measure nothing; give at least 1"),
        ((*TUNE, "--workers", "0"), "batch 16 and workers 0 must both be at least 1"),
        ((*TUNE, "-o", "."), ". is a folder; name a file with --output"),
        (
            (*TUNE, "-o", "file/plan.json"),
            "file/plan.json cannot be written; choose another --output",
        ),
        (("train", *SMALL, "--plan", "none.json"), "none.json cannot be read"),
        (("train", *SMALL, "--plan", "file"), "file: schema: is missing"),
        (
            ("train", *SMALL, "--plan", "empty.json", "--engine", "torch"),
            "leave the plan out (--plan)",
        ),
    ],
)
def test_mistakes_are_said_before_anything_is_measured(cli, arguments, said):
    Path("file").write_text("{}")
    Path("empty.json").write_text('{"schema": 1, "plan": {"choices": []}}')
    ended = cli(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert any(said in line for line in ended.lines), ended.lines
    assert not Path("plan.json").exists()
