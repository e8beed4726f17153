import re

import numpy as np

from thumblab.report.study import StudyArm
from thumblab.report.study.small_curves import HEIGHT, small_curves

RISING = np.array([[0.2, 0.5, 0.8], [0.3, 0.6, 0.9]])


def arm(name, values, **more):
    return StudyArm(name, curves={"validation_accuracy": values, **more})


def test_every_arm_has_its_mean_its_band_and_the_baseline_behind():
    first, second = arm("plain", RISING), arm("<b>", RISING + 0.05, train_accuracy=RISING)
    one, two = small_curves([first, second], first, "accuracy", factor=100.0)
    assert 'class="behind"' not in one.drawing
    assert 'class="behind"' in two.drawing
    assert 'class="train"' in two.drawing
    assert 'aria-label="&lt;b&gt;: 90"' in two.drawing
    assert 'aria-label="plain: 85"' in one.drawing


def test_a_gap_is_a_gap_and_what_leaves_the_panel_stays_at_its_edge():
    values = np.array([[0.2, np.nan, 0.8, 0.9]])
    panel = small_curves([arm("a", values)], arm("a", values), "accuracy")[0].drawing
    path = re.search(r'class="mean" d="([^"]*)"', panel)[1]
    assert (path.count("M"), path.count("L")) == (2, 1)
    wild = np.tile(np.linspace(0.5, 0.9, 60), (3, 1))
    wild[0, 30] = -100
    panel = small_curves([arm("a", wild)], arm("a", wild), "accuracy")[0].drawing
    heights = [float(y) for y in re.findall(r"[ML][\d.]+ (-?[\d.]+)", panel)]
    assert min(heights) >= 0
    assert max(heights) <= HEIGHT
    assert max(heights) - min(heights) > 50  # not flattened


def test_epochs_are_whole_numbers_and_few():
    for epochs in (1, 2, 7, 60, 1000):
        panel = small_curves([arm("a", np.ones((1, epochs)))], arm("a", RISING), "accuracy")[0]
        told = re.findall(r'class="middle"[^>]*>([^<]*)<', panel.drawing)
        assert 1 <= len(told) <= 7
        assert all(text.isdigit() for text in told)
        assert told[0] == "1"


def test_an_arm_without_the_measure_has_no_panel():
    panels = small_curves([arm("a", RISING), StudyArm("b")], StudyArm("b"), "accuracy")
    assert [panel.name for panel in panels] == ["a"]
    assert small_curves([StudyArm("b")], StudyArm("b"), "loss") == []
    nothing = arm("c", np.full((2, 3), np.nan))
    assert small_curves([nothing], nothing, "accuracy") == []
