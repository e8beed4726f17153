"""``benchmarks/verdict_bars.py``: its draws, the rivals, and what it stores; the bars take half an hour."""

import importlib
import json

import numpy as np
import pytest

from tests.cli.conftest import ROOT


@pytest.fixture(scope="module")
def command():
    """Imports a script of benchmarks/ by name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        yield importlib.import_module


def test_the_truth_of_a_draw_is_what_its_rows_come_to(command):
    made_up = command("made_up")
    world = made_up.World(2000, (1.0, 0.9), (2.0, 2.0, 2.0), (0.0, 0.02, 0.0))
    study = made_up.draw(np.random.default_rng(0), world, 400)
    means = {name: rows.mean() for name, rows in study.hits.items()}
    assert means["plain"] == pytest.approx(0.9, abs=0.02)
    for arm, truth in study.truth.items():
        assert means[arm] - means["plain"] == pytest.approx(truth, abs=0.002)
    assert study.truth["arm 0"] == pytest.approx(0.02, abs=0.003)
    spread = study.hits["plain"].mean(1).var()
    assert spread == pytest.approx(2 * made_up.DOUBT / 2000, rel=0.25)
    assert made_up.draw(np.random.default_rng(0), made_up.World(50, (1.0,)), 2).truth["arm 0"] == 0
    assert made_up.mixed(4, 1) == (0.98, 0.9, 1.0, 0.98)


def test_the_real_networks_are_there(command):
    arms = command("made_up").real()
    assert len(arms) == 4
    assert {rows.shape for rows in arms.values()} == {(12, 1880)}
    assert 0.73 < min(rows.mean() for rows in arms.values()) < 0.77


def test_rivals_say_what_their_sources_do(command):
    rivals, rng = command("rivals").RIVALS, np.random.default_rng(0)
    low, high = 0.9 + 0.001 * np.arange(8) % 0.003, 0.95 + 0.001 * np.arange(8) % 0.004
    for name, rival in rivals.items():
        assert rival(rng, low, high) == 1, name
        assert rival(rng, high, low) == -1, name
    three = {name: rival(rng, low[:3], high[:3]) for name, rival in rivals.items()}
    assert three.pop("sign-flip and BCa (arXiv:2511.19794)") == 0  # p is 1/4 at least
    assert set(three.values()) == {1}


def test_bars_are_measured_once_and_told_with_what_misses_them(
    command, tmp_path, capsys, monkeypatch
):
    script = command("verdict_bars")
    measured = []

    def cells():
        for name, share in (("easy", 0.01), ("hard", 0.07)):

            def cell(rng, name=name, share=share):
                measured.append((name, rng.random()))
                return {"share": share}

            yield name, cell

    bars = {"B1": script.Bar("few", cells, script.share, high=0.05), "B9": script.BARS["B9"]}
    monkeypatch.setattr(script, "BARS", bars)
    asked = ("--only", "B1", "--results", str(tmp_path))
    assert script.main(asked) == 0
    found = json.loads(capsys.readouterr().out)["B1"]
    assert found == {
        "wanted": "few",
        "cells": 2,
        "missed": {"hard": 0.07},
        "least": 0.01,
        "most": 0.07,
    }
    assert script.main(asked) == 0
    assert len(measured) == 2
    assert script.main((*asked, "--again", "B1")) == 0
    assert measured[2:] == measured[:2]  # the same draws
    text = (tmp_path / "README.md").read_text()
    assert "| B1 | few | 0.010 to 0.070 | 2 | 1 |" in text
    assert "- B1: hard: 0.070" in text
    assert json.loads((tmp_path / "bars.json").read_text())["bars"]["B1"] == found


def test_cells_have_names_of_their_own_and_some_of_them_count(command):
    script = command("verdict_bars")
    for name, bar in script.BARS.items():
        names = [cell for cell, _ in bar.cells()]
        assert len(set(names)) == len(names), name
    told = {"these_images": {"share": 0.95}, "images_like_these": {"share": 0.94}}
    of = script.BARS["B3"].number
    assert of("far, 1880 images, 3 seeds, 1 arms", told) == 0.94
    assert of("far, 1880 images, 2 seeds, 9 arms", told) == 0.94
    assert of("far, 1880 images, 2 seeds, 3 arms", told) is None
    assert of("close, 1880 images, 3 seeds, 1 arms", told) is None
    power = {"power": 0.7}
    assert script.BARS["B5"].number("16 arms, 3 seeds, spreads 1", power) == 0.7
    assert script.BARS["B5"].number("16 arms, 5 seeds, spreads 1", power) is None
