"""The page of a study in a browser: 17 arms of 5 seeds, on a desk, on a phone, at night and on paper."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.report.browser import CHROMIUM, Browser, browser
from tests.report.study import made_up
from thumblab.report.study import write_study_page

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium on this machine; install it to see the page drawn"
)


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    page = tmp_path_factory.mktemp("study") / "page.html"
    write_study_page(made_up.study(void=True), page)
    return page


def test_it_asks_for_nothing_and_complains_of_nothing(tab: Browser, study: Path) -> None:
    """The time is shown, not scored: others use this machine too."""
    taken = min(tab.open(study) for _ in range(3))
    print(f"{study.stat().st_size / 1e3:.0f} kB ready in {taken:.2f} s")
    assert tab.requests == [study.as_uri()]
    assert tab.complaints == []
    assert tab.value("document.querySelectorAll('.forest .plot').length") == 17


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_it_scrolls_one_way_only(tab: Browser, study: Path, width: int) -> None:
    tab.ask("Emulation.setDeviceMetricsOverride", width=width, height=844, deviceScaleFactor=1,
            mobile=width < 500)  # fmt: skip
    try:
        tab.open(study)
        tab.value("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        assert tab.value("document.documentElement.scrollWidth") <= width
    finally:
        tab.ask("Emulation.clearDeviceMetricsOverride")


def test_columns_are_sorted_by_the_keyboard_and_say_so(tab: Browser, study: Path) -> None:
    tab.open(study)
    head = "document.querySelectorAll('#arms th button')[1]"
    tab.value(f"{head}.focus()")
    assert tab.value(f"document.activeElement === {head}")
    style = "getComputedStyle(document.activeElement)"
    for key in ("keyDown", "keyUp"):
        tab.ask("Input.dispatchKeyEvent", type=key, key="Enter", code="Enter", text="\r",
                windowsVirtualKeyCode=13)  # fmt: skip
    assert tab.value(f"{head}.parentElement.getAttribute('aria-sort')") == "ascending"
    assert tab.value(f"{style}.outlineStyle") == "solid"
    column = "[...document.querySelectorAll('#arms tbody td:nth-child(2)')]"
    means = tab.value(f"{column}.map((cell) => Number(cell.dataset.value))")
    assert means == sorted(means)


def test_night_has_colors_of_its_own(tab: Browser, study: Path) -> None:
    colors = []
    for scheme in ("light", "dark"):
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        tab.ask("Emulation.setEmulatedMedia", features=features)
        tab.open(study)
        names = ("body", ".curves .mean", ".forest .like")
        style = "['backgroundColor', 'stroke', 'stroke'][i]"
        colors.append(
            tab.value(
                f"{list(names)}.map((n, i) => getComputedStyle(document.querySelector(n))[{style}])"
            )
        )
    tab.ask("Emulation.setEmulatedMedia", features=[])
    assert all(day != night for day, night in zip(*colors, strict=True))


def test_nothing_is_cut_off_on_paper(tab: Browser, study: Path) -> None:
    """At the width of A4 within its margins, in the style of print; the drawings are vectors."""
    inside = round((210 - 26) / 25.4 * 96)
    tab.ask("Emulation.setDeviceMetricsOverride", width=inside, height=1000, deviceScaleFactor=1,
            mobile=False)  # fmt: skip
    tab.ask("Emulation.setEmulatedMedia", media="print")
    try:
        tab.open(study)
        tab.value("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        wide = tab.value(
            "[...document.querySelectorAll('main table, main svg, main pre, main figure, main li')]"
            f".filter((each) => each.getBoundingClientRect().right > {inside} + 1)"
            ".filter((each) => !each.closest('.hidden') && !each.closest('svg svg'))"
            ".map((each) => each.outerHTML.slice(0, 80))"
        )
        assert wide == []
        tab.ask("Emulation.setEmulatedMedia", media="")
        pdf = base64.b64decode(tab.ask("Page.printToPDF", preferCSSPageSize=True)["data"])
    finally:
        tab.ask("Emulation.setEmulatedMedia", media="")
        tab.ask("Emulation.clearDeviceMetricsOverride")
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert box is not None
    assert (round(float(box[1])), round(float(box[2]))) == (595, 842)


def test_readers_of_screens_hear_a_table(tab: Browser, study: Path) -> None:
    tab.open(study)
    tab.ask("Accessibility.enable")
    nodes = tab.ask("Accessibility.getFullAXTree")["nodes"]
    tab.ask("Accessibility.disable")
    named = [(n["role"]["value"], n.get("name", {}).get("value", "")) for n in nodes if "role" in n]
    assert [role for role, _ in named].count("table") >= 3
    pictures = [name for role, name in named if role in ("image", "img")]
    assert all(pictures), "a picture has no name"
    assert any("not resolved" in name for name in pictures)
    assert ("columnheader", "Mean") in named
