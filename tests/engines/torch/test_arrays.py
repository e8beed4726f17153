from __future__ import annotations

import numpy as np
import pytest
import torch

from thumblab.engines.torch.arrays import as_array, channels_first, copy


@pytest.mark.parametrize("channels", [1, 3])
def test_images_are_laid_out_as_asked_and_no_other_way(channels: int) -> None:
    x = torch.rand(2, 5, 4, channels)
    first = channels_first(x)
    assert torch.equal(first, x.permute(0, 3, 1, 2))
    conv = torch.nn.Conv2d(channels, 6, 3)
    for layout in (torch.contiguous_format, torch.channels_last):
        y = conv.to(memory_format=layout)(first.contiguous(memory_format=layout))
        assert y.is_contiguous(memory_format=layout)


def test_arrays_come_back_as_they_went() -> None:
    array = np.arange(6.0).reshape(2, 3)[:, ::-1]
    tensor = torch.zeros(3, 2, dtype=torch.float64).T
    copy(array, tensor)
    np.testing.assert_array_equal(as_array(tensor), array)
