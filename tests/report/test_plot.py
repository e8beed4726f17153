from __future__ import annotations

import json

from tests.report.conftest import Writer, dataset_of, epoch_line
from thumblab.report import plot


def test_a_run_has_a_curve_for_each_part_and_measure(write_run: Writer) -> None:
    run = write_run(dataset_of(("a", "b")))
    lines = [epoch_line(1), epoch_line(2)]
    (run.folder / "metrics.jsonl").write_text("".join(json.dumps(x) + "\n" for x in lines))
    figure = plot(run)
    found = [(curve.name, curve.yaxis) for curve in figure.data]
    assert found == [(name, axis) for axis in ("y", "y2") for name in ("train", "validation")]
    assert all(list(curve.x) == [1, 2] for curve in figure.data)
    assert figure.layout.title.text == run.folder.name


def test_a_part_without_values_has_no_curve(write_run: Writer) -> None:
    run = write_run(dataset_of(("a", "b")))
    line = epoch_line(1) | {"validation_loss": None, "validation_accuracy": None}
    (run.folder / "metrics.jsonl").write_text(json.dumps(line) + "\n")
    assert {curve.name for curve in plot(run).data} == {"train"}
