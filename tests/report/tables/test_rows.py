from thumblab.report.tables.rows import for_people, heads, numeric


def test_columns_come_in_the_order_in_which_they_are_met():
    assert heads([{"b": 1}, {"a": 2, "b": 3}]) == ["b", "a"]
    assert heads([]) == []


def test_a_column_of_numbers_may_have_gaps_but_no_words():
    rows = [{"n": 1, "w": "x", "t": True, "g": None}, {"n": None, "w": 2.0}]
    assert [numeric(rows, name) for name in ("n", "w", "t", "g")] == [True, False, False, False]


def test_numbers_read_without_needless_exponents():
    told = [for_people(each) for each in (83521.7, 0.5, 1e-9, -12.345678, float("nan"), False)]
    assert told == ["83522", "0.5", "1e-09", "-12.35", "–", "no"]
