import pytest

optuna = pytest.importorskip("optuna")

from optuna.pruners import HyperbandPruner, NopPruner, SuccessiveHalvingPruner  # noqa: E402

from thumblab.study.search import Choices, Range, Search  # noqa: E402
from thumblab.study.tuning.draws import (  # noqa: E402
    SeededSampler,
    distributions,
    pruner,
    settings_of,
)
from thumblab.study.tuning.storage import quietly  # noqa: E402

SPACE = (
    ("schedule.max_lr", Range(0.01, 0.5, log=True)),
    ("batch", Range(16, 64, whole=True)),
    ("loss.smoothing", Range(0, 0.2)),
    ("augment", Choices(("flip", "flip+crop"))),
)


def drawn(kind: str, seed: int, count: int, *, given_back: tuple[int, ...] = ()) -> list[dict]:
    """Settings of trials, of which those of some numbers are given back."""
    with quietly():
        sampler = SeededSampler(kind, seed, lambda: study.get_trials(deepcopy=False))
        study = optuna.create_study(sampler=sampler, direction="maximize")
        found = []
        for _ in range(count + len(given_back)):
            trial = study.ask(distributions(Search(SPACE)))
            if trial.number in given_back:
                trial.set_user_attr("stopped", True)
                study.tell(trial, state=optuna.trial.TrialState.FAIL)
                continue
            found.append(settings_of(Search(SPACE), trial.params))
            study.tell(trial, found[-1]["schedule.max_lr"])
    return found


@pytest.mark.parametrize("kind", ["tpe", "random"])
def test_draws_are_inside_the_space_and_repeat_by_the_seed(kind: str) -> None:
    found = drawn(kind, 1, 14)
    for each in found:
        assert 0.01 <= each["schedule.max_lr"] <= 0.5
        assert float(f"{each['schedule.max_lr']:.4g}") == each["schedule.max_lr"]
        assert each["batch"] in range(16, 65)
        assert 0 <= each["loss.smoothing"] <= 0.2
        assert each["augment"] in ("flip", "flip+crop")
    assert drawn(kind, 1, 14) == found
    assert drawn(kind, 2, 14) != found
    assert len({str(each) for each in found}) == 14


def test_trials_that_were_given_back_change_nothing() -> None:
    assert drawn("tpe", 1, 12, given_back=(3, 11)) == drawn("tpe", 1, 12)


def test_the_sampler_of_parzen_estimators_comes_closer_than_chance() -> None:
    late = [
        sum(each["schedule.max_lr"] for each in drawn(kind, 3, 40)[20:]) / 20
        for kind in ("tpe", "random")
    ]
    assert late[0] > 1.5 * late[1]


def test_trials_are_stopped_early_by_what_is_named() -> None:
    search = {name: Search(SPACE, pruner=name) for name in ("none", "asha", "hyperband")}
    assert isinstance(pruner(search["none"], 9), NopPruner)
    assert isinstance(pruner(search["asha"], 9), SuccessiveHalvingPruner)
    assert isinstance(pruner(search["hyperband"], 1), HyperbandPruner)
