import pytest

from thumblab.core.errors import UsageError
from thumblab.report.tables import write_table


@pytest.mark.parametrize(("name", "begin"), [("t.csv", b"arm"), ("t.JSON", b"["), ("t.md", b"| arm"),
                                             ("t.tex", b"\\begin{tabular}")])  # fmt: skip
def test_the_suffix_names_the_format(tmp_path, name, begin):
    written = write_table([{"arm": "plain \ud800"}], tmp_path / "new" / name)
    content = (tmp_path / "new" / name).read_bytes()
    assert content.startswith(begin)
    assert len(content) == written


def test_another_suffix_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"'.xls' is no format of a table; give .* or .tex"):
        write_table([], tmp_path / "t.xls")
