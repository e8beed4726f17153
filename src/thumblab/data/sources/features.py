"""Features that a trained network makes of another data set; ``thumblab.training`` reads them."""

from __future__ import annotations

from dataclasses import dataclass, field

from thumblab.core.run_names import RUN
from thumblab.data.sources.characters import Characters
from thumblab.data.sources.dataset_spec import DatasetSpec, class_count


@dataclass(frozen=True)
class Features(DatasetSpec):
    """What a trained network computes of another data set's images, each a row of float32 values.

    They are computed once and kept beside the network's weights. Labels, classes and groups are those
    of the images.

    Attributes:
        of: The network: a run's folder, or a weights file of thumblab's. Where it lies does not
            identify the data, what it computes does.
        layer: Path of the layer whose output is taken, such as ``12`` or ``1.layer.3``; empty for
            the logits.
        data: The images.
    """

    of: str = field(default="", compare=False, metadata={RUN: True})
    layer: str = ""
    data: DatasetSpec = Characters()


class_count.register(Features, lambda source: class_count(source.data))
