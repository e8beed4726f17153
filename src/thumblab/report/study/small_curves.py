"""Learning curves as small panels, an arm each, on one scale, with the baseline in gray behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import NDArray

from thumblab.report.figures.curves import mean_and_band
from thumblab.report.study.shown import StudyArm
from thumblab.report.study.ticks import label, ticks

Array = NDArray[Any]

WIDTH, HEIGHT = 250, 150
LEFT, RIGHT, TOP, BOTTOM = 34, 8, 8, 20
"""Margins."""

LOST = 0.02
"""Share of all values at each end that may lie outside, lest one wild epoch flattens all curves."""


@dataclass(frozen=True)
class CurvePanel:
    """An arm's name and its drawing."""

    name: str
    drawing: Markup


@dataclass(frozen=True)
class _Scale:
    epochs: int
    low: float
    high: float

    def x(self, epoch: Array) -> Array:
        step = (WIDTH - LEFT - RIGHT) / max(self.epochs - 1, 1)
        return LEFT + step * np.asarray(epoch, np.float64)

    def y(self, value: Array) -> Array:
        share = (np.asarray(value, np.float64) - self.low) / (self.high - self.low)
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share


def small_curves(
    arms: Sequence[StudyArm], baseline: StudyArm, measure: str, *, factor: float = 1.0
) -> list[CurvePanel]:
    """A panel for each arm that has the measure.

    Args:
        arms: In order.
        baseline: Drawn in gray behind the others.
        measure: ``accuracy`` or ``loss``, of validation images, and of training images as a dashed line.
        factor: By which values are multiplied.
    """
    name = f"validation_{measure}"
    known = {
        arm.name: factor * arm.curves[name]
        for arm in arms
        if name in arm.curves and np.isfinite(arm.curves[name]).any()
    }
    if not known:
        return []
    scale = _scale(list(known.values()))
    behind = known.get(baseline.name)
    panels = []
    for arm in arms:
        if arm.name in known:
            train = arm.curves.get(f"train_{measure}")
            other = None if arm is baseline else behind
            drawn = _panel(known[arm.name], train, other, scale, arm.name, factor)
            panels.append(CurvePanel(arm.name, drawn))
    return panels


def _scale(values: Sequence[Array]) -> _Scale:
    every = np.concatenate([each[np.isfinite(each)] for each in values])
    low, high = np.quantile(every, [LOST, 1 - LOST])
    margin = 0.06 * (high - low) or 0.5
    return _Scale(max(each.shape[1] for each in values), float(low - margin), float(high + margin))


def _panel(
    values: Array,
    train: Array | None,
    behind: Array | None,
    scale: _Scale,
    name: str,
    factor: float,
) -> Markup:
    mean, low, high = mean_and_band(values, "range")
    parts = [_axes(scale)]
    if behind is not None:
        parts.append(_line("behind", mean_and_band(behind, "range")[0], scale))
    parts.append(_band(low, high, scale))
    if train is not None and np.isfinite(train).any():
        parts.append(_line("train", factor * mean_and_band(train, "range")[0], scale))
    parts.append(_line("mean", mean, scale))
    last = mean[np.isfinite(mean)][-1]
    return Markup(
        f'<svg class="curves" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(name)}: {last:.4g}">{"".join(parts)}</svg>'
    )


def _axes(scale: _Scale) -> str:
    parts = []
    for value in ticks(scale.low, scale.high, 4):
        y = scale.y(np.array(value))
        parts.append(
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        )
        parts.append(f'<text class="end" x="{LEFT - 4}" y="{y + 3.5:.1f}">{label(value)}</text>')
    last = scale.epochs
    step = next(s for s in _steps() if last / s <= 6)
    for epoch in dict.fromkeys([1, *range(step, last + 1, step)]):
        if epoch == 1 or step == 1 or epoch > step / 2:
            x = scale.x(np.array(epoch - 1))
            parts.append(f'<text class="middle" x="{x:.1f}" y="{HEIGHT - 5}">{epoch}</text>')
    return "".join(parts)


def _steps() -> Sequence[int]:
    return [step * 10**power for power in range(7) for step in (1, 2, 5)]


def _line(kind: str, values: Array, scale: _Scale) -> str:
    """The parts of a line between gaps; what leaves the panel is drawn along its edge."""
    inside = np.clip(values, scale.low, scale.high)
    known, path = np.isfinite(values), ""
    for place in np.flatnonzero(known):
        begins = place == 0 or not known[place - 1]
        x, y = float(scale.x(np.array(place))), float(scale.y(inside[place]))
        path += f"{'M' if begins else 'L'}{x:.1f} {y:.1f}"
        if begins and (place + 1 == len(known) or not known[place + 1]):
            path += "h.1"
    return f'<path class="{kind}" d="{path}"/>'


def _band(low: Array, high: Array, scale: _Scale) -> str:
    known = np.flatnonzero(np.isfinite(low))
    x = scale.x(known)
    upper = scale.y(np.clip(high[known], scale.low, scale.high))
    lower = scale.y(np.clip(low[known], scale.low, scale.high))
    there = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, upper, strict=True))
    back = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x[::-1], lower[::-1], strict=True))
    return f'<polygon class="band" points="{there} {back}"/>'
