import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.study.small import experiment, study
from thumblab.core.errors import UsageError
from thumblab.study.search import Choices, Range, Search, find_space
from thumblab.study.space import applied, rounded

RATES = ("schedule.max_lr", Range(0.01, 0.5, log=True))


def test_settings_are_applied_by_path() -> None:
    found = applied(experiment(), {"schedule.max_lr": 0.25, "batch": "32", "epochs": 3})
    assert found.optimizer.learning_rate.max_lr == 0.25
    assert (found.batch, found.epochs) == (32, 3)


@given(st.floats(1e-6, 1e6), st.floats(1e-6, 1e6), st.floats(0, 1))
def test_a_rounded_number_is_short_and_in_its_range(one: float, other: float, at: float) -> None:
    low, high = sorted((one, other))
    if low == high:
        return
    wanted = Range(low, high)
    found = rounded(low + at * (high - low), wanted)
    assert low <= found <= high
    assert found in (low, high) or float(f"{found:.4g}") == found


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
def test_a_range_that_is_written_is_read_back(low: float, high: float) -> None:
    text = f"{low!r}..{high!r}"
    if low < high:
        assert find_space(text) == Range(low, high)
    else:
        with pytest.raises(UsageError, match="must rise"):
            find_space(text)


@pytest.mark.parametrize(
    ("space", "message"),
    [
        (("data", Choices(("mnist", "characters"))), "data is not searched"),
        (("data.part", Range(0, 1)), "is not searched"),
        (("seed", Range(0, 9, whole=True)), "seed is not searched"),
        (("validation", Range(0.1, 0.2)), "validation is not searched"),
        (("schedule.min_lr", Range(0.1, 0.2)), "arm 'plain' cannot take schedule.min_lr = 0.1"),
        (("batch", Choices(("32", "many"))), "cannot take batch = many"),
        (("model.hidden", Range(8, 16, whole=True)), "cannot take model.hidden = 8"),
        (("epochs", Range(1, 3, whole=True)), "'plain' and 'longer' differ only in what is"),
    ],
)
def test_spaces_that_no_search_can_have_are_refused(space: object, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        study(search=Search((space,)))


def test_every_arm_must_be_able_to_take_a_setting() -> None:
    with pytest.raises(UsageError, match=r"arm 'adam' cannot take optimizer\.nesterov"):
        study(
            arms={"plain": {}, "adam": {"optimizer": "adam"}},
            search=Search((("optimizer.nesterov", Choices(("true", "false"))),)),
        )
    assert study(search=Search((RATES,))).search is not None
