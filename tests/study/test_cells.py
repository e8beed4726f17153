from tests.study.small import datasets, study
from thumblab.study.cells import cells, read_data


def test_seeds_are_outermost_and_names_are_those_of_run_folders() -> None:
    prints = {source: dataset.fingerprint for source, dataset in datasets().items()}
    found = cells(study(), prints)
    assert [(each.arm, each.seed) for each in found] == [
        ("plain", 0), ("longer", 0), ("plain", 1), ("longer", 1),
    ]  # fmt: skip
    assert len({each.name for each in found}) == 4
    assert all(each.experiment.seed == each.seed for each in found)
    (print_,) = prints.values()
    assert all(each.key == each.experiment.key(print_) for each in found)
    assert len(cells(study(), prints, 5)) == 10


def test_data_that_arms_share_are_read_once() -> None:
    assert list(read_data(study())) == list(datasets())
