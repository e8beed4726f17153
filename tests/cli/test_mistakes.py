"""Commands that are wrong, their exit code, and the one line that says so."""

import errno
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import SMALL, environment, start

CHARACTERS = ("train", "--data", "characters", "--epochs", "1")

COMMANDS = [
    ("trian", 2, r'Unknown command "trian". Did you mean "train"\? .* See thumblab --help'),
    ("--jason", 2, "Unknown command"),
    ("train --epohcs 3", 2, r"Unknown option: --epohcs. Did you mean --epochs\?"),
    ("train --epochs many", 2, 'Invalid value for --epochs: unable to convert "many" into int'),
    ("train --epochs", 2, "--epochs requires an argument. See thumblab train --help"),
    ("train a.toml b.toml", 2, r"Unused Tokens: \['b.toml'\]"),
    (f"runs {300 * 'x'}", 2, r"x cannot be used \(File name too long\); give another path"),
    (f"doctor {300 * 'x'}", 2, r"x cannot be used \(File name too long\); give another path"),
    ("train --engine jax", 2, 'Invalid value "jax" for --engine. Choose from: "numpy"'),
    ("train --data characters", 2, "--model: no model was given; name one"),
    ("train --model lenet5", 2, "--data: no data was given; name one"),
    ("train --data x --model lenet5", 2, "--data: unknown data set 'x'; .*path of a folder"),
    ("train --data charactres --model lenet5", 2, "did you mean 'characters'"),
    ("train --data ./none --model lenet5", 2, "--data: unknown data set './none'; .*of a folder"),
    ("train --data cifar100:labels=rough --model lenet5", 2, "unknown labels of CIFAR-100 'rough'"),
    ("train --data folder:path=none --model lenet5", 3, "none is not a folder; give one"),
    (
        "train --data cifar10 --model lenet5",
        3,
        "cifar10 is not in .*; download it, or .*thumblab data",
    ),
    (
        "train --data cifar10 --model lenet5 --from none",
        3,
        "none does not exist; give a folder .*--from",
    ),
    ("C --model lenet", 2, "--model: unknown model 'lenet'; did you mean 'lenet5'"),
    ("C --model lenet5:width=3", 2, "--model: lenet5 takes no arguments but was given 'width'"),
    ("C --model mlp:hidden=x", 2, "--model: hidden: 'x' is not a whole number"),
    ("C --model mine:net", 2, "--model: there is no module 'mine'; run from the folder that holds"),
    ("C --model broken:net", 2, r"--model: broken cannot be imported \(ZeroDivisionError"),
    ("C --model stacked_cnn:widths=0", 2, "a convolution writes at least 1 channel"),
    ("C --model stacked_cnn:init=x", 2, "unknown initializer 'x'; known"),
    ("C --model lenet5 --optimizer sgd:momentum=2", 2, r"--optimizer: .* must be in \[0, 1\)"),
    ("C --model lenet5 --optimizer sgd:nestrov=true", 2, "did you mean 'nesterov'"),
    ("C --model lenet5 --schedule cosin", 2, "--schedule: .*did you mean 'cosine'"),
    ("C --model lenet5 --loss hinge", 2, "--loss: unknown loss 'hinge'; known: cross_entropy"),
    ("C --model lenet5 --augment crop:mode=x", 2, "--augment: .*unknown mode 'x'; known: edge"),
    ("C --model lenet5 --normalize x", 2, "--normalize: unknown normalization 'x'; known"),
    ("C --model lenet5 --batch 0", 2, "epochs 1 and batch 0 must both be at least 1"),
    ("demo --epochs 1000000000000", 2, "are more than 1,000,000; give fewer"),
    (f"train --data {'a' * 300} --model lenet5", 2, "unknown data set 'aaa"),
    ("train --data ~nobody/x --model lenet5", 2, "unknown data set '~nobody/x'"),
    (f"predict RUN {'a' * 300}.png", 3, "cannot be read .File name too long.; check its name"),
    ("train huge.toml", 2, "huge.toml:3: validation: 1+ is not a number"),
    ("C --model lenet5 --validation 1", 2, "validation 1.0 is a share"),
    ("C --model lenet5 --subset 99999", 2, "subset of 99999 samples; give 1 to 8460"),
    ("C --model lenet5 --workers 0", 2, "--workers 0 is not from 1 to 256; give as many as cores"),
    (
        "C --model lenet5 --engine torch --workers 2",
        2,
        "--workers 2 is for the NumPy engine; leave",
    ),
    (
        "lr-range-test --data characters --model lenet5 --workers 0",
        2,
        "--workers 0 is not from 1 to 256",
    ),
    ("estimate lenet5 --workers -1", 2, "--workers -1 is not from 1 to 256"),
    ("C --model lenet5 --compile", 2, "are PyTorch's, but the engine is 'numpy'; choose engine"),
    (
        "C --model lenet5 --runs file",
        2,
        "file/.* cannot be written .*another folder for runs .--runs",
    ),
    ("C --model lenet5 --runs file/deeper", 2, "file/deeper/.* cannot be written"),
    (
        "C --model lenet5 --early-stopping early",
        2,
        "--early-stopping: unknown stop rule 'early'; known: early_stop",
    ),
    (
        "C --model lenet5 --lr-plateau reduce_on_plateau:patience=0",
        2,
        "--lr-plateau: .*patience must be at leas",
    ),
    (
        "C --model lenet5 --restore-best best --train-on all",
        2,
        "restore_best would choose by validation images",
    ),
    ("C --model lenet5 --tta flip", 2, "--tta: unknown tta 'flip'; did you mean 'flips'"),
    ("train none.toml", 2, "none.toml cannot be read .No such file or directory.; name an"),
    ("train file", 2, "file is no TOML .*; mend it"),
    ("train key.toml", 2, "key.toml:2: modl: unknown key 'modl'; did you mean 'model'"),
    ("train type.toml", 2, "type.toml:3: epochs: 'many' is not a whole number"),
    ("train table.toml", 2, "table.toml:5: optimizer.momentum: 'x' is not a number"),
    ("train nameless.toml", 2, "nameless.toml:3: optimizer: .* is no optimizer; give a name"),
    ("train epochs.toml", 2, "epochs.toml: epochs 0 and batch 128 must both be at least 1"),
    ("train type.toml --epochs -1", 2, "^thumblab: type.toml: epochs -1 and batch|epochs -1"),
    ("train type.toml --epochs 1 --model x", 2, "^thumblab: --model: unknown model 'x'"),
    ("evaluate", 2, 'Command "evaluate" parameter RUN requires an argument'),
    ("evaluate none", 4, "none/experiment.json cannot be read .*; is this a run folder"),
    ("evaluate RUN --from .", 2, "--from says where --data lies; give both, or neither"),
    ("evaluate RUN --tta flip", 2, "unknown tta 'flip'; did you mean 'flips'"),
    ("evaluate RUN RUN", 2, "a run is given twice; give each once"),
    ("predict RUN", 2, "name at least one picture or folder"),
    ("predict RUN empty.png --top 0", 2, "and 1 class or more with --top"),
    ("predict RUN none.png", 3, "none.png does not exist; name a picture"),
    ("predict RUN empty.png", 3, r"empty.png is empty \(0 bytes\); give a whole picture"),
    ("predict RUN file", 3, "file is not PNG, JPEG, .* or HEIC; convert it"),
    ("predict RUN bare", 3, "bare: no picture is in there; name another"),
    ("predict none empty.png", 4, "is this a run folder"),
    ("predict RUN empty.png --tta x", 2, "unknown tta 'x'; known: flip_shift, flips, rotate"),
    ("lr-range-test --data characters", 2, "--model: no model was given; name one"),
    (
        "lr-range-test --data characters --model mlp --steps 5",
        2,
        "make no test; give a lowest rate abo",
    ),
    ("estimate", 2, 'Command "estimate" parameter MODEL requires an argument'),
    ("estimate mlpp", 2, "--model: unknown model 'mlpp'; did you mean 'mlp'"),
    ("estimate mlp --model vit", 2, "the model is named twice, mlp and --model vit; name one"),
    ("estimate none.toml", 2, "none.toml cannot be read"),
    ("models x", 2, "unknown model 'x'; known"),
    ("models lenet5 --input 3,32", 2, "--input '3,32' is no shape; give channels x height"),
    ("models lenet5 --input 1x0x1", 2, "--input '1x0x1' is no shape"),
    ("models lenet5 --input 1x3x3", 2, "does not fit"),
    ("models lenet5 --classes 0", 2, "--classes 0 is less than 1; give how many classes there are"),
    ("data x", 2, "unknown data set 'x'; known: arrays, characters"),
    ("data --output x.png", 2, "name a data set beside --from, --output or --download"),
    ("data characters --output x.jpg", 2, "--output x.jpg is no PNG file; end its name in .png"),
    ("data characters --output file/x.png", 6, "file/x.png cannot be written .*name another with"),
    ("data characters --download", 2, "Characters has nothing to download"),
    ("data ./one", 3, "one has 1 sub-folders with classes; give at least 2, one a class"),
    ("data ./hollow", 3, r"hollow has classes without a picture \(b\); fill or remove them"),
    ("data ./two-empty", 3, r"two-empty has 1 unusable pictures.*x.png is empty \(0 bytes\)"),
    (
        "data cifar10 --from cut",
        3,
        "data_batch.* bytes are not a whole number of 3073-byte records",
    ),
    ("runs file", 2, "file is no folder; name one that holds runs"),
    ("demo --epochs 0", 2, "epochs 0 and batch .* must both be at least 1"),
]

FILES = {
    "file": "no settings [",
    "broken.py": "1 / 0",
    "key.toml": 'data = "characters"\nmodl = "x"\nmodel = "lenet5"',
    "type.toml": 'data = "characters"\nmodel = "lenet5"\nepochs = "many"',
    "epochs.toml": 'data = "characters"\nmodel = "lenet5"\nepochs = 0',
    "table.toml": 'data = "characters"\nmodel = "lenet5"\n[optimizer]\nname="sgd"\nmomentum="x"',
    "huge.toml": f'data = "characters"\nmodel = "lenet5"\nvalidation = {"1" * 400}',
    "nameless.toml": 'data = "characters"\nmodel = "lenet5"\n[optimizer]\nmomentum=0.9',
}


@pytest.fixture
def mistakes(tmp_path, trained):
    """A folder full of what goes wrong."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "RUN").symlink_to(trained, target_is_directory=True)
    (tmp_path / "empty.png").touch()
    (tmp_path / "bare").mkdir()
    for folder in ("one/a", "two/a", "two/b", "hollow/a", "hollow/b", "two-empty/a", "two-empty/b"):
        (tmp_path / folder).mkdir(parents=True)
        if folder != "hollow/b":
            pixels = np.arange(243).reshape(9, 9, 3).astype(np.uint8) + len(folder)
            Image.fromarray(pixels).save(tmp_path / folder / "y.png")
    (tmp_path / "two-empty" / "b" / "x.png").touch()
    (tmp_path / "cut").mkdir()
    for number in range(1, 6):
        (tmp_path / "cut" / f"data_batch_{number}.bin").write_bytes(bytes(3073 * 2 - 7))
    (tmp_path / "cut" / "test_batch.bin").write_bytes(bytes(3073))
    (tmp_path / "cut" / "batches.meta.txt").write_text("\n".join("abcdefghij"))
    return tmp_path


@pytest.mark.parametrize(("command", "code", "message"), COMMANDS, ids=[c for c, _, _ in COMMANDS])
def test_a_mistake_is_one_line_and_an_exit_code(cli, mistakes, command, code, message):
    words = command.split()
    arguments = [*CHARACTERS, *words[1:]] if words[0] == "C" else words
    ended = cli(*arguments)
    assert (ended.code, ended.out) == (code, ""), ended.err
    assert len(ended.lines) == 1
    assert ended.err.startswith("thumblab: ")
    assert re.search(message, ended.err), ended.err


def test_many_mistakes_are_a_line_each(cli, tmp_path):
    (tmp_path / "e.toml").write_text('data = "x"\nmodel = "y"\nbatch = 1.5\n')
    ended = cli("train", "e.toml", "--loss", "z")
    starts = ["e.toml:1: data: ", "e.toml:2: model: ", "e.toml:3: batch: ", "--loss: "]
    assert ended.code == 2
    assert [any(line.startswith(f"thumblab: {s}") for line in ended.lines) for s in starts] == (
        [True] * 4
    )
    assert len(ended.lines) == 4


def test_an_unfinished_run_is_not_trained_again_unasked(cli, monkeypatch):
    monkeypatch.setenv("THUMBLAB_FAULT", "weights.written:full")
    assert cli("train", *SMALL, "--epochs", "1").code == 6
    monkeypatch.delenv("THUMBLAB_FAULT")
    ended = cli("train", *SMALL, "--epochs", "1")
    assert ended.code == 2
    assert "holds an unfinished run of this experiment" in ended.err
    assert "resume it, or delete the folder (--resume)" in ended.err


def test_a_bug_of_ours_shows_where_it_is(cli, monkeypatch):
    def fail(*arguments, **named):
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr("thumblab.core.summary.summary", fail)
    ended = cli("models", "lenet5")
    assert ended.code == 1
    assert "ZeroDivisionError: on purpose" in ended.err
    assert ended.lines[-1].startswith(
        "thumblab: internal error, a bug of thumblab; please report it"
    )


def test_no_more_open_files_is_no_bug(cli, monkeypatch):
    def fail(*arguments, **named):
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE), "some.file")

    monkeypatch.setattr("thumblab.core.summary.summary", fail)
    ended = cli("models", "lenet5")
    assert ended.code == 7
    (line,) = ended.lines
    assert line.endswith(
        "no more files can be opened (Too many open files); raise the limit (ulimit -n)"
    )


def test_a_package_that_is_missing_is_named(cli, monkeypatch):
    def fail(*arguments, **named):
        raise ModuleNotFoundError("No module named 'scipy.stats'", name="scipy.stats")

    monkeypatch.setattr("thumblab.core.summary.summary", fail)
    ended = cli("models", "lenet5")
    assert ended.code == 2
    (line,) = ended.lines
    assert line.endswith(
        "the package scipy, which thumblab needs, is missing; install thumblab again"
    )


def test_out_of_memory_is_told_with_a_way_out(cli):
    ended = cli("train", *SMALL, "--augment", "crop:pad=1000000", "--epochs", "1")
    assert (ended.code, ended.out) == (7, "")
    assert ended.lines[-1].startswith("thumblab: out of memory")
    assert re.search(r"; try a batch of \d+$|, nor fewer; take smaller images", ended.lines[-1])


def test_a_reader_that_has_gone_is_no_error(tmp_path):
    process = start("models", "--json", folder=tmp_path)
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) == 0
    assert err == ""


def test_words_that_nobody_hears_stop_nothing(tmp_path):
    process = start("train", *SMALL, "--epochs", "2", "--json", folder=tmp_path)
    process.stderr.close()
    out = process.stdout.read()
    process.stdout.close()
    assert process.wait(60) == 0
    assert json.loads(out)["status"] == "done"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_an_answer_that_cannot_be_written_is_one_line(tmp_path):
    command = [sys.executable, "-m", "thumblab", "models"]
    with Path("/dev/full").open("w") as full:
        told = subprocess.run(
            [*command, "lenet5"],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env=environment(),
        )
        unheard = subprocess.run(
            [*command, "nothing"], cwd=tmp_path, stderr=full, check=False, env=environment()
        )
    assert told.returncode == 6
    assert told.stderr.count("\n") == 1
    assert "the answer cannot be written (No space left on device); send standard" in told.stderr
    assert unheard.returncode == 2


def test_without_standard_error_the_answer_is_alone(tmp_path):
    words = " ".join(SMALL)
    command = f"'{sys.executable}' -m thumblab train {words} --epochs 1 --json 2>&-"
    ended = subprocess.run(
        ["sh", "-c", command], cwd=tmp_path, stdout=subprocess.PIPE, check=False, env=environment()
    )
    assert ended.returncode == 0
    assert json.loads(ended.stdout)["status"] == "done"


def test_standard_output_may_be_closed(tmp_path):
    command = f"'{sys.executable}' -m thumblab models lenet5 >&-"
    ended = subprocess.run(
        ["sh", "-c", command], cwd=tmp_path, stderr=subprocess.PIPE, check=False, env=environment()
    )
    assert (ended.returncode, ended.stderr) == (0, b"")
