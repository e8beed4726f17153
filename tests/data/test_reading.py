from thumblab.data.reading import Reading, listed


def test_most_frequent_suffixes_come_first() -> None:
    passed = {".txt": 2, ".tif": 2, "": 1, ".pdf": 1200}
    assert Reading(passed_over=passed).left_out == "1,200 .pdf, 2 .tif, 2 .txt, 1 without suffix"
    assert Reading().left_out == ""


def test_a_long_list_is_cut_and_counted() -> None:
    assert listed(["a", "b"]) == "\n  a\n  b"
    assert listed(["a", "b", "c"], 1) == "\n  a\n  and 2 more"
