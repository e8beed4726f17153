"""The page in a browser: it draws everything at once, asks for nothing and complains of nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.report import grouped
from tests.report.browser import CHROMIUM, Browser, browser
from tests.report.conftest import HOSTILE, Writer, dataset_of
from thumblab.report import write_page
from thumblab.runs import Run

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium on this machine; install it to see the page drawn"
)


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def trained(networks: tuple[Run, Run], tmp_path_factory: pytest.TempPathFactory) -> Path:
    page = tmp_path_factory.mktemp("page") / "page.html"
    write_page(networks[0], page, grouped.dataset())
    return page


def drawn(tab: Browser, chart: str) -> bool:
    return bool(tab.value(f"!!document.querySelector('#{chart} .main-svg')"))


def press(tab: Browser, name: str, value: str) -> None:
    tab.value(f"document.querySelector('[data-{name}={value}]').click()")


def test_a_page_of_hostile_names_draws_itself_without_a_word(
    tab: Browser, write_run: Writer, tmp_path: Path
) -> None:
    dataset = dataset_of(HOSTILE)
    page = tmp_path / "page.html"
    write_page(write_run(dataset), page, dataset)
    tab.open(page)
    for chart in (
        "loss-chart",
        "accuracy-chart",
        "rate-chart",
        "matrix-chart",
        "calibration-chart",
    ):
        assert drawn(tab, chart)
    assert tab.value("document.querySelector('#truth option').textContent") == HOSTILE[0]
    assert tab.value("document.querySelectorAll('[onerror], main b, main u').length") == 0
    assert tab.requests == [page.as_uri()]
    assert tab.complaints == []


def test_ticks_of_epochs_are_at_whole_numbers(tab: Browser, trained: Path) -> None:
    tab.open(trained)
    for chart in ("loss-chart", "accuracy-chart", "rate-chart"):
        axis = f"document.getElementById('{chart}')._fullLayout.xaxis"
        assert tab.value(f"[{axis}.tickmode, {axis}.dtick]") == ["linear", 1]
        ticks = f"[...document.querySelectorAll('#{chart} .xtick text')].map((t) => t.textContent)"
        assert set(tab.value(ticks)) >= {"1", "2"}


def test_everything_of_a_trained_run_is_drawn_and_answers(tab: Browser, trained: Path) -> None:
    tab.open(trained)
    for chart in ("matrix-chart", "part-chart", "calibration-chart", "scree-chart"):
        assert drawn(tab, chart)
    for name, value in (
        ("order", "grouped"),
        ("order", "original"),
        ("measure", "count"),
        ("when", "before"),
        ("classes", "none"),
        ("classes", "all"),
    ):
        press(tab, name, value)
    assert tab.value("document.querySelectorAll('#cloud-classes [aria-pressed=true]').length") == 47
    tab.value(
        "document.querySelector('#part').value = 2;"
        " document.querySelector('#part').dispatchEvent(new Event('change'))"
    )
    assert tab.requests == [trained.as_uri()]
    assert tab.complaints == []


def test_a_click_on_a_cell_shows_its_images(tab: Browser, trained: Path) -> None:
    tab.open(trained)
    tab.value("document.querySelector('#cell-images').replaceChildren()")
    tab.value(
        "document.getElementById('matrix-chart').emit('plotly_click', {points: [{x: 0, y: 0}]})"
    )
    count = tab.value("document.querySelector('#cell-count').textContent")
    images = tab.value("document.querySelectorAll('#cell-images .tile').length")
    assert images == int(count.split()[0]) or "shown" in count


def test_cells_have_numbers_once_they_are_large_enough(tab: Browser, trained: Path) -> None:
    tab.open(trained)
    labels = "document.querySelectorAll('#matrix-chart .heatmap-label').length"
    assert tab.value(labels) == 0
    ranges = "{'xaxis.range': [-0.5, 9.5], 'yaxis.range': [9.5, -0.5]}"
    tab.value(f"Plotly.relayout('matrix-chart', {ranges}).then(() => 1)")
    tab.value("new Promise((later) => setTimeout(() => later(1), 300))")
    assert tab.value(labels) > 0


def test_a_point_shows_its_image_and_the_cloud_turns(tab: Browser, trained: Path) -> None:
    tab.open(trained)
    tab.value("document.querySelector('.cloud').scrollIntoView()")
    before = tab.value("document.getElementById('cloud-chart').toDataURL()")
    tab.value(
        "document.getElementById('cloud-chart')"
        ".dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowLeft'}))"
    )
    assert tab.value("document.getElementById('cloud-chart').toDataURL()") != before
    tab.value(
        "(() => { const c = document.getElementById('cloud-chart'), b = c.getBoundingClientRect();"
        " for (let x = 0; x < b.width; x += 12) for (let y = 0; y < b.height; y += 12) {"
        " c.dispatchEvent(new PointerEvent('pointermove', {clientX: b.left + x, clientY: b.top + y}));"
        " if (!document.getElementById('cloud-hint').hidden) return; } })()"
    )
    assert tab.value("document.getElementById('cloud-hint').hidden") is False
    named = tab.value("document.querySelector('#cloud-hint figcaption').textContent")
    assert named in grouped.dataset().classes


def test_a_phone_scrolls_one_way_only(tab: Browser, trained: Path) -> None:
    size = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    tab.ask("Emulation.setDeviceMetricsOverride", **size)
    try:
        tab.open(trained)
        assert tab.value("document.documentElement.scrollWidth") <= 390
    finally:
        tab.ask("Emulation.clearDeviceMetricsOverride")


def test_a_page_of_a_hundred_classes_becomes_ready(
    tab: Browser, write_run: Writer, tmp_path: Path
) -> None:
    """Ready is when every figure is drawn. The time is shown, not scored: others use this machine too."""
    dataset = dataset_of(tuple(f"class {i}" for i in range(100)), n=4000, shape=(32, 32, 3))
    page, empty = tmp_path / "page.html", tmp_path / "empty.html"
    write_page(write_run(dataset), page, dataset)
    empty.write_text('<!doctype html><html data-ready="true"><title>empty</title></html>')
    nothing = min(tab.open(empty) for _ in range(3))
    taken = min(tab.open(page) for _ in range(3))
    print(f"{page.stat().st_size / 1e6:.1f} MB ready in {taken:.2f} s; empty {nothing:.2f} s")
    assert page.stat().st_size <= 8e6
