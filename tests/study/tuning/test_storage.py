import warnings
from pathlib import Path

import pytest

optuna = pytest.importorskip("optuna")

from thumblab.core.errors import UsageError, WriteError  # noqa: E402
from thumblab.study.search import Range, Search  # noqa: E402
from thumblab.study.tuning import Tuner  # noqa: E402
from thumblab.study.tuning.storage import open_storage, quietly  # noqa: E402


def test_a_file_is_opened_and_the_program_s_settings_stay(tmp_path: Path) -> None:
    before = optuna.logging.get_verbosity()
    open_storage(f"sqlite:///{tmp_path / 'search.sqlite'}")
    assert (tmp_path / "search.sqlite").exists()
    assert optuna.logging.get_verbosity() == before


def test_what_is_experimental_is_not_told_and_all_else_is() -> None:
    with quietly():
        warnings.warn("new", optuna.exceptions.ExperimentalWarning, stacklevel=1)
        with pytest.raises(UserWarning, match="ours"):
            warnings.warn("ours", UserWarning, stacklevel=1)


def test_a_storage_that_goes_away_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    storage = open_storage(f"sqlite:///{folder / 'search.sqlite'}")
    storage.remove_session()
    storage.engine.dispose()
    (folder / "search.sqlite").unlink()
    folder.rmdir()
    with pytest.raises(
        WriteError, match=r"cannot be reached \(.*\); trials that are over are kept"
    ):
        Tuner(storage, "small", Search((("batch", Range(1, 2)),)), epochs=1, seed=0)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("search.sqlite", "no URL of a database"),
        ("sqlite:////nowhere/at/all.sqlite", "cannot be opened .*unable to open database file"),
        ("oracle://me:hidden@host/name", "needs oracledb, which is not installed"),
        ("nothing://me:hidden@host/name", "cannot be opened"),
    ],
)
def test_a_storage_that_cannot_be_opened_is_told_without_its_password(
    url: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    with pytest.raises(UsageError, match=message) as caught:
        open_storage(url)
    assert "hidden" not in str(caught.value)
