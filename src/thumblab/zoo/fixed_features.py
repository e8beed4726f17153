"""Features that do not train, then a multilayer perceptron: "FE + MLP" and "FE + DR + MLP" of report R0.

The report names the two and expands neither; FE is read as feature extraction, DR as reduction of the
dimensions. Features are hand-made (histograms of oriented gradients in blocks of 8 pixels, and a histogram
of each color channel: on 3x32x32 49 blocks of 36 and 24 values, 1788 in all) or those of a trained
network. They are brought to mean 0 and variance 1, in the second kind of system then projected on the
axes along which training images vary most; both are fitted to training images before training. The
histograms of color count from -2 to 2, so images are to be normalized to about that, as they are by default.

``embedding_mlp`` and ``embedding_dr_mlp`` read the 64 pooled features of a residual network of the family
``resnet``, frozen. From a run of that one they start with ``pretrained:path=RUN,target_prefix=0.layer``.
"""

from __future__ import annotations

from thumblab.core.layer import Layer
from thumblab.layers import (
    ColorHistogram,
    Dense,
    Flatten,
    Frozen,
    HistogramOfGradients,
    Parallel,
    PCAProjection,
    ReLU,
    Sequential,
    StandardScaler,
)
from thumblab.zoo.resnet import resnet


def fe_mlp(classes: int, hidden: tuple[int, ...] = (512,), cell: int = 4, bins: int = 8) -> Layer:
    """Hand-made features, then dense layers.

    Args:
        classes: Logits.
        hidden: Units of the dense layers before the logits.
        cell: Side of a cell of the histograms of gradients, in pixels.
        bins: Bins of the color histogram a channel.
    """
    return Sequential(_hand_made(cell, bins), StandardScaler(), *_perceptron(classes, hidden))


def fe_dr_mlp(
    classes: int,
    axes: int = 256,
    hidden: tuple[int, ...] = (512,),
    cell: int = 4,
    bins: int = 8,
) -> Layer:
    """``fe_mlp`` with the features on their first ``axes`` principal axes, standardized again."""
    reduced = PCAProjection(axes), StandardScaler()
    return Sequential(
        _hand_made(cell, bins), StandardScaler(), *reduced, *_perceptron(classes, hidden)
    )


def embedding_mlp(
    classes: int,
    hidden: tuple[int, ...] = (512,),
    depth: int = 20,
    widths: tuple[int, ...] = (16, 32, 64),
) -> Layer:
    """The frozen features of ``resnet(depth, widths)``, then dense layers of ``hidden`` units."""
    return Sequential(_embedding(depth, widths), StandardScaler(), *_perceptron(classes, hidden))


def embedding_dr_mlp(
    classes: int,
    axes: int = 32,
    hidden: tuple[int, ...] = (512,),
    depth: int = 20,
    widths: tuple[int, ...] = (16, 32, 64),
) -> Layer:
    """``embedding_mlp`` with the features on their first ``axes`` principal axes."""
    reduced = StandardScaler(), PCAProjection(axes), StandardScaler()
    return Sequential(_embedding(depth, widths), *reduced, *_perceptron(classes, hidden))


def _hand_made(cell: int, bins: int) -> Layer:
    edges = Sequential(HistogramOfGradients(cell=cell), Flatten())
    return Parallel(edges, ColorHistogram(bins), merge="concat")


def _embedding(depth: int, widths: tuple[int, ...]) -> Layer:
    model = resnet(1, depth, widths)
    assert isinstance(model, Sequential)
    return Frozen(Sequential(*model.layers[:-1]))


def _perceptron(classes: int, hidden: tuple[int, ...]) -> list[Layer]:
    stages = [layer for units in hidden for layer in (Dense(units), ReLU())]
    return [*stages, Dense(classes)]
