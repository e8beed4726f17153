"""The page in a browser: it draws everything, asks for nothing and complains of nothing."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.report.conftest import HOSTILE, Writer, dataset_of
from thumblab.report import write_page

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")

pytestmark = pytest.mark.skipif(
    BROWSER is None, reason="no Chromium on this machine; install it to see the page drawn"
)


def dump(page: Path, folder: Path) -> tuple[str, str]:
    """The page's elements once it has drawn itself, and what the browser logged."""
    done = subprocess.run(
        [
            str(BROWSER),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={folder}",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--enable-logging=stderr",
            "--virtual-time-budget=15000",
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
    )
    return done.stdout, done.stderr


def test_the_page_draws_itself_without_a_word(write_run: Writer, tmp_path: Path) -> None:
    dataset = dataset_of(HOSTILE)
    page = tmp_path / "page.html"
    write_page(write_run(dataset), page, dataset)
    elements, log = dump(page, tmp_path / "profile")
    assert "CONSOLE" not in log, log
    assert re.search(r"<html[^>]* data-ready=\"true\"", elements)
    for chart in ("loss-chart", "accuracy-chart", "rate-chart", "matrix-chart"):
        assert re.search(rf'id="{chart}"[^>]*>.*?class="main-svg"', elements, re.DOTALL)
    assert len(re.findall(r'<figure title="image \d+">', elements)) > 0
    assert re.search(r'<option value="0"[^>]*>&lt;/script&gt;&lt;script&gt;', elements)
    assert not re.search(r"<img[^>]+onerror", elements)
    assert elements.count("<b>bold</b>") == 0
