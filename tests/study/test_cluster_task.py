from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.study.small import datasets, experiment
from thumblab.core.errors import UsageError
from thumblab.core.value import to_dict
from thumblab.study.cluster_task import _is_wanted, _train, train_cell
from thumblab.study.event import Event
from thumblab.study.queue import is_done
from thumblab.study.worker import orders_for

(DATA,) = datasets().values()
NAME = experiment().key(DATA.fingerprint)[:12]


def orders(runs: Path, epochs: int = 1) -> str:
    value = to_dict(experiment()) | {"epochs": epochs}
    name = NAME if epochs == 1 else "0" * 12
    return orders_for({name: value}, runs, number=0, workers=1, root=None, modules=[], grace=None)


def test_a_cell_is_trained_in_a_process_and_told_of(tmp_path: Path) -> None:
    seen: list[Event] = []
    last = _train(orders(tmp_path / "runs"), tmp_path / "log", seen.append, lambda: True)
    assert (last.kind, last.cell) == ("done", NAME)
    assert "epoch" in [event.kind for event in seen]
    assert is_done(tmp_path / "runs", NAME)


def test_a_process_that_dies_is_told_with_what_it_said(tmp_path: Path) -> None:
    last = _train("nonsense\n", tmp_path / "log", print, lambda: True)
    assert last.kind == "lost"
    assert "its process ended with exit code 1" in last.message
    assert "JSONDecodeError" in last.message


def test_a_task_that_is_not_wanted_any_more_stops_its_process(tmp_path: Path) -> None:
    last = _train(orders(tmp_path / "runs"), tmp_path / "log", print, lambda: False)
    assert last.kind in ("lost", "stopped")  # before or after it began
    assert not is_done(tmp_path / "runs", NAME)


@pytest.mark.parametrize(
    ("state", "status", "wanted"),
    [
        ("executing", "running", True),
        ("cancelled", "running", False),
        ("executing", "closing", False),
        (None, "running", False),
    ],
)
def test_dask_says_whether_a_task_is_wanted(state: str | None, status: str, wanted: bool) -> None:
    tasks = {} if state is None else {"a": SimpleNamespace(state=state)}
    worker = SimpleNamespace(
        state=SimpleNamespace(tasks=tasks), status=SimpleNamespace(name=status)
    )
    assert _is_wanted(worker, "a") is wanted


def test_another_engine_is_refused() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(UsageError, match="install the same thumblab on all machines"):
        train_cell(NAME, {}, None, [], {"engine": -1, "topic": ""})
