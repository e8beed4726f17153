"""What every source promises, found by listing the package."""

import tempfile
import tracemalloc
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kinds import kinds

import thumblab.data as td
from thumblab.core.errors import DataError, MissingRuleError
from thumblab.core.value import from_dict, to_dict


def test_every_source_has_an_example(examples) -> None:
    public = {v for v in vars(td).values() if isinstance(v, type) and issubclass(v, td.DatasetSpec)}
    ours = {kind for kind in kinds(td.DatasetSpec) if kind.__module__.startswith("thumblab.")}
    # A trained network is needed (tests/evaluation/test_features.py), no files (test_arrays.py), and
    # pyarrow (test_parquet.py).
    elsewhere = {td.Features, td.Arrays, td.Parquet}
    assert public - {td.DatasetSpec} == ours == {type(source) for source in examples} | elsewhere


def test_files_in_the_folder_itself_are_read(source, examples, shelve, tmp_path) -> None:
    data = td.read(source, shelve(tmp_path, examples[source]))
    assert data.train.images.dtype == np.uint8
    assert data.shape == (data.train.images.shape[3], *data.train.images.shape[1:3])
    assert not data.train.images.flags.writeable or data.train.images.flags.c_contiguous
    assert len(data.classes) >= 2
    assert (data.groups is None) == (not data.group_names)


def test_fingerprint_repeats_and_name_does_not_count(source, examples, shelve, tmp_path) -> None:
    first = td.read(source, shelve(tmp_path / "a", examples[source]))
    second = td.read(source, shelve(tmp_path / "b", examples[source]))
    assert first.fingerprint == second.fingerprint
    assert len(first.fingerprint) == 64


def test_what_was_read_knows_its_source_and_cannot_be_changed(
    source, examples, shelve, tmp_path
) -> None:
    data = td.read(source, shelve(tmp_path, examples[source]))
    assert data.source == source
    assert replace(data, name="other").source is None
    with pytest.raises(ValueError, match="read-only"):
        data.train.images[0] = 0


def test_the_classes_of_a_published_source_are_counted_without_its_files(
    source, examples, shelve, tmp_path
) -> None:
    official = {name: file for name, file in examples[source].items() if "mapping.txt" not in name}
    read = td.read(source, shelve(tmp_path, official))
    assert td.class_count(source) in (None, len(read.classes))
    assert (td.class_count(source) is None) == (
        td.distribution(source) is None and source != td.Characters()
    )


def test_value_survives_json(source) -> None:
    assert from_dict(to_dict(source)) == source


def test_missing_files_are_named_with_a_remedy(source, tmp_path) -> None:
    if isinstance(source, td.Characters):
        pytest.skip("embedded")
    with pytest.raises(
        DataError,
        match=r"give the folder that holds it|at least 2|is not a file|begins with a class",
    ):
        td.read(source, tmp_path)


def test_unknown_source_says_how_to_register() -> None:
    @dataclass(frozen=True)
    class Mine(td.DatasetSpec):
        pass

    with pytest.raises(MissingRuleError, match=r"Mine; register one with @read\.register"):
        td.read(Mine(), None)
    assert td.distribution(Mine()) is None


PARSED = [td.Cifar10(), td.Cifar100(), td.Mnist(), td.Emnist("letters")]


@settings(max_examples=40, deadline=None)
@given(
    which=st.sampled_from(PARSED),
    pick=st.integers(0, 1000),
    cut=st.none() | st.floats(0, 1),
    noise=st.binary(max_size=60),
    at=st.floats(0, 1),
)
def test_damaged_files_are_refused_or_read(examples, shelve, which, pick, cut, noise, at) -> None:
    files = dict(examples[which])
    name = sorted(files)[pick % len(files)]
    data = files[name] if cut is None else files[name][: int(cut * len(files[name]))]
    start = int(at * len(data))
    files[name] = data[:start] + noise + data[start + len(noise) :]
    with tempfile.TemporaryDirectory() as folder:
        shelve(Path(folder), files)
        tracemalloc.start()
        try:
            read = td.read(which, Path(folder))
            assert read.train.labels.max() < len(read.classes)
        except DataError:
            pass
        finally:
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
    assert peak < 4 * sum(map(len, files.values())) + 2_000_000
