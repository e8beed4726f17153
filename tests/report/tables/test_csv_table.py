import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from thumblab.report.tables import csv_table

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)))
NUMBER = st.integers() | st.floats(allow_nan=False)


@given(st.lists(TEXT, min_size=1, unique=True), st.data())
def test_every_text_and_number_is_read_as_it_was(names, data):
    row = st.fixed_dictionaries(dict.fromkeys(names, TEXT | NUMBER))
    rows = data.draw(st.lists(row, min_size=1, max_size=4))
    head, *read = csv.reader(io.StringIO(csv_table(rows), newline=""))
    assert sorted(head) == sorted(names)
    for cells, row in zip(read, rows, strict=True):
        for name, text in zip(head, cells, strict=True):
            value = row[name]
            assert (text if isinstance(value, str) else type(value)(text)) == value


def test_gaps_are_empty_and_no_row_is_no_line():
    assert csv_table([{"a": None, "b": True}, {"a": 1}]) == "a,b\r\n,true\r\n1,\r\n"
    assert csv_table([]) == ""
