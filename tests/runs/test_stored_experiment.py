import sys
from dataclasses import replace

import pytest

from tests.training.small import experiment
from thumblab.core.errors import RunError
from thumblab.runs import Run
from thumblab.runs.stored_experiment import SCHEMA, experiment_of, read_about


def test_what_a_run_says_of_itself_is_its_experiment(finished: Run) -> None:
    about = read_about(finished.folder)
    assert about["schema"] == SCHEMA
    assert experiment_of(finished.folder, about, sys.modules) == experiment()


def test_another_experiment_under_the_key_is_refused(finished: Run) -> None:
    about = read_about(finished.folder)
    other = about | {"experiment": about["experiment"] | {"epochs": 99}}
    with pytest.raises(RunError, match="was edited: its key names another experiment; restore it"):
        experiment_of(finished.folder, other, sys.modules)
    assert replace(experiment(), label="other") == experiment()


def test_a_folder_without_one_is_no_run(tmp_path) -> None:
    with pytest.raises(RunError, match="is this a run folder"):
        read_about(tmp_path)
