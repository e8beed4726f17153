"""What all figures have in common: colors that color-blind readers tell apart, thin axes, text as text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from thumblab.core.errors import UsageError
from thumblab.report.figures.size import Size

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""The palette of Okabe and Ito (2008) without its yellow, which is too light for lines on white."""

DASHES = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
MUTED = "#8a8f94"
FONTS = ("DejaVu Sans", "Noto Sans CJK KR", "NanumGothic", "Malgun Gothic", "Apple SD Gothic Neo")
"""Of these the ones that are installed: letters that the first lacks come from the others."""


def settings(size: Size) -> Any:
    """Settings of matplotlib's by name, for a figure of this size.

    Raises:
        UsageError: If matplotlib is not installed.
    """
    try:
        from matplotlib import font_manager
    except ModuleNotFoundError as error:
        raise UsageError(
            "figures are drawn by matplotlib, which is not installed; run "
            "pip install 'thumblab[figures]'"
        ) from error
    installed = {font.name for font in font_manager.fontManager.ttflist}
    line = size.font / 9
    return {
        "font.family": [name for name in FONTS if name in installed] or ["sans-serif"],
        "font.size": size.font,
        "axes.titlesize": size.font,
        "axes.labelsize": size.font,
        "xtick.labelsize": 0.9 * size.font,
        "ytick.labelsize": 0.9 * size.font,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.linewidth": 0.7 * line,
        "lines.linewidth": 1.5 * line,
        "lines.markersize": 4 * line,
        "hatch.linewidth": 0.6 * line,
        "text.parse_math": False,  # a class may be called $
        "axes.formatter.use_mathtext": False,
        "svg.fonttype": "none",
        "svg.hashsalt": "thumblab",
        "pdf.fonttype": 42,
        "savefig.facecolor": "white",
        "figure.facecolor": "white",
    }


@contextmanager
def drawing(size: Size) -> Iterator[Figure]:
    """An empty figure, and matplotlib's settings for it while it is drawn.

    Raises:
        UsageError: If matplotlib is not installed.
    """
    wanted = settings(size)
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(wanted):
        yield Figure(figsize=(size.width, size.height), layout="constrained")


def whole_numbers(axes: Axes, most: int = 10) -> None:
    """Ticks along x at whole numbers only, such as epochs."""
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(most, integer=True, min_n_ticks=1))


def clipped(name: str, most: int = 24) -> str:
    """A name that leaves room for the figure; its end stays, for by that names of settings differ.

    >>> clipped("optimizer.learning_rate=0.01", 20), clipped("plain")
    ('optimi…ing_rate=0.01', 'plain')
    """
    if len(name) <= most:
        return name
    begin = most // 3
    return f"{name[:begin]}…{name[len(name) - (most - begin - 1) :]}"
