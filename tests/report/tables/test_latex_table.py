import re

from hypothesis import given
from hypothesis import strategies as st

from thumblab.report.tables import latex_table

COMMANDS = r"\\(?:textbackslash|textasciitilde|textasciicircum|textless|textgreater|textbar|textquotedbl)\{\}"


@given(st.text())
def test_nothing_is_left_that_latex_would_obey(text):
    row = latex_table([{"arm": text, "n": 1}]).splitlines()[4]
    assert row.endswith(r" & 1 \\")
    inside = row.removesuffix(r" & 1 \\").removeprefix("{}")
    inside = re.sub(COMMANDS, "", inside)
    inside = re.sub(r"\\\((?:\\pm|\\times)\\\)", "", inside)
    inside = re.sub(r"\\[&%$#_{}]", "", inside)
    assert not re.search(r"[\\&%$#_{}~^]", inside)


def test_a_minus_is_a_minus_and_a_bracket_no_argument():
    text = latex_table([{"[a]": "[2]", "d": -0.25}])
    assert "{}[a] & d \\\\" in text
    assert "{}[2] & \\(-\\)0.25 \\\\" in text
    assert latex_table([]) == ""
