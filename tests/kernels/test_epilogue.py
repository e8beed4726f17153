import numpy as np
import pytest

from tests.kernels.blocks import blocked, fresh, plain
from thumblab.kernels import winograd
from thumblab.kernels.epilogue import Epilogue


@pytest.mark.parametrize("strip", [1, 4000, 10**6])
def test_every_pixel_passes_each_hook_once(monkeypatch: pytest.MonkeyPatch, strip: int) -> None:
    monkeypatch.setattr(winograd, "STRIP", strip)
    rng = np.random.default_rng(0)
    x, dy = (blocked(rng.standard_normal((40, 4, 9, 9))) for _ in range(2))
    weight, memory = rng.standard_normal((4, 4, 3, 3)), fresh()
    seen = {name: np.zeros((3, 9), int) for name in ("after", "upstream", "after_back")}

    def count(name: str):  # type: ignore[no-untyped-def]
        def note(array: np.ndarray, blocks: slice, rows: slice) -> None:
            assert np.isfinite(array[blocks, rows.start + 1 : rows.stop + 1]).all()
            seen[name][blocks, rows] += 1

        return note

    def upstream(gradient: np.ndarray, blocks: slice) -> np.ndarray:
        seen["upstream"][blocks] += 1
        return 2 * gradient[blocks]

    plain_y, plain_back = winograd.convolve(x, weight, None, 4, memory)
    wanted = plain(plain_back(2 * dy, True)[0], 40)
    epilogue = Epilogue(count("after"), upstream, count("after_back"))
    y, back = winograd.convolve(x, weight, None, 4, memory, epilogue)
    np.testing.assert_array_equal(plain(y, 40), plain(plain_y, 40))
    np.testing.assert_allclose(plain(back(dy, True)[0], 40), wanted, atol=1e-12)
    for name, times in seen.items():
        assert (times == 1).all(), name
