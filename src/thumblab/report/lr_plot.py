"""The page of a learning-rate range test: one HTML file that needs nothing else."""

from __future__ import annotations

from pathlib import Path

from thumblab.report.embed import environment, finite, plotly
from thumblab.storage.delivery import deliver
from thumblab.training.lr_range_test import LRRangeTest


def write_rate_plot(found: LRRangeTest, path: Path | str, *, model: str, data: str) -> None:
    """Draws losses over rates, with the suggestion and the rate that diverges.

    Args:
        found: What the test saw.
        path: The file; replaced whole or not at all.
        model: The architecture's name.
        data: The data set's name.

    Raises:
        WriteError: If the file cannot be written.
    """
    values = {
        "rates": found.learning_rates.tolist(),
        "losses": found.losses.tolist(),
        "smoothed": found.smoothed.tolist(),
        "steepest": found.steepest,
        "diverges": found.diverges,
    }
    page = (
        environment()
        .get_template("rates.html")
        .render(found=found, page_data=finite(values), plotly=plotly(), model=model, data=data)
    )
    deliver(Path(path), page.encode("utf-8", "replace"), name="plot")
