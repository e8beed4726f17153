"""The old behavior of the faults inside of something else, kinds 38 to 43; other systems are simulated."""

from __future__ import annotations

from seeded_bugs import Bug

SURROUNDINGS = (
    Bug(
        "kind 38: threads of BLAS that stay at one",
        "core/blas.py",
        "            if not self.running:\n                self.restore()\n            if self.forks:",
        "            if self.forks:",
        (
            "tests/engines/test_side_by_side.py::test_the_programs_blas_keeps_its_threads",
            "tests/training/test_surroundings.py",
        ),
    ),
    Bug(
        "kind 39: a container's quota that is not seen",
        "core/cpus.py",
        "    return max(1, min([_bound(), *quotas]))",
        "    return max(1, min([_bound(), *quotas[:0]]))",
        ("tests/core/test_cpus.py::test_a_containers_quota_limits_the_workers",),
    ),
    Bug(
        "kind 39: quotas of the first version that are not seen",
        "core/cpus.py",
        '            quota = (folder / "cpu.cfs_quota_us").read_text()',
        '            quota = "-1"',
        ("tests/core/test_cpus.py::test_a_containers_quota_limits_the_workers",),
    ),
    Bug(
        "kind 40: a module of Unix imported at once",
        "runs/lock.py",
        "import errno\n",
        "import errno\nimport fcntl\n",
        (
            "tests/cli/test_platforms.py::"
            "test_training_resuming_and_predicting_need_nothing_of_linux",
        ),
    ),
    Bug(
        "kind 40: a signal that Windows has not",
        "cli/stopping.py",
        'getattr(signal, "SIGHUP", None)',
        "signal.SIGHUP",
        (
            "tests/cli/test_platforms.py::"
            "test_training_resuming_and_predicting_need_nothing_of_linux",
        ),
    ),
    Bug(
        "kind 40: forks where there are none",
        "engines/numpy/network.py",
        '    return "processes" if safe and not free_threaded else "threads"',
        '    return "processes"',
        (
            "tests/engines/test_other_systems.py::"
            "test_threads_do_the_same_where_processes_cannot_be_had",
        ),
    ),
    Bug(
        "kind 40: signals asked for in a thread",
        "cli/stopping.py",
        "    if threading.current_thread() is threading.main_thread():",
        "    if threading.current_thread():",
        ("tests/cli/test_partial.py::test_the_command_line_runs_in_a_thread",),
    ),
    Bug(
        "kind 40: a file system without locks that says a run is held",
        "runs/lock.py",
        "        if error.errno in (errno.EWOULDBLOCK, errno.EAGAIN):",
        "        if error.errno:",
        ("tests/runs/test_lock.py::test_a_file_system_without_locks_is_told_and_trained_on",),
    ),
    Bug(
        "kind 40: a lock of another process ignored",
        "runs/lock.py",
        "        if error.errno in (errno.EWOULDBLOCK, errno.EAGAIN):",
        "        if error.errno == 0:",
        ("tests/runs/test_lock.py::test_held_is_what_the_system_calls_so",),
    ),
    Bug(
        "kind 40: a temporary folder without room",
        "runs/room.py",
        "            if free >= needed and",
        "            if free and",
        ("tests/runs/test_room.py::test_a_small_temporary_folder_is_passed_over",),
    ),
    Bug(
        "kind 41: predictions that need PyTorch",
        "training/network.py",
        '    if experiment.engine == "torch" and (loader is not None or _has_torch()):',
        '    if experiment.engine == "torch":',
        ("tests/cli/test_without_torch.py::test_every_command_that_predicts_does_without_pytorch",),
    ),
    Bug(
        "kind 41: the program's generator seeded by a step",
        "engines/torch/surroundings.py",
        "                generator.set_state(state)",
        "                generator.get_state() is state",
        (
            "tests/engines/torch/test_surroundings.py::"
            "test_training_and_predicting_change_nothing_of_the_programs",
        ),
    ),
    Bug(
        "kind 42: nothing to resume and no word of it",
        "cli/resuming.py",
        "        warnings.warn(text, stacklevel=2)\n",
        "        pass\n",
        (
            "tests/cli/test_resuming.py::"
            "test_a_run_that_is_not_there_is_told_with_the_nearest_and_its_settings",
        ),
    ),
    Bug(
        "kind 42: more epochs without a way to them",
        "cli/resuming.py",
        '    if mine > its and run.status == "done":',
        '    if mine < its and run.status == "done":',
        ("tests/cli/test_resuming.py::test_the_advice_for_more_epochs_works",),
    ),
    Bug(
        "kind 43: a bench that loses its rows when it is stopped",
        "cli/stopping.py",
        "    except Stopped as stopped:\n        ending.code = stopped.exit_code\n",
        "",
        ("tests/cli/test_partial.py::test_a_bench_that_is_stopped_prints_the_rows_it_has",),
    ),
)
