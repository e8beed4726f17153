from dataclasses import replace

import pytest

from tests.report import grouped
from tests.report.conftest import Writer, dataset_of
from thumblab.optim import SGD, Adam, Clipped, Cosine, OneCycle, Warmup
from thumblab.report.question import apart, question
from thumblab.runs import Run


@pytest.mark.parametrize(
    ("optimizer", "told"),
    [
        (SGD(learning_rate=0.05, momentum=0.8), ("sgd:momentum=0.8", "0.05", "constant")),
        (Adam(learning_rate=Cosine(max_lr=0.004)), ("adam", "0.004", "cosine")),
        (
            SGD(learning_rate=OneCycle(max_lr=0.4, warmup=0.1)),
            ("sgd", "0.4", "one_cycle:warmup=0.1"),
        ),
        (
            Clipped(SGD(learning_rate=Warmup(max_lr=0.2, warmup=0.2), nesterov=True)),
            ("clipped:optimizer=(sgd:nesterov=true)", "0.2", "warmup:warmup=0.2"),
        ),
    ],
)
def test_rate_and_schedule_are_taken_apart(optimizer, told) -> None:
    assert apart(optimizer) == told


def test_the_question_comes_first(write_run: Writer) -> None:
    data = dataset_of(("a", "b"))
    facts = {fact.name: (fact.value, fact.note) for fact in question(write_run(data), data)}
    assert list(facts) == [
        "Model",
        "Data",
        "Optimizer",
        "Learning rate",
        "Schedule",
        "Augmentation",
        "Loss",
    ]
    assert facts["Learning rate"] == ("0.05", "the highest")
    assert facts["Augmentation"] == ("none", "")
    assert facts["Data"] == ("made <i>up</i>", "2 classes")


def test_what_is_not_usual_is_told(networks: tuple[Run, Run]) -> None:
    run = networks[0]
    assert "Sampling" not in {fact.name for fact in question(run, grouped.dataset())}
    changed = Run(run.folder)
    from thumblab.data import Balanced, Growing

    changed.__dict__["experiment"] = replace(
        run.experiment, sampling=Balanced(), progressive_resizing=Growing()
    )
    facts = {fact.name: fact.value for fact in question(changed, grouped.dataset())}
    assert facts["Sampling"] == "balanced"
    assert facts["Image sizes"] == "growing"
