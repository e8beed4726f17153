"""AlexNet in torchvision's layout, and report R4's transfers from it.

Source: Krizhevsky 2014, arXiv:1404.5997, as torchvision has it: ``features`` of five convolutions (11x11
of stride 4, 5x5, three of 3x3) with ReLU and three 3x3 max-pools of stride 2, 3x224x224 to 256x6x6; an
adaptive mean to 6x6; ``classifier`` 9216 -> 4096 -> 4096 -> classes. For 1000 classes 61,100,840 parameters.
Images are first resized to ``size``, 224 as published, where R4 resizes to 256 and takes the middle; 63 is
the smallest, where the features are 256x1x1.

A file of torchvision's weights has our names but for the first part: ``features.10.weight`` is
``1.10.weight`` here and ``classifier.6.weight`` is ``4.6.weight``, so that ``thumblab convert`` reads it with
``--model alexnet --rename features=1,classifier=4 --normalize
mean_std:mean=0.485-0.456-0.406,std=0.229-0.224-0.225``, the pixels that its weights have learned from.

R4 freezes the features and trains a "regressor" of 9216 -> 4096 -> 1024 -> classes with cross-entropy,
41,958,410 parameters for 10 classes. Its skip connection is meant to lead from the fifth convolution (index
10) through a 1x1 convolution and a mean to 6x6 past the last pool. Published is another: it leads from the
fourth (index 8), before its ReLU, and the 1x1 convolution exists but is never called. From the weights
``w``, a run of ``alexnet`` or a file, they start with

    alexnet_regressor, alexnet_skip
        pretrained:path=w,source_prefix=1,target_prefix=1.layer
    alexnet_skip_published
        pretrained:path=w,source_prefix=1,target_prefix=1.layer
        +pretrained:path=w,source_prefix=1.10,target_prefix=2.0.layer.1

where a file of torchvision's has ``features`` for ``1``. To train on features that were computed once, take
``features:of=w,layer=2,data=...`` for data and ``mlp:hidden=4096-1024``, the regressor alone, for model, with
``normalize="raw"``, since the regressor behind the features reads them as they are.
"""

from __future__ import annotations

from thumblab.core.errors import UsageError
from thumblab.core.layer import Layer
from thumblab.layers import (
    AdaptiveAvgPool,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Frozen,
    MaxPool,
    Parallel,
    ReLU,
    Resize,
    Sequential,
    Unused,
)

WIDTHS = (64, 192, 384, 256, 256)
"""Channels of the five convolutions."""
REGRESSOR = (4096, 1024)
SMALLEST = 63


def alexnet(
    classes: int,
    size: int = 224,
    widths: tuple[int, ...] = WIDTHS,
    dense: int = 4096,
    dropout: float = 0.5,
) -> Layer:
    """The whole network, all of it trained.

    Args:
        classes: Logits.
        size: Side that images are resized to, in pixels; at least 63.
        widths: Channels of the five convolutions.
        dense: Units of the two dense layers before the logits.
        dropout: Share dropped before each of those.
    """
    classifier = Sequential(
        *(Dropout(dropout), Dense(dense), ReLU()),
        *(Dropout(dropout), Dense(dense), ReLU()),
        Dense(classes),
    )
    features = Sequential(*_features(widths))
    return Sequential(_resized(size), features, AdaptiveAvgPool(6), Flatten(), classifier)


def alexnet_regressor(
    classes: int,
    size: int = 224,
    widths: tuple[int, ...] = WIDTHS,
    hidden: tuple[int, ...] = REGRESSOR,
) -> Layer:
    """R4 without skip: frozen features and a trained regressor.

    Args:
        classes: Logits.
        size: Side that images are resized to, in pixels; at least 63.
        widths: Channels of the five convolutions.
        hidden: Units of the regressor's dense layers before the logits.
    """
    features = Frozen(Sequential(*_features(widths)))
    return Sequential(_resized(size), features, AdaptiveAvgPool(6), *_regressor(classes, hidden))


def alexnet_skip(
    classes: int,
    size: int = 224,
    widths: tuple[int, ...] = WIDTHS,
    hidden: tuple[int, ...] = REGRESSOR,
) -> Layer:
    """R4's skip as meant: from the fifth convolution, through a trained 1x1 convolution.

    The mean comes before the 1x1 convolution, which is the same and costs less. Arguments are those
    of ``alexnet_regressor``.
    """
    features = _features(widths)
    trunk, rest = Frozen(Sequential(*features[:11])), Sequential(*features[11:], AdaptiveAvgPool(6))
    skip = Sequential(AdaptiveAvgPool(6), Conv(widths[-1], 1))
    return Sequential(_resized(size), trunk, Parallel(rest, skip), *_regressor(classes, hidden))


def alexnet_skip_published(
    classes: int,
    size: int = 224,
    widths: tuple[int, ...] = WIDTHS,
    hidden: tuple[int, ...] = REGRESSOR,
) -> Layer:
    """R4's skip as published: from the fourth convolution; the 1x1 convolution is never called.

    Its weights count as trained, and decay where the optimizer makes weights decay. Arguments are those of
    ``alexnet_regressor``; the last two widths have to be equal.
    """
    features = _features(widths)
    trunk = Frozen(Sequential(*features[:9]))
    body = Frozen(Sequential(*features[9:], AdaptiveAvgPool(6)))
    skip = Sequential(Unused(Conv(widths[-1], 1)), AdaptiveAvgPool(6))
    return Sequential(_resized(size), trunk, Parallel(body, skip), *_regressor(classes, hidden))


def _resized(size: int) -> Layer:
    if size < SMALLEST:
        raise UsageError(
            f"AlexNet's pools leave nothing of {size} pixels; resize to {SMALLEST} or more, 224 as "
            "published"
        )
    return Resize(size)


def _features(widths: tuple[int, ...]) -> list[Layer]:
    if len(widths) != len(WIDTHS):
        raise UsageError(f"AlexNet has {len(WIDTHS)} convolutions; widths {widths} are not as many")
    first, second, third, fourth, fifth = widths
    return [
        *(Conv(first, 11, 4, 2), ReLU(), MaxPool(3, 2)),
        *(Conv(second, 5, 1, 2), ReLU(), MaxPool(3, 2)),
        *(Conv(third, 3, 1, 1), ReLU()),
        *(Conv(fourth, 3, 1, 1), ReLU()),
        *(Conv(fifth, 3, 1, 1), ReLU(), MaxPool(3, 2)),
    ]


def _regressor(classes: int, hidden: tuple[int, ...]) -> list[Layer]:
    stages = [layer for units in hidden for layer in (Dense(units), ReLU())]
    return [Flatten(), *stages, Dense(classes)]
