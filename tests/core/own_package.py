"""Modules of a user's: a layer, loss, optimizer, augmentation and reader, spread over a package."""

from __future__ import annotations

from pathlib import Path

FILES = {
    "mine/__init__.py": "",
    "mine/numbers.py": "GAIN = 1.5\n",
    "mine/layers.py": """
from __future__ import annotations
from dataclasses import dataclass
from thumblab.core.layer import Layer
from thumblab.core.rules import forward
from .numbers import GAIN

@dataclass(frozen=True)
class Gain(Layer):
    by: float = GAIN

@forward.register
def gain(layer: Gain, x, ctx):
    import mine_late
    by = x.dtype.type(layer.by * mine_late.ONE)
    return x * by, lambda dy: dy * by
""",
    "mine_late.py": "ONE = 1.0\n",
    "mine/losses.py": """
from __future__ import annotations
from dataclasses import dataclass
from thumblab.losses import CrossEntropy, loss_and_grad

@dataclass(frozen=True)
class Halved(CrossEntropy):
    pass

@loss_and_grad.register
def halved(loss: Halved, logits, targets, part):
    value, dy = loss_and_grad.dispatch(CrossEntropy)(CrossEntropy(), logits, targets, part)
    return value / 2, dy / 2
""",
    "mine_optimizer.py": """
from __future__ import annotations
from dataclasses import dataclass
from thumblab.optim import SGD, Schedule

@dataclass(frozen=True)
class Slow(SGD):
    rate: float | Schedule = 0.01
""",
    "mine_augmentation.py": """
from __future__ import annotations
from dataclasses import dataclass
from thumblab.data import Augmentation
from thumblab.data.pipeline.augment import augment

@dataclass(frozen=True)
class Darker(Augmentation):
    @property
    def draws(self):
        return 0

@augment.register
def darker(change: Darker, images, words):
    return images - images // 8
""",
    "mine_reader.py": """
from __future__ import annotations
from dataclasses import dataclass
import numpy as np
from thumblab.data import Dataset, Split, DatasetSpec, read

@dataclass(frozen=True)
class Noise(DatasetSpec):
    each: int = 12

@read.register
def noise(source: Noise, root=None):
    random = np.random.default_rng(0)
    def part(n):
        labels = np.arange(n) % 2
        images = random.integers(0, 99, (n, 6, 6, 1)) + 99 * labels[:, None, None, None]
        return Split(images.astype(np.uint8), labels.astype(np.int64))
    return Dataset("noise", part(2 * source.each), part(source.each), ("dark", "light"))
""",
    "mine_rule.py": """
from mine_reader import Noise
from thumblab.data.sources.dataset_spec import distribution

@distribution.register
def nothing(source: Noise):
    return None
""",
    "mine_experiment.py": """
from thumblab import Experiment
from thumblab.layers import Dense, Flatten, Sequential
from mine.layers import Gain
from mine.losses import Halved
from mine_optimizer import Slow
from mine_augmentation import Darker
from mine_reader import Noise
import mine_rule
import mine_elsewhere

experiment = Experiment(
    Noise(), Sequential(Flatten(), Gain(), Dense(2)), optimizer=Slow(), loss=Halved(),
    augment=(Darker(),), epochs=1, batch=8, validation=0.25,
)
""",
    "mine_elsewhere.py": "NOT_NAMED = 1\n",
}
NAMED = (
    "mine",
    "mine.layers",
    "mine.losses",
    "mine.numbers",
    "mine_augmentation",
    "mine_late",
    "mine_optimizer",
    "mine_reader",
    "mine_rule",
)
"""Modules that the experiment depends on."""


def write(folder: Path) -> None:
    """Writes them into a folder."""
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
