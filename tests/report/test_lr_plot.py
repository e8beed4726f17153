from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from tests.report.browser import CHROMIUM, browser
from tests.report.conftest import HOSTILE
from thumblab.report.lr_plot import write_rate_plot
from thumblab.training.lr_range_test import LRRangeTest

RATES = np.geomspace(1e-5, 10, 60)
LOSSES = 4 - 2 / (1 + np.exp(-6 * (np.log10(RATES) + 2)))


def write(path: Path, losses: np.ndarray = LOSSES, ended: str = "highest") -> str:
    write_rate_plot(LRRangeTest(RATES, losses, ended), path, model=HOSTILE[0], data=HOSTILE[2])
    return path.read_text("utf-8")


def test_the_page_holds_the_test_and_no_name_is_markup(tmp_path: Path) -> None:
    page = write(tmp_path / "plot.html")
    HTMLParser().feed(page)
    assert HOSTILE[0] not in page
    assert "&lt;/script&gt;&lt;script&gt;alert(1)" in page
    found = re.search(r'id="rates-data">(.*?)</script>', page)
    assert found is not None
    told = json.loads(found[1])
    assert told["rates"] == RATES.tolist()
    assert told["diverges"] is None
    assert "not up to 10" in page


def test_what_was_not_found_is_said(tmp_path: Path) -> None:
    page = write(tmp_path / "plot.html", LOSSES[::-1], "hopeless")
    assert "<dd>none</dd>" in page
    assert "It ended early" in page


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_the_page_draws_itself_without_a_word(tmp_path: Path) -> None:
    page = tmp_path / "plot.html"
    write(page)
    with browser(tmp_path / "profile") as tab:
        tab.open(page)
        assert tab.value("!!document.querySelector('#rate-test-chart .main-svg')")
        assert tab.requests == [page.as_uri()]
        assert tab.complaints == []
