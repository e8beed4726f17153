"""The old behavior of the faults of numerics, kinds 32 to 37; ``seeded_bugs`` has more of 33 and 34."""

from __future__ import annotations

from seeded_bugs import Bug

NUMERICS = (
    Bug(
        "kind 32: denormal numbers that stay",
        "optim/denormal.py",
        "    if count % EVERY:\n",
        "    if count:\n",
        ("tests/optim/test_denormal.py::test_a_dead_unit_leaves_nothing_denormal_in_the_state",),
    ),
    Bug(
        "kind 32: denormal running averages",
        "engines/numpy/worker.py",
        "        flush((self.store.arrays[path] for path in shared.updates), shared.step + 1)\n",
        "",
        ("tests/optim/test_denormal.py::test_a_dead_unit_leaves_nothing_denormal_in_the_state",),
    ),
    Bug(
        "kind 33: variances from sums that cancel",
        "layers/batch_norm.py",
        "    if (mean**2 > FAR * (variance + layer.eps)).any():",
        "    if not np.isfinite(mean).all():",
        (
            "tests/layers/test_batch_norm.py::test_float32_keeps_its_digits_far_from_zero",
            "tests/layers/test_batch_norm.py::"
            "test_a_fused_convolution_keeps_the_digits_of_its_batch_norm",
        ),
    ),
    Bug(
        "kind 34: batches of one that train nothing",
        "training/sizes.py",
        "    if min(experiment.batch, samples) > 1:",
        "    if min(experiment.batch, samples) > 0:",
        ("tests/training/test_sizes.py::test_batches_of_one_sample_are_refused_before_training",),
    ),
    Bug(
        "kind 34: running averages of one sample, NumPy",
        "layers/batch_norm.py",
        "    if ctx.comm.batch > 1:",
        "    if ctx.comm.batch > 0:",
        (
            "tests/training/test_sizes.py::"
            "test_a_last_batch_of_one_sample_trains_and_leaves_the_running_averages_alone",
        ),
    ),
    Bug(
        "kind 34: running averages of one sample, PyTorch",
        "engines/torch/batch_norm.py",
        "        if count > x[:1].numel() // x.shape[1]:",
        "        if count > 1:",
        (
            "tests/training/test_sizes.py::"
            "test_a_last_batch_of_one_sample_trains_and_leaves_the_running_averages_alone",
        ),
    ),
    Bug(
        "kind 35: an average that keeps its first weights",
        "optim/ema.py",
        "        return 1 - min(self.decay, count / (count + 9))",
        "        return 1 - self.decay",
        ("tests/optim/test_ema.py::test_a_short_run_forgets_its_first_weights",),
    ),
    Bug(
        "kind 35: a decay that spares no norm and no bias",
        "optim/selective_decay.py",
        "        return not any(matches(name, each) for each in self.exclude)",
        "        return True",
        ("tests/optim/test_selective_decay.py::test_only_the_weights_that_are_meant_decay",),
    ),
    Bug(
        "kind 35: weights of another normalization without a word",
        "experiment/pretrained.py",
        "        if max(moved, stretched) > SEEN:",
        "        if max(moved, stretched) > np.inf:",
        ("tests/experiment/test_pretrained.py::test_weights_that_have_seen_other_values_are_told",),
    ),
    Bug(
        "kind 36: a coarse head on values that are not standardized",
        "analysis/mappings/coarse_head.py",
        "    spread[spread < 1e-6] = 1.0  # what does not vary says nothing, and is not blown up\n",
        "    mean[:], spread[:] = 0.0, 1.0\n",
        (
            "tests/analysis/mappings/test_coarse_head.py::"
            "test_a_weak_network_is_not_held_to_one_group",
        ),
    ),
    Bug(
        "kind 37: the best epoch by accuracy whatever was named",
        "experiment/restore_best.py",
        "    return min(lines, key=lambda line: float(line[best]))",
        "    return max(lines, key=_accuracy_then_loss)",
        (
            "tests/experiment/test_restore_best.py::test_the_best_epoch_is_that_of_the_measure_named",
        ),
    ),
)
