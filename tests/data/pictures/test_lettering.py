from pathlib import Path

import pytest
from PIL import ImageFont

from thumblab.data.pictures import lettering
from thumblab.data.pictures.lettering import covers, fonts_for

DEJAVU = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
KOREAN, ARABIC = "\uace0\uc591\uc774", "\u0642\u0637\u0629"


@pytest.fixture
def without_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lettering, "_files", lambda: ())


def test_pillows_font_is_taken_where_it_will_do(without_fonts) -> None:
    first, second = fonts_for(["cat", "big dog"], 14)
    assert first is second is not None


def test_letters_that_no_font_has(without_fonts) -> None:
    assert fonts_for(["cat", KOREAN, ARABIC], 14)[1:] == [None, None]
    assert not covers(ImageFont.load_default(14), "a" + KOREAN)


@pytest.mark.skipif(not DEJAVU.exists(), reason="DejaVu is not installed")
def test_a_font_of_the_system_is_found_by_its_letters(monkeypatch) -> None:
    monkeypatch.setattr(lettering, "_files", lambda: ("nothing.ttf", str(DEJAVU)))
    found = fonts_for(["cat", ARABIC, "\u03b3\u03ac\u03c4\u03b1"], 14)
    assert all(found)
    assert covers(found[1], ARABIC)
    assert not covers(found[1], KOREAN)
