import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thumblab.report.tables import markdown_table


@given(st.text(), st.text())
def test_a_cell_never_leaves_its_column_or_line(name, cell):
    lines = markdown_table([{name: cell, name + "2": 1}]).removesuffix("\n").splitlines()
    assert len(lines) == 3
    for line in lines:
        assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) == 3


@pytest.mark.parametrize(
    "text", ["a|b", "*a*", "<script>", "`x`", "[a](b)", "$x$", "&lt;b&gt;", "a\\|b"]
)
def test_markup_shows_as_text(text):
    markdown = pytest.importorskip("markdown_it").MarkdownIt().enable("table")
    page = markdown.render(markdown_table([{"arm": text}]))
    shown = re.search("<tbody>.*<td[^>]*>(.*)</td>", page, re.DOTALL)[1]
    assert shown == text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def test_numbers_stand_at_the_right():
    assert markdown_table([{"a": 1, "b": "x"}]).splitlines()[1] == "|---:|:---|"
    assert markdown_table([]) == ""
