import json
import sys
import threading
from pathlib import Path
from urllib.request import urlopen

import pytest

pytest.importorskip("optuna_dashboard")

from thumblab.core.errors import UsageError
from thumblab.study.dashboard import serve
from thumblab.study.search import Range, Search
from thumblab.study.searching import storage_url
from thumblab.study.tuning import Tuner, open_storage

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the dashboard's own


@pytest.fixture
def searched(tmp_path: Path) -> Path:
    search = Search((("batch", Range(8, 64, whole=True)),), trials=1)
    tuner = Tuner(open_storage(storage_url(tmp_path)), "small/plain", search, epochs=1, seed=0)
    trial = tuner.ask()
    assert trial is not None
    trial.end("done", 0.5)
    return tmp_path


def test_trials_are_shown_on_this_machine_alone(searched: Path) -> None:
    with serve(searched, port=0) as server:
        assert server.server_address[0] == "127.0.0.1"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}"
        try:
            with urlopen(f"{address}/dashboard") as page:
                assert b"<html" in page.read()
            with urlopen(f"{address}/api/studies") as answer:
                (found,) = json.load(answer)["study_summaries"]
        finally:
            server.shutdown()
            thread.join()
    assert found["study_name"] == "small/plain"


def test_what_cannot_be_shown_is_told(
    searched: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match=r"there are no trials in .*; search first"):
        serve(tmp_path_factory.mktemp("none"))
    with (
        serve(searched, port=0) as server,
        pytest.raises(UsageError, match=r"cannot be opened .* choose another"),
    ):
        serve(searched, port=server.server_port)
    with pytest.raises(UsageError, match="port 99999"):
        serve(searched, port=99999)
    monkeypatch.setitem(sys.modules, "optuna_dashboard", None)
    with pytest.raises(UsageError, match=r"pip install 'thumblab\[dashboard\]'"):
        serve(searched)
