import pytest

from tests.optim.moved import Moved, Twin, gradients
from tests.optional import torch
from thumblab.core.errors import UsageError
from thumblab.optim import EMA, SGD, Lookahead
from thumblab.optim.twin import around, named


def test_parameters_without_paths_are_refused_where_paths_count() -> None:
    with pytest.raises(UsageError, match=r"goes by paths of weights; give it named_parameters\(\)"):
        named([torch.zeros(1)])


def test_outer_calls_come_first_before_a_step_and_last_after_it() -> None:
    parameter = torch.nn.Parameter(torch.zeros(1))
    twin, told = torch.optim.SGD([parameter], 0.1), []
    around(twin, lambda: told.append("in"), lambda: told.append("out"))
    around(twin, lambda: told.append("outer in"), lambda: told.append("outer out"))
    twin.step()
    assert told == ["outer in", "in", "out", "outer out"]


@pytest.mark.parametrize("wrapped", [EMA, Lookahead])
def test_wrappers_act_once_a_step_whatever_optimizers_there_were_before(
    wrapped: type[EMA | Lookahead],
) -> None:
    torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))])  # from now on its step calls hooks
    optimizer = wrapped(SGD(weight_decay=0.1, decoupled=True))
    ours, theirs = Moved(optimizer).run(gradients(5)), Twin(optimizer).run(gradients(5))
    assert abs(ours.flat - theirs.flat).max() < 1e-12
    assert abs(ours.slots[optimizer.shown] - theirs.slot(optimizer.shown)).max() < 1e-12
