from __future__ import annotations

import json

import numpy as np
import pytest

from tests.report import grouped
from tests.report.conftest import Writer, dataset_of
from thumblab.core.errors import RunError
from thumblab.report.cloud import IMAGES, cloud
from thumblab.runs import Run


def test_points_are_those_of_the_first_components(networks: tuple[Run, Run]) -> None:
    found = cloud(networks[0], grouped.dataset(), [3, 1])
    held = len(networks[0].predictions["validation_labels"])
    assert found.images == min(IMAGES, held)
    assert found.layer == "2"
    for told, made in ((found.data["before"], found.before), (found.data["after"], found.after)):
        points = np.array(told["points"])
        scale = made.points[:, :3].std() / points.std()
        np.testing.assert_allclose(points * scale, made.points[:, :3], atol=1e-3 * scale)
        assert np.mean(np.linalg.norm(points, axis=1) <= 1.001) >= 0.97
        assert told["explained"] == made.explained.tolist()
    assert found.data["shown"] == [3, 1]
    assert len(found.data["labels"]) == found.images
    assert found.mosaic is not None
    json.dumps(found.data, allow_nan=False)


def test_a_run_without_weights_has_no_cloud(write_run: Writer) -> None:
    dataset = dataset_of(("a", "b"))
    with pytest.raises(RunError):
        cloud(write_run(dataset), dataset, [])
