"""The old behavior of the faults under damage and attack, kinds 45 to 55.

None here for the other part of kind 51: a seeded bug that replaces devices could replace those of the
machine that seeds it.
"""

from __future__ import annotations

from seeded_bugs import Bug

DAMAGE = (
    Bug(
        "kind 45: a run folder that imports what it names",
        "runs/run.py",
        "        if missing := own_code.named_modules(",
        '        for name in own_code.named_modules(self.about["experiment"]):\n'
        "            __import__(name)\n"
        "        if missing := own_code.named_modules(",
        ("tests/runs/test_own_code.py::test_a_run_folder_imports_nothing[evil:Loss]",),
    ),
    Bug(
        "kind 45: a stranger's code that is executed unasked",
        "runs/own_code.py",
        "    if not is_trusted(texts):",
        "    if not texts:",
        (
            "tests/runs/test_own_code.py::"
            "test_a_stranger_is_told_what_would_run_and_trust_is_remembered",
            "tests/cli/test_example.py::test_a_downloaded_run_executes_no_code_until_it_is_trusted",
        ),
    ),
    Bug(
        "kind 45: trust that is not remembered",
        "runs/trust.py",
        '            file.write(f"{name}\\n")',
        '            file.write("")',
        (
            "tests/runs/test_own_code.py::"
            "test_a_stranger_is_told_what_would_run_and_trust_is_remembered",
        ),
    ),
    Bug(
        "kind 46: an archive whose checksum is not reached",
        "data/sources/archive.py",
        "                return _to_the_end(stream, path)",
        "                return",
        (
            "tests/data/sources/test_archive.py::"
            "test_a_flipped_bit_of_an_archive_is_refused_or_changes_nothing",
        ),
    ),
    Bug(
        "kind 47: text files believed without their seal",
        "storage/sealed.py",
        "    if (required or SEAL in value) and value.get(SEAL) != seal(rest):",
        "    if required and SEAL not in value:",
        (
            "tests/storage/test_sealed.py::test_every_flipped_bit_is_found_or_changes_nothing",
            "tests/runs/test_doctor.py::test_one_bit_of_the_metrics_stops_a_resumed_run",
        ),
    ),
    Bug(
        "kind 47: a key that is never computed again",
        "runs/stored_experiment.py",
        '    if about["schema"] > 1 and about["key"] != key_of(',
        '    if about["schema"] < 1 and about["key"] != key_of(',
        ("tests/runs/test_doctor.py::test_an_edited_seed_is_noticed",),
    ),
    Bug(
        "kind 48: a broken header that ends in NumPy's own errors",
        "core/npy.py",
        "    *(ValueError, TypeError, SyntaxError, tokenize.TokenError),\n"
        "    *(RecursionError, MemoryError),\n",
        "    ValueError,\n",
        ("tests/core/test_npy.py::test_a_broken_header_is_no_array",),
    ),
    Bug(
        "kind 48: entries of any type in a run's file",
        "runs/stored_experiment.py",
        "        if not isinstance(about.get(name), kind):",
        "        if name not in about:",
        ("tests/runs/test_doctor.py::test_damage_is_one_clear_error_and_is_found",),
    ),
    Bug(
        "kind 48: a header of 20 MB that is read",
        "storage/checkpoint.py",
        "    if claimed > HEADER_BYTES:",
        "    if claimed < 0:",
        ("tests/runs/test_trained.py::test_a_header_out_of_proportion_is_refused_unread",),
    ),
    Bug(
        "kind 48: predictions unpacked to any size",
        "runs/predictions.py",
        "    if packed or sum(member.file_size for member in members) > size:",
        "    if not packed and sum(member.file_size for member in members) > size:",
        (
            "tests/runs/test_predictions.py::"
            "test_arrays_larger_than_their_file_are_refused_before_they_are_unpacked",
        ),
    ),
    Bug(
        "kind 49: memory refused by the system that is a bug of ours",
        "engines/numpy/memory.py",
        "        OSError,\n        OverflowError,",
        "        OverflowError,",
        (
            "tests/engines/test_memory.py::"
            "test_a_batch_beyond_the_limit_is_told_with_one_that_might_fit[one]",
        ),
    ),
    Bug(
        "kind 49: a file that does not fit called damaged",
        "storage/checkpoint.py",
        '        if getattr(error, "errno", None) == errno.ENOMEM:',
        '        if getattr(error, "errno", None) == errno.ENOENT:',
        (
            "tests/storage/test_checkpoint.py::"
            "test_a_file_that_does_not_fit_into_memory_is_not_called_damaged",
        ),
    ),
    Bug(
        "kind 50: NaN in the weights that answers",
        "runs/trained.py",
        "        if not np.isfinite(array).all():",
        "        if array.shape != owned[name].shape:",
        ("tests/runs/test_trained.py::test_weights_that_are_not_the_runs_are_refused",),
    ),
    Bug(
        "kind 50: weights of another type",
        "runs/trained.py",
        "        if array.dtype != wanted or array.shape != owned[name].shape:",
        "        if not wanted or array.shape != owned[name].shape:",
        ("tests/runs/test_trained.py::test_weights_that_are_not_the_runs_are_refused",),
    ),
    Bug(
        "kind 51: an output that replaces a link",
        "storage/delivery.py",
        "            files.write(Path(os.path.realpath(path)), content, name=name)",
        "            files.write(path, content, name=name)",
        (
            "tests/cli/test_outputs.py::test_a_link_stays_and_what_it_leads_to_is_written",
            "tests/storage/test_delivery.py::test_a_link_stays_a_link_and_its_target_is_replaced",
        ),
    ),
    Bug(
        "kind 53: a worker that goes on with the caller's program",
        "engines/numpy/workers/processes.py",
        "            if pid == 0:\n"
        "                live(task)\n"
        "            self._pids.append(pid)\n"
        "        finally:\n"
        "            if os.getpid() != parent:\n"
        "                os._exit(1)\n",
        "            if pid == 0:\n"
        "                from thumblab.engines.numpy.workers import child\n\n"
        "                child._prepare(task)\n"
        "                live(task)\n"
        "            self._pids.append(pid)\n"
        "        finally:\n",
        (
            "tests/engines/numpy/workers/test_child.py::"
            "test_a_setup_that_fails_ends_the_child_and_threads_do_its_work",
        ),
    ),
    Bug(
        "kind 54: advice to resume that writes nothing",
        "training/loop.py",
        "        if resume and run.lost:",
        "        if resume and not run.status:",
        ("tests/runs/test_doctor.py::test_training_with_resume_writes_lost_answers_again",),
    ),
    Bug(
        "kind 54: advice that names no way there is",
        "cli/resuming.py",
        "pretrained:path={run.folder}",
        "pretrained:from={run.folder}",
        ("tests/cli/test_resuming.py::test_the_advice_for_more_epochs_works",),
    ),
    Bug(
        "kind 55: two holders of one run",
        "runs/lock.py",
        '        return _place(os.fstat(descriptor)) == _place((folder / ".lock").stat())',
        "        return True",
        (
            "tests/runs/test_lock.py::"
            "test_a_folder_that_went_while_its_lock_was_waited_for_is_made_anew",
        ),
    ),
    Bug(
        "kind 55: a stop that is heard between steps alone",
        "engines/numpy/context.py",
        "            check()\n            return backward(dy)\n",
        "            return backward(dy)\n",
        ("tests/training/test_abandoned.py::test_an_abandoned_step_has_not_been[one]",),
    ),
    Bug(
        "kind 55: a paused worker that outlives its parent",
        "engines/numpy/workers/child.py",
        "    if PRCTL is not None and task.bound:",
        "    if PRCTL is None and task.bound:",
        (
            "tests/engines/numpy/workers/test_child.py::"
            "test_a_paused_worker_does_not_outlive_its_parent[False]",
        ),
    ),
    Bug(
        "kind 55: a small file that takes 500 MB",
        "data/pictures/plain.py",
        "    if factor <= 1:\n        return _plain(image)",
        "    if factor:\n        return _plain(image)",
        ("tests/data/pictures/test_picture_file.py::test_large_pictures_take_less_than_200_mb",),
    ),
    Bug(
        "kind 55: names that steer a terminal",
        "cli/terminal.py",
        "    return text.translate(_IN_TEXTS)",
        "    return text",
        (
            "tests/cli/test_terminal.py::"
            "test_names_of_classes_files_and_models_do_not_steer_the_terminal",
        ),
    ),
    Bug(
        "kind 55: a page of errors that has no end",
        "cli/terminal.py",
        "    if len(lines) <= MOST_LINES:",
        "    if lines:",
        ("tests/cli/test_terminal.py::test_a_file_of_wrong_keys_is_told_in_a_page",),
    ),
    Bug(
        "kind 55: names echoed whole",
        "cli/terminal.py",
        "    if len(line) <= LONGEST_LINE:",
        "    if line:",
        ("tests/cli/test_terminal.py::test_huge_names_are_not_printed_whole",),
    ),
    Bug(
        "kind 55: help for columns that are no number",
        "cli/terminal.py",
        '        if value is not None and not re.fullmatch(r"[1-9][0-9]{0,8}", value):',
        "        if value is not None and not value:",
        (
            "tests/cli/test_terminal.py::"
            "test_help_is_laid_out_whatever_the_terminal_says[COLUMNS-abc]",
        ),
    ),
    Bug(
        "kind 55: help for a terminal of one column",
        "cli/terminal.py",
        "    if width is not None and not NARROWEST <= width <= WIDEST:",
        "    if width is not None and width > WIDEST:",
        ("tests/cli/test_terminal.py::test_a_narrow_terminal_is_taken_for_a_wider_one",),
    ),
)
