from __future__ import annotations

import json

from tests.report.conftest import Writer, dataset_of, epoch_line
from thumblab.report.curves import Best, curves
from thumblab.runs import Run


def with_lines(run: Run, *values: tuple[float | None, float | None]) -> Run:
    lines = [
        epoch_line(i + 1)
        | {"train_cross_entropy": 1.0}
        | {"validation_cross_entropy": loss, "validation_accuracy": accuracy}
        for i, (loss, accuracy) in enumerate(values)
    ]
    (run.folder / "metrics.jsonl").write_text("".join(json.dumps(x) + "\n" for x in lines))
    return run


def test_loss_and_accuracy_have_each_their_bestepoch_line(write_run: Writer) -> None:
    run = with_lines(write_run(dataset_of(("a", "b"))), (1.0, 0.5), (0.5, 0.6), (0.7, 0.8))
    found = curves(run)
    assert found.lowest_loss == Best(2, 0.5)
    assert found.highest_accuracy == Best(3, 0.8)


def test_the_earlier_of_equals_is_the_best(write_run: Writer) -> None:
    run = with_lines(write_run(dataset_of(("a", "b"))), (0.5, 0.8), (0.5, 0.8))
    assert curves(run).lowest_loss == Best(1, 0.5)


def test_without_validation_there_is_no_best(write_run: Writer) -> None:
    run = with_lines(write_run(dataset_of(("a", "b"))), (None, None))
    found = curves(run)
    assert found.lowest_loss is None
    assert found.columns["validation_cross_entropy"] == [None]
