from pathlib import Path

import pytest

from thumblab.config import SettingsError, plan, read_file
from thumblab.core.errors import UsageError

WRONG = """# An experiment.
data = "charakters"
modle = "lenet5"
"epochs" = "many"
batch = 1.5

[optimizer]
name = "sgd"
momentum = "x"
nestrov = true
"""


def test_a_file_holds_texts_of_the_grammar_and_tables(tmp_path):
    path = tmp_path / "e.toml"
    path.write_text(
        'data = "characters"\naugment = ["flip", {name = "crop", pad = 2}]\n'
        '[model]\nname = "stacked_cnn"\nwidths = [8, 16]\n[schedule]\nname = "cosine"\nmax_lr = 1\n'
    )
    read = read_file(path)
    planned = plan(read.settings)
    assert str(planned.model) == "stacked_cnn:widths=8-16"
    assert len(planned.draft.augment) == 2
    assert read.lines == {
        "data": 1,
        "augment": 2,
        "model": 3,
        "model.name": 4,
        "model.widths": 5,
        "schedule": 6,
        "schedule.name": 7,
        "schedule.max_lr": 8,
    }


def test_every_problem_is_placed_by_file_line_and_key(tmp_path):
    path = tmp_path / "e.toml"
    path.write_text(WRONG)
    read = read_file(path)
    with pytest.raises(SettingsError) as caught:
        plan(read.settings)
    said = [read.locate(problem) for problem in caught.value.found]
    for start in (
        f"{path}:2: data: unknown data set 'charakters'; did you mean 'characters'",
        f"{path}:3: modle: unknown key 'modle'; did you mean 'model'",
        f"{path}:4: epochs: 'many' is not a whole number",
        f"{path}:5: batch: 1.5 is not a whole number",
        f"{path}: model: no model was given",
        f"{path}:9: optimizer.momentum: 'x' is not a number",
        f"{path}:7: optimizer: unknown argument of sgd 'nestrov'; did you mean 'nesterov'",
    ):
        assert any(line.startswith(start) for line in said), (start, said)
    assert len(said) == 7


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"data = [", "is no TOML .*; mend it"),
        (b"data = 1\ndata = 2", "is no TOML .Cannot overwrite a value.*; mend it"),
        (b"\xff\xfe", "is no TOML .*utf-8.*; mend it"),
        (b"a = " + b"[" * 5000, "is no TOML"),
        (b"#" * 1_000_001, "is too long; an experiment file has 1,000,000 bytes at most"),
    ],
)
def test_what_is_no_experiment_file_is_refused(tmp_path, content, message):
    path = tmp_path / "e.toml"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=message):
        read_file(path)


def test_a_number_of_too_many_digits_is_refused(tmp_path):
    path = tmp_path / "long.toml"
    path.write_text(f"epochs = {'1' * 5000}")
    with pytest.raises(UsageError, match=r"long\.toml is no TOML"):
        read_file(path)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs a file without end")
def test_a_file_without_end_is_refused():
    with pytest.raises(UsageError, match="/dev/zero is too long"):
        read_file(Path("/dev/zero"))


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"no.toml cannot be read \(No such file"):
        read_file(tmp_path / "no.toml")
    with pytest.raises(UsageError, match=r"cannot be read \(Is a directory\); name an"):
        read_file(tmp_path)
