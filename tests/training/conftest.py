"""One finished run for all tests that only look at it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.training.small import trained
from thumblab.runs import Run


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Trained without a pause; not to be written to."""
    return trained(tmp_path_factory.mktemp("finished"))


@pytest.fixture
def run(finished: Run, tmp_path: Path) -> Run:
    """A copy of it to spoil."""
    folder = tmp_path / finished.folder.name
    shutil.copytree(finished.folder, folder)
    return Run.open(folder)
