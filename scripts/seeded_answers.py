"""The old behavior of the faults that gave wrong answers without a word, kinds 1 to 15."""

from __future__ import annotations

from seeded_bugs import Bug

ANSWERS = (
    Bug(
        "kind 1: classes matched by position",
        "evaluation/class_names.py",
        "    return np.array([index or 0 for index in found], np.int64)[labels]",
        "    return labels",
        (
            "tests/evaluation/test_class_names.py::"
            "test_the_same_classes_in_any_order_are_the_same_classes",
        ),
    ),
    Bug(
        "kind 1: classes of other names scored as the network's",
        "evaluation/class_names.py",
        "    if strange := [name for name, index in zip(data, found, strict=True) if index is None]:",
        "    if strange := list(data[len(network) :]):",
        (
            "tests/evaluation/test_class_names.py::"
            "test_other_classes_are_refused_with_both_lists_and_no_evaluation_is_noted",
        ),
    ),
    Bug(
        "kind 2: a run's data read again and believed",
        "evaluation/compatible.py",
        '    if run.about["fingerprint"] != dataset.fingerprint:',
        "    if not dataset.classes:",
        ("tests/evaluation/test_run_data.py::test_data_that_have_changed_are_refused",),
    ),
    Bug(
        "kind 2: spellings of a path that are several runs",
        "core/value.py",
        "    return field.compare and LOCATES not in field.metadata",
        "    return field.compare",
        ("tests/evaluation/test_run_data.py::test_spellings_of_one_path_are_one_run",),
    ),
    Bug(
        "kind 2: a moved folder that must have its old name",
        "evaluation/run_data.py",
        "        if moved:\n",
        "        if not moved:\n",
        (
            "tests/evaluation/test_run_data.py::"
            "test_a_folder_that_was_moved_may_be_given_under_any_name",
        ),
    ),
    Bug(
        "kind 3: code that is no part of a run's key",
        "experiment/experiment.py",
        "    whole = [identity, fingerprint, engine, sources]",
        "    whole = [identity, fingerprint, engine]",
        ("tests/core/test_source_text.py::test_one_character_of_any_of_them_changes_the_key",),
    ),
    Bug(
        "kind 3: imports of the user's code left out of the key",
        "core/source_text.py",
        "        if each not in found and _is_users(each, name):",
        "        if not found:",
        ("tests/core/test_source_text.py::test_one_character_of_any_of_them_changes_the_key",),
    ),
    Bug(
        "kind 3: classes of a script that no later process finds",
        "core/source_text.py",
        '    if kind.__module__ == "__main__":',
        '    if kind.__module__ == "":',
        (
            "tests/core/test_source_text.py::"
            "test_classes_that_no_later_process_would_find_are_refused",
        ),
    ),
    Bug(
        "kind 3: code that a run does not keep",
        "runs/own_code.py",
        '        files.write(folder / _place(name, texts), text, name="source")\n',
        "        _place(name, texts)\n",
        (
            "tests/runs/test_own_code.py::"
            "test_who_trained_it_opens_it_from_any_folder_after_the_file_is_gone",
        ),
    ),
    Bug(
        "kind 4: arrays recorded as another data set",
        "data/sources/origin.py",
        "    if dataset.source is not None and _same(dataset.source, source):",
        "    if dataset.source is None or _same(dataset.source, source):",
        (
            "tests/data/sources/test_arrays.py::test_ones_own_arrays_are_not_recorded_as_another_data_set",
        ),
    ),
    Bug(
        "kind 4: a folder recorded as another folder",
        "data/sources/origin.py",
        "    return places[0] == places[1]",
        "    return True",
        (
            "tests/evaluation/test_run_data.py::"
            "test_a_data_set_of_another_folder_is_not_passed_off_as_this_one",
        ),
    ),
    Bug(
        "kind 5: a schedule that drops the optimizer's arguments",
        "config/optimization.py",
        "    return with_learning_rate(base, found.max_lr if type(found) is Constant else found)",
        "    return type(base)(rate=found.max_lr if type(found) is Constant else found)",
        ("tests/config/test_optimization.py::test_an_option_changes_what_it_names",),
    ),
    Bug(
        "kind 5: an optimizer that drops the schedule",
        "config/optimization.py",
        "        found = build(Call(call.name, named), Optimizer, fit, base)",
        "        return build(Call(call.name, named), Optimizer, fit)",
        ("tests/config/test_optimization.py::test_an_option_changes_what_it_names",),
    ),
    Bug(
        "kind 5: arguments that do not count as settings",
        "evaluation/arms.py",
        '                _flatten(f"{path}.{name}", inner, found)',
        "                pass",
        ("tests/evaluation/test_arms.py::test_every_argument_counts_as_a_setting",),
    ),
    Bug(
        "kind 6: a validation loss that is always plain cross-entropy",
        "training/trainer.py",
        '        return {"loss": loss, "cross_entropy": plain / len(part),',
        '        return {"loss": plain / len(part), "cross_entropy": plain / len(part),',
        ("tests/training/test_both_losses.py::test_both_losses_of_both_parts_are_right",),
    ),
    Bug(
        "kind 6: stopping by a loss other than the trained one",
        "experiment/early_stopping.py",
        '    metric: Metric = "validation_loss"',
        '    metric: Metric = "validation_cross_entropy"',
        (
            "tests/training/test_both_losses.py::"
            "test_early_stopping_watches_the_loss_that_is_trained",
        ),
    ),
    Bug(
        "kind 7: a seed of 3.0 that is not 3",
        "core/annotations.py",
        "            return int(given)",
        "            return given",
        ("tests/core/test_fields.py::test_equal_experiments_are_one_experiment",),
    ),
    Bug(
        "kind 7: numbers of NumPy that stay NumPy's",
        "core/annotations.py",
        "            return operator.index(given)",
        "            return operator.index(given) and given",
        ("tests/core/test_fields.py::test_equal_experiments_are_one_experiment",),
    ),
    Bug(
        "kind 8: outputs beyond the classes that answer",
        "engines/numpy/network.py",
        "        return self.outputs(batch, at_once=at_once)[:, : self.worker.options.classes]",
        "        return self.outputs(batch, at_once=at_once)",
        ("tests/runs/test_class_logits.py::test_outputs_beyond_the_classes_are_no_answer",),
    ),
    Bug(
        "kind 8: outputs beyond the classes in the validation loss",
        "training/trainer.py",
        "plain_cross_entropy(outputs, part.labels, len(self.dataset.classes))",
        "plain_cross_entropy(outputs, part.labels, outputs.shape[1])",
        ("tests/runs/test_class_logits.py::test_outputs_beyond_the_classes_are_no_answer",),
    ),
    Bug(
        "kind 9: threads that ask one network at once",
        "core/exclusive.py",
        "        with self._lock():\n"
        "            process = os.getpid()\n"
        "            if self._inside == process:\n",
        "        with ProcessLock()():\n"
        "            process = os.getpid()\n"
        "            if self._inside < 0:\n",
        (
            "tests/engines/test_side_by_side.py::"
            "test_eight_threads_asking_one_network_hear_what_one_alone_hears",
        ),
    ),
    Bug(
        "kind 10: two seeds that tie and have no spread",
        "verdict/estimates.py",
        "    least = noise if seeds == 2 else LEAST_RATIO * noise",
        "    least = 1e-12",
        ("tests/verdict/test_judge.py::test_where_there_is_no_difference_few_studies_claim_one",),
    ),
    Bug(
        "kind 11: percentiles of resamples from which classes drop out",
        "analysis/bootstrap.py",
        "    return min(*given, *moved, found), max(*given, *moved, found)\n",
        "    size = len(counts)\n"
        "    drawn = draw.multinomial(len(labels), counts.ravel() / len(labels), resamples)\n"
        "    drawn = drawn.reshape(resamples, size, size)\n"
        "    both = drawn.sum(1) + drawn.sum(2)\n"
        "    values = _f1(drawn.diagonal(0, 1, 2), both).mean(1)\n"
        "    low, high = np.quantile(values, ((1 - confidence) / 2, (1 + confidence) / 2))\n"
        "    return float(low), float(high)\n",
        (
            "tests/analysis/test_bootstrap.py::"
            "test_it_covers_where_the_sizes_of_classes_are_drawn_too",
        ),
    ),
    Bug(
        "kind 12: evaluations counted for each run",
        "runs/ledger.py",
        "        found = [entry for entry in entries if _keys(entry) & known]",
        '        found = [entry for entry in entries if entry["run"] == entries[-1]["run"]]',
        ("tests/runs/test_ledger.py::test_runs_of_a_folder_are_counted_together",),
    ),
    Bug(
        "kind 12: a ledger that is believed when it is cut",
        "runs/ledger.py",
        '            if entry["id"] not in there:',
        "            if not there:",
        ("tests/runs/test_ledger.py::test_a_ledger_that_is_gone_or_cut_is_rebuilt",),
    ),
    Bug(
        "kind 12: a recipe changed after its test and no word of it",
        "../../benchmarks/accuracy.py",
        '    if before.get("experiment") == entry["experiment"]:',
        '    if before.get("test_accuracy"):',
        ("tests/cli/test_accuracy.py::test_a_recipe_that_changed_after_its_test_says_so_for_good",),
    ),
    Bug(
        "kind 13: seeds that are arms",
        "evaluation/arms.py",
        'SAME = ("seed", "label", "data", "model")',
        'SAME = ("label", "data", "model")',
        (
            "tests/evaluation/test_arms.py::"
            "test_seeds_are_pooled_and_arms_have_the_names_of_what_they_differ_in",
        ),
    ),
    Bug(
        "kind 13: a reference that is the first digest",
        "evaluation/arms.py",
        "    first = min(arms, key=lambda arm: (-len(arm.runs), away[arm.name], arm.name))",
        "    first = min(arms, key=lambda arm: arm.runs[0].folder.name)",
        (
            "tests/evaluation/test_arms.py::"
            "test_the_reference_does_not_depend_on_digests_or_on_the_order_given",
        ),
    ),
    Bug(
        "kind 14: stars by the noise of a clock",
        "evaluation/fronts.py",
        "        if name in TIMES:\n",
        "        if name not in COSTS:\n",
        (
            "tests/evaluation/test_fronts.py::"
            "test_networks_of_one_architecture_do_not_beat_each_other_by_the_clock",
        ),
    ),
    Bug(
        "kind 14: a rate suggested from noise",
        "training/lr_range_test.py",
        "        if not self.fell:\n",
        "        if not self.fall:\n",
        (
            "tests/training/test_lr_range_test.py::test_where_the_loss_hardly_fell_nothing_is_suggested",
        ),
    ),
    Bug(
        "kind 14: a run at chance level that is done without a word",
        "training/finish.py",
        '    if values["versus_chance"] == "better than guessing":',
        '    if told["status"] == "done":',
        ("tests/training/test_finish.py::test_a_run_at_chance_level_is_told",),
    ),
    Bug(
        "kind 14: a verdict from two images",
        "analysis/chance.py",
        "        enough = self.guessing**self.images < LEVEL",
        "        enough = True",
        ("tests/training/test_finish.py::test_so_few_images_tell_nothing",),
    ),
    Bug(
        "kind 15: rare classes of which nothing is said",
        "data/check.py",
        "    if len(rare):\n        rare =",
        "    if len(rare) > len(classes):\n        rare =",
        ("tests/data/test_check.py::test_rare_classes_are_told",),
    ),
)
