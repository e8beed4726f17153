import json
import math

from hypothesis import given
from hypothesis import strategies as st

from thumblab.report.tables import json_table

CELL = (
    st.none()
    | st.booleans()
    | st.text()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
)


@given(st.lists(st.dictionaries(st.text(), CELL, max_size=5), max_size=5))
def test_rows_are_read_as_they_were(rows):
    assert json.loads(json_table(rows)) == rows


def test_what_is_no_number_is_null():
    assert json.loads(json_table([{"a": math.nan, "b": -math.inf}])) == [{"a": None, "b": None}]
