import io

import numpy as np
import pytest
from PIL import Image

from thumblab.core.errors import DataError
from thumblab.data.pictures import jpeg
from thumblab.data.pictures.jpeg import mended, open_jpeg

SOFT = np.random.default_rng(0).integers(0, 256, (13, 19, 3)).astype(np.uint8)


def saved(width: int, height: int, mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    soft = Image.fromarray(SOFT).resize((width, height), Image.Resampling.BICUBIC)
    soft.convert(mode).save(out, "jpeg", **options)
    return out.getvalue()


@pytest.mark.parametrize(("most", "scale"), [(60_000, 1), (59_999, 2), (4_000, 4), (1_000, 8)])
def test_sides_are_divided_until_the_pixels_fit(most: int, scale: int) -> None:
    image = open_jpeg(io.BytesIO(saved(300, 200)), most)
    assert image.size == (-(-300 // scale), -(-200 // scale))
    whole = Image.open(io.BytesIO(saved(300, 200))).reduce(scale)
    off = np.abs(np.asarray(image).astype(int) - np.asarray(whole)).mean()
    assert off < 3


def test_more_than_an_eighth_can_hold_is_refused() -> None:
    with pytest.raises(DataError, match="is 300 x 200 pixels; shrink it to at most 57,600 in all"):
        open_jpeg(io.BytesIO(saved(300, 200)), 900)


def test_coefficients_of_several_scans_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """4:2:0 keeps one and a half samples of two bytes for each pixel, gray one."""
    monkeypatch.setattr(jpeg, "COEFFICIENT_BYTES", 2 * 300 * 200)
    open_jpeg(io.BytesIO(saved(300, 200)), 900_000)
    open_jpeg(io.BytesIO(saved(300, 200, "L", progressive=True)), 900_000)
    with pytest.raises(DataError, match="is a progressive JPEG of 300 x 200"):
        open_jpeg(io.BytesIO(saved(300, 200, progressive=True)), 900_000)


def test_the_first_scan_may_hold_one_component_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jpeg, "COEFFICIENT_BYTES", 0)
    data = saved(32, 32)
    start = data.index(b"\xff\xda\x00\x0c\x03")
    alone = data[:start] + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + data[start + 14 :]
    open_jpeg(io.BytesIO(data), 900_000)
    with pytest.raises(DataError, match="is a progressive JPEG"):
        open_jpeg(io.BytesIO(alone), 900_000)


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"mode": "L"}, {"quality": 95}])
@pytest.mark.parametrize("cut", [1, 2, 5])
def test_a_file_without_its_last_bytes_is_a_picture(options: dict[str, object], cut: int) -> None:
    data = saved(300, 200, **options)  # type: ignore[arg-type]
    found = mended(data[:-cut], 900_000)
    assert found is not None
    image, share = found
    assert share < 0.01
    whole = np.asarray(Image.open(io.BytesIO(data))).astype(int)
    assert (np.abs(np.asarray(image) - whole) > 8).mean() < 0.01


@pytest.mark.parametrize("kept", [0.5, 0.9, 0.95])
def test_more_that_is_missing_is_not_made_up(kept: float) -> None:
    data = saved(300, 200)
    assert mended(data[: int(kept * len(data))], 900_000) is None


def test_a_file_with_its_end_is_left_alone() -> None:
    assert mended(saved(30, 20), 900_000) is None
    assert mended(saved(30, 20) + bytes(9), 900_000) is None
