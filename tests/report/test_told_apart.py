import numpy as np

from tests.report.conftest import Writer, dataset_of
from thumblab.evaluation.scored import scored
from thumblab.report.told_apart import COLORED, told_apart


def test_all_of_a_few_and_of_many_those_that_are_confused(write_run: Writer) -> None:
    few = dataset_of(tuple("abc"))
    assert told_apart(few, None) == [0, 1, 2]
    many = dataset_of(tuple(map(str, range(20))))
    found = scored(write_run(many), many)
    assert found is not None
    chosen = told_apart(many, found)
    assert len(set(chosen)) == COLORED
    wrong = found.guesses != found.labels
    assert set(chosen) <= set(np.concatenate([found.guesses[wrong], found.labels[wrong]]).tolist())
