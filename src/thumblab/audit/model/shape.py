"""Whether an architecture suits images of this size."""

from __future__ import annotations

from collections.abc import Iterator

from thumblab.audit.examined import Examined
from thumblab.audit.formatting import some
from thumblab.audit.model.head import from_the_end, shape_of
from thumblab.audit.rule import Observation, rule
from thumblab.audit.subject import Subject
from thumblab.core.layer import walk
from thumblab.core.text import size
from thumblab.layers import Conv, Dense, Dropout, Flatten, Identity

THUMBNAIL = 64
STEM = 4
"""An image that is smaller by this factor before its second convolution has lost its details."""
FEWEST = 5
EARLY = 0.7


@rule(
    code="M06",
    severity="note",
    title="Two linear layers in a row",
    trigger="Two convolutions or dense layers follow each other directly, dropout and flattening not "
    "counted. Silent for grouped convolutions, behind which one of 1x1 mixes the channels.",
    why="Together they compute what one of them can; the activation was probably forgotten.",
    remedy="Put an activation between them, or make them one.",
    source="Nikanjam et al. 2021, NeuraLint, arXiv:2105.08095.",
)
def linear_sandwich(subject: Subject) -> Iterator[Observation]:
    """The first run of each arm."""
    for each in subject.first_of_each_arm:
        pairs, behind = [], ""
        for path, layer in from_the_end(each.experiment.model):
            grouped = isinstance(layer, Conv) and layer.groups > 1
            if isinstance(layer, Conv | Dense) and not grouped:
                pairs += [f"{path} and {behind}"] if behind else []
                behind = path
            elif not isinstance(layer, Flatten | Dropout | Identity):
                behind = ""
        if pairs:
            yield Observation(
                each.name,
                f"nothing but linear layers at {some(pairs)}",
                {"pairs": pairs},
            )


def _read_by_convolutions(run: Examined) -> list[tuple[str, tuple[int, ...]]]:
    """Path and shape of what each convolution reads, in the order data flow."""
    leaves = walk(run.experiment.model, shape_of(run))
    return [(path.rstrip("."), shape) for path, layer, shape in leaves if isinstance(layer, Conv)]


@rule(
    code="M07",
    severity="warning",
    title="A stem for large photographs",
    trigger="Images of at most 64 pixels are smaller by four in height before the second convolution.",
    why="Such a stem was made for 224 pixels; of a thumbnail it leaves a few pixels before anything "
    "was learned.",
    remedy="Begin with a 3x3 convolution of stride 1 and without a pool.",
    source="timm issue 2481 (16 points on CIFAR-10); He et al. 2015, arXiv:1512.03385, section 4.2.",
)
def photograph_stem(subject: Subject) -> Iterator[Observation]:
    """The first run of each arm; what a network enlarges first is as large as it makes it."""
    for each in subject.first_of_each_arm:
        if each.kept is None or len(shape_of(each)) != 3 or max(shape_of(each)[1:]) > THUMBNAIL:
            continue
        convolutions = _read_by_convolutions(each)
        if len(convolutions) < 2:
            continue
        (_, first), (path, second) = convolutions[:2]
        if first[1] >= STEM * second[1]:
            yield Observation(
                each.name,
                f"the second convolution, at {path}, reads {size(second)} of an image of {size(first)}",
                {"path": path, "first": list(first), "second": list(second)},
            )


@rule(
    code="M08",
    severity="note",
    title="One pixel too early",
    trigger="More than 70 % of at least five convolutions of more than one pixel read maps of 1x1.",
    why="A convolution over one pixel sees padding everywhere but in its middle.",
    remedy="Pool less, or later.",
    source="Nikanjam et al. 2021, NeuraLint, arXiv:2105.08095.",
)
def one_pixel_early(subject: Subject) -> Iterator[Observation]:
    """The first run of each arm."""
    for each in subject.first_of_each_arm:
        if each.kept is None or len(shape_of(each)) != 3:
            continue
        leaves = walk(each.experiment.model, shape_of(each))
        read = [shape for _, leaf, shape in leaves if isinstance(leaf, Conv) and leaf.kernel != 1]
        single = sum(shape[1:] == (1, 1) for shape in read)
        if len(read) >= FEWEST and single > EARLY * len(read):
            yield Observation(
                each.name,
                f"{single} of {len(read)} convolutions read a single pixel",
                {"single": single, "convolutions": len(read)},
            )
