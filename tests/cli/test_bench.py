import json

import pytest

from thumblab.bench import benchmark

QUICK = ("--models", "mlp", "--batch", "16+17", "--rounds", "1", "--repeats", "2")


@pytest.fixture
def measured(monkeypatch):
    """Cases that are asked for, none of which is measured."""
    asked = []

    def measure(case, engines, *, rounds, say):
        asked.append(case)
        say("left out: torch_compiled of mlp; it needs a C++ compiler")
        times = {"numpy": [0.1] * rounds, "torch_eager": [0.2] * rounds}
        memory = {"numpy": 100.0, "torch_eager": 400.0}
        return benchmark._rows(case, times, memory, 1.0)

    monkeypatch.setattr(benchmark, "measure", measure)
    return asked


def told(ended):
    """The lines beside, but for the one that misses PyTorch where it is not installed."""
    return [line for line in ended.lines if "PyTorch is not installed" not in line]


def test_json_is_the_rows(cli, measured):
    ended = cli("bench", *QUICK, "--json")
    assert ended.code == 0
    assert len(ended.json) == 8
    assert len(measured) == 4
    assert ended.json[0] == {
        "model": "mlp",
        "batch": 16,
        "engine": "numpy",
        "mode": "train",
        "malloc": "tuned",
        "repeat": 0,
        "threads": 2,
        "rounds": 1,
        "step_ms": 100.0,
        "images_per_second": 160.0,
        "speedup_over_torch_eager": 2.0,
        "speedup_over_best_torch": 2.0,
        "best_torch": "torch_eager",
        "spread": 0.0,
        "peak_mb": 100.0,
        "memory_over_torch_eager": 0.25,
        "load": 1.0,
    }


def test_progress_and_what_is_left_out_are_words_beside(cli, measured):
    ended = cli("bench", *QUICK, "--json")
    assert told(ended)[0] == "1/4 mlp, batch 16, train, tuned malloc"
    assert sum(line.startswith("left out: torch_compiled of mlp") for line in ended.lines) == 1


def test_words_have_a_table_and_a_summary(cli, measured):
    ended = cli("bench", *QUICK, "--mode", "both", "--malloc", "both")
    assert len(measured) == 16
    assert "of eager's speed" in ended.out
    assert "infer, batch 17, stock malloc:" in ended.out
    assert "2.00 of eager's, 0.25 of eager's memory" in ended.out


def test_a_file_holds_machine_rows_and_summary(cli, measured, tmp_path):
    assert cli("bench", *QUICK, "--output", tmp_path / "a" / "b.json").code == 0
    found = json.loads((tmp_path / "a" / "b.json").read_text())
    assert found.keys() == {"machine", "rows", "summary"}
    assert len(found["rows"]) == 8
    assert found["summary"][0]["models"][0]["over_torch_eager"] == 2.0
    assert found["machine"]["packages"]["numpy"]


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--models", "mlp+x"), 2, "no model 'x'; choose from baseline_cnn"),
        (("--models", "+"), 2, "no model ''; choose from"),
        (("--engines", "jax"), 2, "no engine 'jax'; choose from numpy"),
        (("--batch", "0"), 2, "--batch '0' is no number of images"),
        (("--batch", ""), 2, "--batch '' is no number of images"),
        (("--rounds", "0"), 2, "--rounds 0 is less than 1"),
        (("--repeats", "-1"), 2, "--repeats -1 is less than 1"),
        (
            ("--output", "/proc/none/b.json"),
            6,
            "/proc/none/b.json cannot be written; choose another",
        ),
    ],
)
def test_mistakes_are_told_before_anything_is_timed(cli, measured, options, code, said):
    ended = cli("bench", *options)
    assert (ended.code, ended.out, measured) == (code, "", [])
    assert len(told(ended)) == 1
    assert said in ended.err
