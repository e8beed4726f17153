import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from thumblab.report.figures.spread import spread

PLACES = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@given(PLACES, st.floats(0, 0.5))
def test_labels_keep_apart_in_order_and_inside(wanted, gap):
    places = spread(np.array(wanted), gap, 0.0, 1.0)
    order = np.argsort(wanted, kind="stable")
    room = min(gap, 1 / max(len(wanted) - 1, 1))
    assert (np.diff(places[order]) >= room - 1e-9).all()
    assert (places >= -1e-9).all()
    assert (places <= 1 + 1e-9).all()


def test_what_has_room_stays_where_it_is():
    assert np.allclose(spread(np.array([0.9, 0.1]), 0.2), [0.9, 0.1])
    assert np.allclose(spread(np.array([0.5, 0.5, 0.5]), 0.1), [0.4, 0.5, 0.6])
