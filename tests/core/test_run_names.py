from pathlib import Path
from typing import Any

import pytest

from thumblab.config import find_source, fit
from thumblab.core.errors import UsageError
from thumblab.core.run_names import run_names
from thumblab.experiment import InitFrom


def read(text: str) -> Any:
    return find_source(text)


def refuse(named: Path) -> Path:
    raise UsageError(f"{named} may be two runs")


def test_texts_may_name_a_run_where_an_argument_is_the_path_of_one() -> None:
    with run_names(lambda named: Path("all") / named):
        assert read("features:of=baseline,layer=3").of == "all/baseline"
        assert read("features:of=baseline,layer=3").layer == "3"
        assert read("folder:path=baseline").path == "baseline"
        with pytest.raises(UsageError, match="all/baseline is neither a run folder nor"):
            fit("pretrained:path=baseline", InitFrom)
    assert read("features:of=baseline").of == "baseline"


def test_a_path_stays_as_it_was_written_and_errors_are_the_finder_s() -> None:
    with run_names(lambda named: named):
        assert read("features:of=./a/").of == "./a/"
    with run_names(refuse), pytest.raises(UsageError, match="may be two runs"):
        read("features:of=a")
