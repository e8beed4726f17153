"""Putting things into a page so that it needs nothing else and no name is taken for markup."""

from __future__ import annotations

import gzip
import io
import math
from base64 import b64encode
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from numpy.typing import NDArray

from thumblab.core import text


def environment() -> Environment:
    r"""Templates that escape every value, refuse unknown names and format numbers for people.

    ``tojson`` writes ``<``, ``>``, ``&`` and ``'`` as ``\u003c`` and so on, so that no name can
    close the script element around it.
    """
    made = Environment(
        loader=PackageLoader("thumblab.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.policies["json.dumps_kwargs"] = {"allow_nan": False, "separators": (",", ":")}
    made.globals["verbatim"] = verbatim
    made.filters |= {
        "percent": text.percent,
        "count": text.count,
        "number": text.number,
        "duration": text.duration,
        "size": text.size,
        "spoken": text.spoken,
        "first_line": text.first_line,
    }
    return made


def verbatim(name: str) -> Markup:
    """A style sheet or script of ours, as it stands in the templates folder."""
    return Markup(files("thumblab.report").joinpath("templates", name).read_text("utf-8"))


@cache
def plotly() -> str:
    """The charting library: base64 of gzip, a third of its size; the page unpacks it."""
    script = files("plotly").joinpath("package_data", "plotly.min.js").read_bytes()
    return b64encode(gzip.compress(script, 9, mtime=0)).decode()


def finite(value: Any) -> Any:
    """``value`` with numbers that JSON cannot write (NaN, infinity) as None."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return value


def picture_uri(pixels: NDArray[np.uint8]) -> str:
    """A data URI: WebP, without loss for gray images ``(h, w, 1)``, at high quality for color."""
    from PIL import Image

    gray = pixels.shape[2] == 1
    buffer = io.BytesIO()
    image = Image.fromarray(pixels[:, :, 0] if gray else pixels)
    image.save(buffer, "WEBP", lossless=gray, quality=90, method=4, use_sharp_yuv=True)
    return f"data:image/webp;base64,{b64encode(buffer.getvalue()).decode()}"


def svg_uri(drawing: str) -> str:
    """A data URI of an SVG file: an image of its own, whose styles do not meet the page's."""
    return f"data:image/svg+xml;base64,{b64encode(drawing.encode('utf-8', 'replace')).decode()}"
