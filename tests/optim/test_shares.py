from thumblab.optim import SGD, Grouped, Muon, shares

SHAPES = {"0.weight": (8, 4), "0.bias": (8,), "1.weight": (4, 8), "2.weight": (2, 2)}


def test_a_vector_is_cut_evenly_where_names_do_not_count() -> None:
    assert shares(SGD(), SHAPES, 2) == [
        {"": (slice(0, 38), (38,))},
        {"": (slice(38, 76), (38,))},
    ]


def test_pieces_end_where_weights_end_if_names_count() -> None:
    first, second = shares(Grouped(SGD(), multipliers=(("0", 2.0),)), SHAPES, 2)
    assert first == {"0.weight": (slice(0, 32), (32,)), "0.bias": (slice(32, 38), (6,))}
    assert list(second) == ["0.bias", "1.weight", "2.weight"]


def test_whole_matrices_go_where_there_is_least_to_do() -> None:
    first, second = shares(Muon(exclude=()), SHAPES, 2)
    assert first == {
        "0.weight": (slice(0, 32), (8, 4)),
        "2.weight": (slice(72, 76), (2, 2)),
        "0.bias": (slice(32, 36), (4,)),
    }
    assert second == {"1.weight": (slice(40, 72), (4, 8)), "0.bias": (slice(36, 40), (4,))}
