"""The learning curves of a run as a figure of Plotly's, which notebooks show and users restyle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from thumblab.report.curves import curves
from thumblab.runs import Run

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

PARTS = {"train": "#1f77b4", "validation": "#d95f02"}
"""The parts of the data that have a curve, and its color."""

MEASURES = {"cross_entropy": "cross-entropy (nats)", "accuracy": "accuracy"}


def plot(run: Run) -> Figure:
    """Cross-entropy and accuracy of both parts by epoch, side by side.

    Args:
        run: A run with at least one epoch; it need not be over.

    Returns:
        A ``plotly.graph_objects.Figure``: a notebook shows it, ``show()`` opens it in a browser,
        ``write_html`` keeps it, ``to_dict()`` is plain data.

    Raises:
        RunError: If the run folder is damaged.

    >>> from thumblab import Experiment, data, train, zoo
    >>> experiment = Experiment(data.Characters(), zoo.mlp(47), subset=500, epochs=2)
    >>> *_, last = train(experiment, runs=getfixture("tmp_path"))
    >>> [curve.name for curve in plot(last.run).data]
    ['train', 'validation', 'train', 'validation']
    """
    from plotly.graph_objects import Figure

    columns, lines = curves(run).columns, []
    for place, measure in enumerate(MEASURES, 1):
        for part, color in PARTS.items():
            values = columns[f"{part}_{measure}"]
            if any(value is not None for value in values):
                lines.append(_line(columns["epoch"], values, part, color, place))
    axes: dict[str, Any] = {}
    for place, title in enumerate(MEASURES.values(), 1):
        axes[f"xaxis{place}"] = {"title": "epoch", "domain": _DOMAINS[place], "anchor": f"y{place}"}
        axes[f"yaxis{place}"] = {"title": title, "anchor": f"x{place}"}
    return Figure(data=lines, layout={"title": {"text": run.folder.name}, "height": 380, **axes})


_DOMAINS = {1: [0.0, 0.44], 2: [0.56, 1.0]}
"""Where along the width each measure stands."""


def _line(
    epochs: list[Any], values: list[Any], part: str, color: str, place: int
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers" if len(epochs) < 2 else "lines",
        "x": epochs,
        "y": values,
        "name": part,
        "legendgroup": part,
        "showlegend": place == 1,
        "line": {"color": color},
        "xaxis": f"x{place}",
        "yaxis": f"y{place}",
    }
