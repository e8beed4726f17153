from pathlib import Path

import pytest

from tests.study.small import study
from thumblab.study import run


@pytest.fixture(scope="session")
def finished_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of runs in which the small study is done."""
    folder = tmp_path_factory.mktemp("finished-study")
    list(run(study(), runs=folder))
    return folder
