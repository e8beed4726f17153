"""Run folders of past versions open, and answer as they did."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from thumblab.data import Folder, read
from thumblab.evaluation import evaluate
from thumblab.evaluation.predict import load_network
from thumblab.runs import Run
from thumblab.runs.states import last_checkpoint

GOLDEN = Path(__file__).parents[1] / "golden"
RUNS = sorted(path for path in GOLDEN.iterdir() if (path / "experiment.json").exists())


@pytest.fixture(params=RUNS, ids=lambda path: path.name)
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Run:
    """A copy of a run that a past version has trained."""
    folder = tmp_path / request.param.name
    shutil.copytree(request.param, folder)
    return Run.open(folder)


def test_all_that_it_says_is_read(run: Run) -> None:
    assert (run.status, run.damage, run.test_accuracy) == ("done", None, 1.0)
    assert [line["epoch"] for line in run.metrics] == [1, 2, 3]
    assert run.experiment.label == "tiny"
    assert len(run.evaluations) == 1
    assert run.environment is not None
    found = last_checkpoint(run)
    assert found is not None
    assert found[1]["step"] == 12


def test_its_network_says_what_it_said(run: Run) -> None:
    test = read(Folder("pictures", side=6, channels=1), GOLDEN).test
    assert test is not None
    network, about = load_network(run)
    assert about["classes"] == ["cross", "dot"]
    stored = run.predictions["test_logits"]
    np.testing.assert_allclose(network.predict(test.images), stored, rtol=1e-4, atol=1e-5)
    assert evaluate(run).accuracy == 1.0
