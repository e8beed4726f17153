"""The bugs that ``scripts/mutate`` seeds, and the tests that should notice each."""

from __future__ import annotations

from dataclasses import dataclass

LAYERS, CONTRACT = "tests/layers", "tests/contract/test_layers.py"
NETWORK = "tests/engines/numpy/test_network.py"


@dataclass(frozen=True)
class Bug:
    """``old`` in ``file`` replaced by ``new``, to be noticed by ``tests``."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


BUGS = (
    # The eight that the first contract was tried on.
    Bug(
        "BatchNorm backward without its moment terms",
        "layers/batch_norm.py",
        "    if not ctx.training:\n        return a, np.zeros_like(a), np.zeros_like(a)\n",
        "    return a, np.zeros_like(a), np.zeros_like(a)\n",
        (CONTRACT,),
    ),
    Bug(
        "biased running variance",
        "layers/batch_norm.py",
        "unbiased = variance * (count / (count - 1))",
        "unbiased = variance",
        ("tests/layers/test_batch_norm.py", CONTRACT),
    ),
    Bug(
        "variances from sums however far the mean",
        "layers/batch_norm.py",
        "FAR = 16.0",
        "FAR = np.inf",
        ("tests/layers/test_batch_norm.py",),
    ),
    Bug(
        "running averages of a single sample",
        "layers/batch_norm.py",
        "    if ctx.comm.batch > 1:",
        "    if count > 1:",
        ("tests/layers/test_batch_norm.py",),
    ),
    Bug(
        "a lost window offset",
        "kernels/pooling.py",
        "        start = first * stride + j - before\n",
        "        start = first * stride + j\n",
        ("tests/kernels/test_pooling.py", CONTRACT),
    ),
    Bug(
        "pool ties sent to the last pixel",
        "kernels/pooling.py",
        "wins.append(np.greater(candidate, best))",
        "wins.append(np.greater_equal(candidate, best))",
        ("tests/layers/test_max_pool.py", CONTRACT),
    ),
    Bug(
        "averaged bias gradient",
        "kernels/winograd.py",
        "dbias += up[tiling.center].sum(0)",
        "dbias += up[tiling.center].sum(0) / len(x)",
        ("tests/kernels/test_winograd.py", CONTRACT),
    ),
    Bug(
        "lost skip gradient",
        "layers/parallel.py",
        "[step(dy) for step in steps]\n        return _sum(back, ctx) if ctx.needs_input_grad else dy",
        "[step(dy) for step in steps]\n        return back[0]",
        (CONTRACT,),
    ),
    Bug(
        "wrong shape rule for stride 2",
        "kernels/windows.py",
        "(side + sum(pad) - kernel) // stride + 1 for side",
        "(side + sum(pad)) // stride for side",
        ("tests/kernels/test_windows.py", CONTRACT),
    ),
    Bug(
        "dropout without rescaling",
        "layers/dropout.py",
        "65536 / (65536 - threshold)",
        "1.0",
        ("tests/layers/test_dropout.py",),
    ),
    # Optimizers, loss, seeds, Winograd's matrices, split, resume, files, workers.
    Bug(
        "Adam's second moment not freed of its bias",
        "optim/adam.py",
        "(1 - optimizer.beta2**count) ** 0.5",
        "1.0",
        ("tests/contract/test_optimizers.py",),
    ),
    Bug(
        "label smoothing forgotten in the gradient",
        "losses/cross_entropy.py",
        "    dlogits -= loss.smoothing / classes\n",
        "",
        ("tests/contract/test_losses.py",),
    ),
    Bug(
        "random words that depend on the cut of the batch",
        "core/random.py",
        "first * blocks).random_raw",
        "first).random_raw",
        ("tests/core/test_random.py",),
    ),
    Bug(
        "a sign in Winograd's input transform",
        "kernels/minimal_filters.py",
        "[0, -2, -1, 2, 1, 0]",
        "[0, 2, -1, 2, 1, 0]",
        ("tests/kernels/test_minimal_filters.py",),
    ),
    Bug(
        "equal images on both sides of the split",
        "experiment/experiment.py",
        "experiment.split_seed, numbered(whole.digests)",
        "experiment.split_seed",
        ("tests/experiment/test_experiment.py",),
    ),
    Bug(
        "a resumed run that starts its epoch again",
        "training/trainer.py",
        '_COUNTERS = ("step", "seen", "correct", "images", "loss_sum", "plain_sum", "seconds")',
        '_COUNTERS = ("step", "images", "seconds")',
        ("tests/training/test_loop.py",),
    ),
    Bug(
        "an order of images that does not change between epochs",
        "data/pipeline/sampling.py",
        'stream(seed, "order", epoch).permutation(len(labels))',
        'stream(seed, "order").permutation(len(labels))',
        ("tests/training/test_loop.py",),
    ),
    Bug(
        "a checkpoint's seal that is not looked at",
        "storage/checkpoint.py",
        "    if header != _header(arrays, message):\n",
        "    if not header:\n",
        ("tests/storage/test_checkpoint.py",),
    ),
    Bug(
        "a file written in place",
        "storage/files.py",
        'temporary = path.with_name(f".{path.name[:100]}.tmp.{os.getpid()}")',
        "temporary = path",
        ("tests/storage/test_files.py",),
    ),
    Bug(
        "workers that each normalize by their own moments",
        "engines/numpy/context.py",
        "return self.shared.communicator.all_reduce(self.shared.rank, value)",
        "return np.asarray(value, np.float64)",
        (NETWORK,),
    ),
    Bug(
        "a border that a plain rule fills",
        "kernels/layout.py",
        "        target[whole, :, :, rest:] = 0\n",
        "",
        ("tests/kernels/test_layout.py", NETWORK),
    ),
    Bug(
        "validation images that are trained on",
        "experiment/experiment.py",
        'if experiment.train_on == "all":',
        "if True:",
        ("tests/experiment/test_experiment.py",),
    ),
    # Five that once survived, or were noticed by the tests of PyTorch alone.
    Bug(
        "kind 56: leaked images counted on the wrong side",
        "data/duplicates.py",
        "np.isin(digests(others), digests(images))",
        "np.isin(digests(images), digests(others))",
        ("tests/data/test_duplicates.py",),
    ),
    Bug(
        "kind 56: a resumed run on as many workers as there are cores",
        "training/trainer.py",
        "            workers = workers_of(begun)  # the same workers, the same bits\n",
        "            workers = None\n",
        ("tests/training/test_trainer.py",),
    ),
    Bug(
        "kind 56: class weights that count validation images",
        "training/trainer.py",
        "np.bincount(self.train_part.labels, minlength=width)",
        "np.bincount(dataset.train.labels, minlength=width)",
        ("tests/training/test_trainer.py",),
    ),
    Bug(
        "kind 56: an infinite validation loss that is recorded",
        "training/loop.py",
        "if not trainer.is_finite() or not all(v is None or isfinite(v) for v in line.values()):",
        "if not trainer.is_finite():",
        ("tests/training/test_trainer.py",),
    ),
    Bug(
        "kind 56: steps counted from two",
        "engines/numpy/parameters.py",
        "                    command.step + 1,",
        "                    command.step + 2,",
        ("tests/engines/numpy/test_move.py::test_the_engine_counts_the_steps_from_one",),
    ),
    Bug(
        "kind 56: steps counted from two where an optimizer looks further than one element",
        "engines/numpy/parameters.py",
        "            count=command.step + 1,\n",
        "            count=command.step + 2,\n",
        ("tests/engines/numpy/test_move.py::test_the_engine_counts_the_steps_from_one",),
    ),
)
