"""What the rows of a benchmark come to: the NumPy engine against PyTorch, over models and repeats."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from thumblab.bench.benchmark import Row
from thumblab.bench.step import SUBJECTS


@dataclass(frozen=True)
class Standing:
    """The NumPy engine on one model, medians over the repeats; None where there is nothing to compare.

    Attributes:
        over_best_torch: Speed over that of the fastest float32 PyTorch.
        over_torch_eager: Speed over that of PyTorch as it comes.
        memory_over_torch_eager: Peak memory over eager's.
        spread: (largest - smallest repeat) / median of ``over_best_torch``.
    """

    model: str
    over_best_torch: float | None
    over_torch_eager: float | None
    memory_over_torch_eager: float | None
    spread: float | None


@dataclass(frozen=True)
class Summary:
    """All models of one mode, malloc and batch.

    Attributes:
        over_best_torch: Geometric mean over the convolutional models.
        over_torch_eager: The same, against eager.
        smallest: The convolutional model with the smallest ``over_best_torch``, and that.
        over_best_torch_by_repeat: ``over_best_torch`` of each repeat by itself.
        models: Each model by itself.
    """

    mode: str
    malloc: str
    batch: int
    over_best_torch: float | None
    over_torch_eager: float | None
    smallest: tuple[str, float] | None
    over_best_torch_by_repeat: tuple[float, ...]
    models: tuple[Standing, ...]

    def __str__(self) -> str:
        lines = [f"{self.mode}, batch {self.batch}, {self.malloc} malloc:"]
        if self.over_best_torch is not None and self.smallest is not None:
            name, least = self.smallest
            lines.append(
                f"  convolutional models: {self.over_best_torch:.2f} times as fast as the fastest "
                f"float32 PyTorch in geometric mean, {least:.2f} at least ({name}); "
                f"{self.over_torch_eager or 0:.2f} times as fast as eager"
            )
            if len(self.over_best_torch_by_repeat) > 1:
                each = ", ".join(f"{value:.2f}" for value in self.over_best_torch_by_repeat)
                lines.append(f"  the same by repeat: {each}")
        lines += [f"  {_to_text(standing)}" for standing in self.models]
        return "\n".join(lines)


def summary(rows: Iterable[Row]) -> list[Summary]:
    """A summary for each mode, malloc and batch in which the NumPy engine was timed beside PyTorch."""
    ours = [
        row for row in rows if row.engine == "numpy" and row.speedup_over_best_torch is not None
    ]
    groups = dict.fromkeys((row.mode, row.malloc, row.batch) for row in ours)
    return [_group([r for r in ours if (r.mode, r.malloc, r.batch) == key]) for key in groups]


def _group(rows: list[Row]) -> Summary:
    standings = tuple(_standing(name, rows) for name in dict.fromkeys(row.model for row in rows))
    convolutional = [each for each in standings if SUBJECTS[each.model].convolutional]
    ratios = {e.model: e.over_best_torch for e in convolutional if e.over_best_torch}
    by_repeat = [
        geometric_mean(
            row.speedup_over_best_torch
            for row in rows
            if row.repeat == repeat and SUBJECTS[row.model].convolutional
        )
        for repeat in sorted({row.repeat for row in rows})
    ]
    return Summary(
        mode=rows[0].mode,
        malloc=rows[0].malloc,
        batch=rows[0].batch,
        over_best_torch=geometric_mean(ratios.values()),
        over_torch_eager=geometric_mean(each.over_torch_eager for each in convolutional),
        smallest=min(ratios.items(), key=lambda item: item[1], default=None),
        over_best_torch_by_repeat=tuple(value for value in by_repeat if value is not None),
        models=standings,
    )


def _standing(model: str, rows: Sequence[Row]) -> Standing:
    own = [row for row in rows if row.model == model]
    best = [r.speedup_over_best_torch for r in own if r.speedup_over_best_torch is not None]
    middle = median(best)
    return Standing(
        model,
        middle,
        median(row.speedup_over_torch_eager for row in own),
        median(row.memory_over_torch_eager for row in own),
        round((max(best) - min(best)) / middle, 3) if middle else None,
    )


def geometric_mean(values: Iterable[float | None]) -> float | None:
    """The geometric mean of what is there, to three digits; None of nothing.

    >>> geometric_mean([1.0, 4.0, None]), geometric_mean([])
    (2.0, None)
    """
    given = [value for value in values if value is not None]
    return round(statistics.geometric_mean(given), 3) if given else None


def median(values: Iterable[float | None]) -> float | None:
    """The median of what is there, to three digits; None of nothing."""
    given = [value for value in values if value is not None]
    return round(statistics.median(given), 3) if given else None


def _to_text(each: Standing) -> str:
    def ratio(value: float | None) -> str:
        return "-" if value is None else f"{value:.2f}"

    return (
        f"{each.model:13} {ratio(each.over_best_torch)} of the fastest's speed, "
        f"{ratio(each.over_torch_eager)} of eager's, "
        f"{ratio(each.memory_over_torch_eager)} of eager's memory"
        + (f", {each.spread:.0%} between repeats" if each.spread else "")
    )
