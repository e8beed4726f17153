"""The arms of a study as rows of a table."""

from __future__ import annotations

from statistics import fmean

from thumblab.core.summary import summary
from thumblab.report.tables import Row
from thumblab.study import Answer


def rows_of(found: Answer) -> list[Row]:
    """A row an arm, the baseline first; shares in hundredths, differences and intervals in points."""
    results = found.results
    rows: list[Row] = []
    for arm in results.study.each:
        judged = found.verdict.arms[arm.name]
        costs = summary(arm.experiment.model, results.datasets[arm.experiment.data].shape)
        took = [
            float(run.result["train_seconds"])
            for run in results.runs[arm.name]
            if run.result and "train_seconds" in run.result
        ]
        these, like = judged.these_images, judged.images_like_these
        rows.append(
            {
                "arm": arm.name,
                "mean": _points(judged.mean),
                "sd": _points(judged.sd),
                "seeds": judged.seeds,
                "difference": _points(judged.difference),
                "these images, low": _points(these and these[0]),
                "these images, high": _points(these and these[1]),
                "images like these, low": _points(like and like[0]),
                "images like these, high": _points(like and like[1]),
                "adjusted p": judged.adjusted,
                "verdict": judged.word,
                "could be best": arm.name in found.verdict.could_be_best,
                "parameters": costs.parameters,
                "FLOPs": costs.flops,
                "seconds": round(fmean(took), 1) if took else None,
                "diverged": results.diverged[arm.name],
            }
        )
    return rows


def _points(fraction: float | None) -> float | None:
    return None if fraction is None else round(100 * fraction, 3)
