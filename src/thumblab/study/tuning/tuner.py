"""The trials of one arm: what was tried, what came of it, and what to try next.

Several processes may share a storage. A trial counts if fewer than the declared number of trials that have
not failed come before it, so that no race makes more of them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping

import optuna
from optuna.exceptions import StorageInternalError, UpdateFinishedTrialError
from optuna.storages import RDBStorage
from optuna.trial import FrozenTrial, TrialState

from thumblab.study.lease import BEAT_SECONDS, GRACE_SECONDS
from thumblab.study.search import Search
from thumblab.study.space import Setting
from thumblab.study.trial import Ended, Trial
from thumblab.study.tuning.draws import STOPPED, SeededSampler, distributions, pruner, settings_of
from thumblab.study.tuning.storage import quietly


class RunningTrial:
    """A trial that this process trains.

    Attributes:
        number: Among the trials of its arm.
        settings: What is tried, by dotted path.
        lost: Whether another process has given it up because it stood still.
    """

    def __init__(self, trial: optuna.Trial, settings: dict[str, Setting]) -> None:
        self.number, self.settings, self.lost = trial.number, settings, False
        self._trial = trial
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"trial {self.number}", daemon=True)
        self._thread.start()

    def report(self, accuracy: float, epoch: int) -> bool:
        """Notes the validation accuracy after an epoch, from 1.

        Returns:
            Whether the trial is better stopped.
        """
        with quietly():
            try:
                self._trial.report(accuracy, epoch)
            except UpdateFinishedTrialError:
                self.lost = True
            return not self.lost and self._trial.should_prune()

    def end(
        self, ended: Ended, accuracy: float | None = None, *, seconds: float = 0, note: str = ""
    ) -> None:
        """Notes what came of it; where it could not be trained, that is an accuracy of 0 to the sampler."""
        about = {"ended": ended, "accuracy": accuracy, "seconds": seconds, "note": note}
        if ended == "pruned":
            self._tell(about, None, TrialState.PRUNED)
        else:
            value = accuracy if ended == "done" and accuracy is not None else 0.0
            self._tell(about, value, TrialState.COMPLETE)

    def abandon(self) -> None:
        """Gives it back: it was stopped in the middle, and another trial takes its place."""
        self._tell({STOPPED: True}, None, TrialState.FAIL)

    def _tell(self, about: Mapping[str, object], value: float | None, state: TrialState) -> None:
        self._over.set()
        self._thread.join()
        with quietly():
            try:
                for name, each in about.items():
                    self._trial.set_user_attr(name, each)
                self._trial.study.tell(self._trial, value, state, skip_if_finished=True)
            except UpdateFinishedTrialError:
                self.lost = True

    def _beat(self) -> None:
        beats = 0
        while not self._over.wait(BEAT_SECONDS):
            beats += 1
            try:
                self._trial.set_user_attr("beats", beats)
            except UpdateFinishedTrialError:
                self.lost = True
                return
            except StorageInternalError:
                pass  # the storage is away for a moment


class Tuner:
    """The trials of one arm.

    Args:
        storage: Where they are kept.
        name: Of them in it; another one whenever something changes that they depend on.
        search: What is searched.
        epochs: Of a trial that is not stopped early.
        seed: Of the sampler; arms with the same one begin with the same settings.
        grace: Seconds after which a trial that stands still is given up.
    """

    def __init__(
        self,
        storage: RDBStorage,
        name: str,
        search: Search,
        *,
        epochs: int,
        seed: int,
        grace: float = GRACE_SECONDS,
    ) -> None:
        self.name = name
        self._search, self._grace = search, grace
        self._seen: dict[int, tuple[object, float]] = {}
        with quietly():
            self._study = optuna.create_study(
                storage=storage,
                study_name=name,
                direction="maximize",
                load_if_exists=True,
                sampler=SeededSampler(search.sampler, seed, self._every),
                pruner=pruner(search, epochs),
            )

    def ask(self) -> RunningTrial | None:
        """What to try next; None if as many trials as declared are done or under way."""
        if len(self._counting()) >= self._search.trials:
            return None
        with quietly():
            trial = self._study.ask(distributions(self._search))
            settings = settings_of(self._search, trial.params)
            trial.set_user_attr("settings", settings)
            found = RunningTrial(trial, settings)
        if trial.number not in [each.number for each in self._counting()]:
            found.abandon()  # another process was quicker
            return None
        return found

    def trials(self) -> list[Trial]:
        """Those that are over and count, by number; as many as declared once the search is done."""
        return [_over(each) for each in self._counting() if each.state.is_finished()]

    def give_up_stale(self) -> None:
        """Fails trials that have stood still for long by the clock of this process: theirs has died."""
        now = time.monotonic()
        for each in self._counting():
            if each.state != TrialState.RUNNING:
                continue
            beats = each.user_attrs.get("beats")
            before, since = self._seen.setdefault(each.number, (beats, now))
            if before != beats:
                self._seen[each.number] = beats, now
            elif now - since > self._grace:
                with quietly():
                    self._study.tell(each.number, state=TrialState.FAIL, skip_if_finished=True)

    def _every(self) -> list[FrozenTrial]:
        with quietly():
            return self._study.get_trials(deepcopy=False)

    def _counting(self) -> list[FrozenTrial]:
        alive = [each for each in self._every() if each.state != TrialState.FAIL]
        return sorted(alive, key=lambda each: each.number)[: self._search.trials]


def _over(found: FrozenTrial) -> Trial:
    about = found.user_attrs
    return Trial(
        number=found.number,
        settings=about["settings"],
        ended=about["ended"],
        accuracy=about["accuracy"],
        seconds=about["seconds"],
        note=about["note"],
    )
