from pathlib import Path

import numpy as np
from PIL import Image

from thumblab.evaluation.predict import ClassProbability, Prediction
from thumblab.report.inputs import SIDE, inputs_sheet
from thumblab.runs.shown import Shown


def prediction(name: str, image: np.ndarray | None, thumbnail: Image.Image | None) -> Prediction:
    shown = Shown(thumbnail, image, error=None if thumbnail else "is empty")
    return Prediction(
        Path(name),
        (ClassProbability("cat", 0.9), ClassProbability("dog", 0.1)),
        ("x" * 99,),
        shown=shown,
    )


def test_a_row_shows_the_picture_and_what_the_network_sees() -> None:
    seen = np.full((4, 8, 3), (255, 0, 0), np.uint8)
    clear = Image.new("RGBA", (30, 20), (0, 0, 0, 0))
    rows = [
        prediction("a.png", seen, clear),
        prediction("bad.png", None, None),
        prediction("b.png", seen[..., :1], Image.new("L", (5, 60), 7)),
    ]
    sheet = inputs_sheet(rows)
    pixels = np.asarray(sheet)
    assert sheet.height == 28 + 2 * (SIDE + 8)
    assert ((pixels == (255, 0, 0)).all(2)).sum() == (SIDE - 2) * (SIDE - 2) // 2
    assert ((pixels == 7).all(2)).sum() > 0
    assert {235, 215} <= set(pixels[..., 0].ravel().tolist())


def test_nothing_to_show_is_a_head_alone() -> None:
    assert inputs_sheet([]).height == 28
