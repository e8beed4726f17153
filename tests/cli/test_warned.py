"""What the library warns of: one line on standard error and an entry in JSON, each once."""

import json
import warnings

from thumblab.cli.output import answer, say
from thumblab.cli.warned import collecting, warned


def test_a_warning_is_one_line_once_and_an_entry_in_json(capfd) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # as python -W error has it
        with collecting(say):
            for _ in range(3):
                warnings.warn("the picture is\nblack", stacklevel=1)
            answer({"top": 1}, "", as_json=True)
    out, err = capfd.readouterr()
    assert err == "thumblab: the picture is black\n"
    assert json.loads(out) == {"top": 1, "warnings": ["the picture is black"]}


def test_a_progress_bar_may_print_it_instead(capfd) -> None:
    lines: list[str] = []
    with collecting(say):
        with warned().through(lines.append):
            warnings.warn("one", stacklevel=1)
        warnings.warn("two", stacklevel=1)
    assert lines == ["thumblab: one"]
    assert capfd.readouterr().err == "thumblab: two\n"
