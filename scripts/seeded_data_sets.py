"""The old behavior of the faults with data sets as they lie on disks, kinds 26 to 31."""

from __future__ import annotations

from seeded_bugs import Bug

DATA_SETS = (
    Bug(
        "kind 26: folders of parts taken for classes",
        "data/sources/layout.py",
        "    sorted_ones = {name for name in roles if nodes[name].has_classes}",
        "    sorted_ones = set[str]()",
        ("tests/data/sources/test_layout.py::test_common_layouts",),
    ),
    Bug(
        "kind 26: parts known by one spelling alone",
        "data/sources/part_names.py",
        '    "validation": ("val", "valid", "validation", "validate", "validating", "vali", "dev"),',
        '    "validation": ("val",),',
        ("tests/data/sources/test_layout.py::test_common_layouts",),
    ),
    Bug(
        "kind 26: flat parts trained as classes",
        "data/sources/layout.py",
        "        _refuse_flat_parts(set(roles), set(nodes), here)\n",
        "",
        ("tests/data/sources/test_layout.py::test_what_has_no_one_meaning_is_refused",),
    ),
    Bug(
        "kind 27: a flat folder without test images",
        "data/sources/held_out.py",
        "    if dataset.test is not None or dataset.fingerprint == seen:",
        "    if dataset.test is not None or dataset.train is not None:",
        ("tests/data/sources/test_held_out.py::test_a_flat_folder_of_classes_is_a_test_part",),
    ),
    Bug(
        "kind 28: files of IDX under their official names alone",
        "data/sources/locate.py",
        "        paths = [path for path in (*exact, *others, *within) if path.is_file()]",
        "        paths = [path for path in exact if path.is_file()]",
        ("tests/data/sources/test_locate.py::test_files_are_found_under_their_other_names",),
    ),
    Bug(
        "kind 28: Fashion-MNIST read as MNIST without a word",
        "data/sources/mnist.py",
        "    if (known or _named(root) or published.name) != published.name:",
        "    if known is not None and not published.name:",
        ("tests/data/sources/test_mnist.py::test_one_set_read_as_the_other_is_told",),
    ),
    Bug(
        "kind 29: the Python version of CIFAR with its labels lost",
        "data/sources/cifar_python.py",
        "    return np.concatenate([*columns, rows], axis=1).tobytes()",
        "    return np.concatenate([*(0 * each for each in columns), rows], axis=1).tobytes()",
        ("tests/data/sources/test_cifar_python.py::test_the_python_version_equals_the_binary_one",),
    ),
    Bug(
        "kind 29: a pickle that runs what it names",
        "data/sources/closed_pickle.py",
        '        raise DataError(f"names {module}.{name}, so',
        "        return super().find_class(module, name)\n"
        '        raise DataError(f"names {module}.{name}, so',
        ("tests/data/sources/test_closed_pickle.py::test_a_gadget_is_refused_and_runs_nothing",),
    ),
    Bug(
        "kind 30: an .npz under one pair of names alone",
        "data/sources/npz.py",
        "            for first, second in ((kind, word), (word, kind))",
        "            for first, second in ((kind, word),)",
        ("tests/data/sources/test_npz.py::test_usual_names",),
    ),
    Bug(
        "kind 30: a table that names files by their path alone",
        "data/sources/labels_csv.py",
        "        found = self.by_name.get(path.name, [])",
        "        found: list[PurePosixPath] = []",
        ("tests/data/sources/test_labels_csv.py::test_usual_columns_and_ways_to_name_a_picture",),
    ),
    Bug(
        "kind 30: file names without a class",
        "data/sources/file_names.py",
        '    return match["name"].strip() if match else ""',
        '    return ""',
        ("tests/data/sources/test_file_names.py::test_the_folder_of_a_well_known_contest",),
    ),
    Bug(
        "kind 30: an archive whose leftovers are read",
        "data/sources/packed.py",
        '        return not (path.is_absolute() or ".." in path.parts or is_leftover(path))',
        '        return not (path.is_absolute() or ".." in path.parts)',
        (
            "tests/data/sources/test_packed.py::test_an_archive_is_read_as_the_folder_it_was_made_of",
        ),
    ),
    Bug(
        "kind 30: class names of Parquet files left unread",
        "data/sources/parquet.py",
        '        return tuple(map(str, features[column]["names"]))',
        "        return None",
        ("tests/data/sources/test_parquet.py::test_files_as_hugging_face_keeps_them",),
    ),
    Bug(
        "kind 30: Parquet without pyarrow and no way named",
        "data/sources/parquet.py",
        "    except ImportError:\n",
        "    except ImportWarning:\n",
        ("tests/data/sources/test_parquet.py::test_without_pyarrow_the_way_is_named",),
    ),
    Bug(
        "kind 30: a transform of torchvision that is dropped without a word",
        "data/sources/labeled_items.py",
        '        if getattr(given, "transform", None) is not None:',
        '        if getattr(given, "transform", None) is given:',
        ("tests/data/sources/test_labeled_items.py::test_a_transform_that_is_not_applied_is_told",),
    ),
    Bug(
        "kind 31: a run that forgets where its data lay",
        "evaluation/run_data.py",
        '    lay = (run.environment or {}).get("data_root")',
        "    lay = None",
        ("tests/evaluation/test_run_data.py::test_data_are_found_where_they_lay",),
    ),
)
