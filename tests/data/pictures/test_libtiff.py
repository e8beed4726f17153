import io
import threading

import numpy as np
import pytest
from PIL import Image

from thumblab.core.errors import DataError
from thumblab.data.pictures import libtiff
from thumblab.data.pictures.picture import decode


def damaged() -> bytes:
    """A deflated TIFF whose checksum is wrong, of which libtiff speaks on standard error."""
    file = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8)
    Image.fromarray(pixels).save(file, "TIFF", compression="tiff_deflate")
    whole = bytearray(file.getvalue())
    for place in range(1000, 1040):
        whole[place] ^= 0xFF
    return bytes(whole)


def load() -> None:
    with pytest.raises(OSError, match="decoder error"):
        Image.open(io.BytesIO(damaged())).load()


needs_libtiff = pytest.mark.skipif(
    libtiff._library() is None, reason="Pillow's libtiff is inside it"
)


@needs_libtiff
def test_a_damaged_tiff_is_one_error_and_nothing_on_standard_error(
    capfd: pytest.CaptureFixture[str],
) -> None:
    load()
    assert "ZIPDecode" in capfd.readouterr().err
    with pytest.raises(DataError, match="the picture cannot be decoded"):
        decode(damaged(), (3, 8, 8))
    assert capfd.readouterr() == ("", "")
    load()  # its own way again
    assert "ZIPDecode" in capfd.readouterr().err


@needs_libtiff
def test_it_is_silent_until_the_last_thread_has_gone(capfd: pytest.CaptureFixture[str]) -> None:
    first, second = libtiff.silent(), libtiff.silent()
    for each in (first, second):
        thread = threading.Thread(target=each.__enter__)
        thread.start()
        thread.join()
    first.__exit__(None, None, None)
    load()
    assert capfd.readouterr().err == ""
    second.__exit__(None, None, None)
    load()
    assert capfd.readouterr().err != ""


def test_without_a_library_nothing_is_changed(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(libtiff, "_library", lambda: None)
    with libtiff.silent():
        load()
