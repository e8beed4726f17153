from pathlib import Path

import pytest

from tests.training.small import dataset, experiment
from thumblab.training.dry_run import dry_run


def test_it_begins_as_training_does_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    losses = []
    for _ in range(2):
        with dry_run(experiment(), dataset(), workers=2) as trainer:
            folder = trainer.run.folder
            assert (trainer.step, trainer.steps) == (0, 18)
            losses.append([trainer.train_step() for _ in range(3)])
        assert not folder.exists()
    assert losses[0] == losses[1]
    assert not list(tmp_path.iterdir())
