from __future__ import annotations

import numpy as np
import pytest

from thumblab.core.summary import summary
from thumblab.evaluation.cost import BATCH, _noise, _seconds, cost
from thumblab.runs import Run


def test_costs_are_those_of_the_run_and_of_its_architecture(networks: tuple[Run, Run]) -> None:
    found, run = cost(networks[0]), networks[0]
    whole = summary(run.experiment.model, (1, 28, 28))
    assert run.result is not None
    assert (found.parameters, found.flops) == (whole.parameters, whole.flops)
    assert found.train_seconds == run.result["train_seconds"]
    assert found.weights_megabytes == pytest.approx(4 * whole.parameters / 1e6)
    values = 4 * 14 * 14 * 2 + 4 * 7 * 7 * 2 + 24 * 2 + 47
    assert found.activations_kilobytes == pytest.approx(4 * values / 1e3)
    assert 0 < found.alone_milliseconds < 1000
    assert 0 < found.batch_microseconds < 1e6


def test_noise_is_what_a_network_reads() -> None:
    assert (_noise((3, 4, 5)).shape, _noise((3, 4, 5)).dtype) == ((BATCH, 4, 5, 3), np.uint8)
    assert (_noise((7,)).shape, _noise((7,)).dtype) == ((BATCH, 7), np.float32)


def test_the_first_pass_does_not_count() -> None:
    waits = iter([0.2] + 20 * [0.0])
    from time import sleep

    taken, noise = _seconds(lambda: sleep(next(waits)))
    assert taken < 0.1
    assert noise < 0.1
