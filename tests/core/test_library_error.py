"""What other libraries say reaches users without their advice to load files unsafely."""

from __future__ import annotations

import io
import pickle
from pathlib import Path

import numpy as np
import pytest

from thumblab.config import import_own
from thumblab.core.errors import DataError, RunError, UsageError
from thumblab.core.library_error import LONGEST, reason
from thumblab.runs import predictions
from thumblab.storage import external_weights

ADVICE = ("weights_only", "allow_pickle", "trust_remote_code", "arbitrary code", "safe_globals")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("wrong header", "wrong header"),
        ("two\nlines  here", "two lines here"),
        ("", "ValueError"),
        ("It is broken. Pass allow_pickle=True to read it all the same.", "It is broken."),
        (
            "Do re-run torch.load with `weights_only` set to False. It may run arbitrary code.",
            "Value",
        ),
        ("a" * 1000, "a" * (LONGEST - 3) + "..."),
    ],
)
def test_sentences_that_name_a_way_round_safety_are_left_out(said: str, kept: str) -> None:
    found = reason(ValueError(said))
    assert found.startswith(kept)
    assert len(found) <= LONGEST
    assert not any(word in found for word in ADVICE)


class Gadget:
    """A pickle of it would call a function."""

    def __reduce__(self) -> tuple[object, ...]:
        return print, ("run",)


def test_a_file_of_torch_with_more_than_tensors_is_refused_without_advice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torch")
    path = tmp_path / "evil.pt"
    path.write_bytes(pickle.dumps({"weight": Gadget()}))
    with pytest.raises(DataError, match=r"evil.pt cannot be read \(.*\); give a file") as caught:
        external_weights.read_external(path, trusted=True)
    assert not any(word in str(caught.value) for word in ADVICE)
    assert capsys.readouterr().out == ""


def test_predictions_with_objects_are_refused_without_advice(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, test_logits=np.array([{}], dtype=object))
    (tmp_path / "predictions.npz").write_bytes(buffer.getvalue())
    with pytest.raises(RunError, match=r"predictions.npz is .*damaged") as caught:
        predictions.read(tmp_path / "predictions.npz")
    assert not any(word in str(caught.value) for word in ADVICE)


def test_a_users_module_that_loads_a_file_is_refused_without_advice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = "raise ValueError('No. Set allow_pickle=True.')"
    (tmp_path / "loads_a_file.py").write_text(text)
    with pytest.raises(UsageError, match=r"\(ValueError: No\. at loads_a_file\.py:1\)"):
        import_own("loads_a_file")
