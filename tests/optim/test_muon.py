from dataclasses import replace

import numpy as np
import pytest

from tests.optim.moved import Moved, cut, gradients, learning_rate
from tests.optional import torch
from thumblab.core.errors import UsageError
from thumblab.optim import EMA, SGD, Adam, AdamW, Constant, Cosine, Grouped, Muon
from thumblab.optim.muon import newton_schulz

EXAMPLES = [
    Muon(),
    Muon(learning_rate=Cosine(0.24), momentum=0.6, renormalize=True, exclude=("7",)),
    Muon(other=AdamW(1e-3), nesterov=False, steps=5, weight_decay=0.1, exclude=("*",)),
]


def test_ten_steps_agree_with_torch_once_it_does_not_round_to_bfloat16(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch.Tensor, "bfloat16", lambda tensor: tensor.clone())
    for nesterov in (True, False):
        optimizer = Muon(steps=5, weight_decay=0.1, exclude=(), nesterov=nesterov)
        ours = cut(Moved(optimizer).run(gradients(10)).flat)
        start, grads = cut(Moved(optimizer).flat), [cut(grad) for grad in gradients(10)]
        for name in ("4.weight", "7.weight"):
            parameter = torch.nn.Parameter(torch.from_numpy(start[name].copy()))
            theirs = torch.optim.Muon([parameter], 0.1, 0.1, optimizer.momentum, nesterov=nesterov)
            for step, grad in enumerate(grads):
                theirs.param_groups[0]["lr"] = learning_rate(step)
                parameter.grad = torch.from_numpy(grad[name])
                theirs.step()
            moved = parameter.detach().numpy()
            np.testing.assert_allclose(ours[name], moved, rtol=1e-9, atol=1e-11)
            assert np.abs(moved - start[name]).max() > 0.1


@pytest.mark.parametrize("shape", [(6, 27), (24, 10), (5, 5), (1, 9), (9, 1)])
def test_singular_values_are_driven_toward_1(shape: tuple[int, int]) -> None:
    matrix = np.random.default_rng(0).standard_normal(shape)
    u, s, v = np.linalg.svd(matrix, full_matrices=False)
    found = newton_schulz(matrix / np.linalg.norm(matrix), Muon(steps=5))
    inside = u.T @ found @ v.T  # (small, small), diagonal
    np.testing.assert_allclose(inside, np.diag(np.diag(inside)), atol=1e-9)
    large = s > 0.1 * s.max()
    assert ((np.diag(inside)[large] > 0.6) & (np.diag(inside)[large] < 1.3)).all()


def test_renormalized_matrices_have_the_norm_of_the_root_of_their_rows() -> None:
    optimizer = Muon(1e-9, renormalize=True, exclude=("7",))
    moved = cut(Moved(optimizer).run(0 * gradients(1)).flat)
    assert np.linalg.norm(moved["0.weight"]) == pytest.approx(6**0.5)
    assert np.linalg.norm(moved["4.weight"]) == pytest.approx(24**0.5)
    np.testing.assert_array_equal(moved["7.weight"], cut(Moved(optimizer).flat)["7.weight"])


def test_the_other_moves_the_rest_at_its_own_rate_along_the_schedule() -> None:
    other = SGD(learning_rate=0.5, momentum=0.0)
    for own in (0.05, Constant(0.05)):
        optimizer = Muon(own, other=other, exclude=("7",))
        moved = cut(Moved(optimizer).run(gradients(1)).flat)
        start, grad = cut(Moved(optimizer).flat), cut(gradients(1)[0])
        for name in ("0.bias", "7.weight"):
            np.testing.assert_allclose(moved[name], start[name] - 0.5 * grad[name])
    assert Muon(0.0).ratio == 0


def test_two_movers_share_a_slot_of_one_name() -> None:
    assert Muon(other=SGD()).slots == ("velocity",)
    assert Muon(other=Adam()).slots == ("velocity", "mean", "square")


def test_the_head_and_vectors_are_left_to_the_other() -> None:
    optimizer = Muon()
    assert optimizer.whole("0.weight", (4, 3, 3, 3))
    assert optimizer.whole("2.in_proj_weight", (12, 4))
    assert not optimizer.whole("0.bias", (4,))
    assert not optimizer.whole("1.position", (64, 64))
    assert not replace(optimizer, exclude=("0",)).whole("0.weight", (4, 3, 3, 3))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"momentum": 1.0}, r"momentum must be in \[0, 1\) and weight_decay at least 0"),
        ({"weight_decay": -1.0}, r"momentum must be in \[0, 1\) and weight_decay at least 0"),
        ({"steps": 0}, "steps must be at least 1 and coefficients three numbers"),
        ({"coefficients": (1.0,)}, "steps must be at least 1 and coefficients three numbers"),
        (
            {"weight_decay": 0.1, "renormalize": True},
            "renormalize undoes the decay; leave one of them",
        ),
        ({"other": EMA()}, "cannot be the other optimizer of Muon; wrap it around Muon instead"),
        ({"other": Grouped()}, "cannot be the other optimizer of Muon"),
        ({"other": SGD(Cosine())}, "follows Muon's schedule; give it a number as its rate"),
    ],
)
def test_wrong_fields_are_refused(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Muon(**wrong)  # type: ignore[arg-type]
