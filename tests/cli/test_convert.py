"""Weights to PyTorch and back."""

import shutil
import sys

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from tests.cli.conftest import SMALL
from thumblab.runs import Run
from thumblab.storage.checkpoint import load_arrays

torch = pytest.importorskip("torch")
MODEL = ("--model", SMALL[3], "--classes", "47", "--input", "1x28x28")


@pytest.fixture
def arrays(trained):
    return Run.open(trained).trained()[0]


def same(found, wanted):
    assert set(found) == set(wanted)
    for name, array in wanted.items():
        np.testing.assert_array_equal(found[name], array)


@pytest.mark.parametrize("of", ["", "weights.safetensors"])
def test_a_run_becomes_plain_safetensors(cli, trained, arrays, tmp_path, of):
    told = cli("convert", trained / of, "out.safetensors", "--json").json
    assert told["format"] == "safetensors"
    assert {each["status"] for each in told["weights"]} == {"fits"}
    same(load_file(tmp_path / "out.safetensors"), arrays)


def test_a_run_becomes_a_state_dict_that_pytorch_loads(cli, trained, arrays, tmp_path):
    from thumblab.core.rules import torch_twin

    ended = cli("convert", trained, "out.pt")
    assert f"{len(arrays)} weights for out.pt (state_dict)" in ended.out
    found = torch.load(tmp_path / "out.pt", weights_only=True)
    same(found, arrays)
    run = Run.open(trained)
    module = torch_twin(run.experiment.model, (1, 28, 28), torch)
    module.load_state_dict(found)
    about = run.trained()[1]
    from thumblab.data import Characters, read

    images = read(Characters()).test.images
    pixels = (images - np.array(about["shift"])) * np.array(about["scale"])
    x = torch.tensor(pixels, dtype=torch.float32).permute(0, 3, 1, 2)
    with torch.no_grad():
        logits = module.eval()(x).numpy()
    np.testing.assert_allclose(logits, run.predictions["test_logits"], atol=1e-4)


@pytest.mark.parametrize("name", ["out.pt", "out.safetensors", "odd.weights --to safetensors"])
def test_there_and_back_again(cli, trained, arrays, tmp_path, name):
    assert cli("convert", trained, *name.split()).code == 0
    out = name.split()[0]
    if out == "odd.weights":
        out = shutil.move(tmp_path / out, tmp_path / "renamed.safetensors")
    trusted = ["--trusted"] if name == "out.pt" else []
    ended = cli("convert", out, "back.safetensors", *MODEL, *trusted, "--json")
    assert ended.json["format"] == "thumblab"
    back, about = load_arrays(tmp_path / "back.safetensors")
    same(back, arrays)
    assert (about["shape"], len(about["classes"])) == ([1, 28, 28], 47)


def test_what_training_scripts_save_around_the_weights_is_looked_through(cli, arrays, tmp_path):
    state = {f"module.{name}": torch.tensor(array) for name, array in arrays.items()}
    state["module.1.num_batches_tracked"] = torch.tensor(3)
    torch.save({"epoch": 3, "state_dict": state}, tmp_path / "theirs.pth")
    assert cli("convert", "theirs.pth", "ours.safetensors", *MODEL, "--trusted").code == 0
    same(load_arrays(tmp_path / "ours.safetensors")[0], arrays)


def test_parts_are_renamed_on_the_way(cli, trained, arrays, tmp_path):
    assert cli("convert", trained, "out.pt", "--rename", "0=features.0,7=fc").code == 0
    theirs = torch.load(tmp_path / "out.pt", weights_only=True)
    assert {"features.0.weight", "fc.bias"} <= set(theirs)
    back = ("--rename", "features.0=0,fc=7", "--trusted")
    assert cli("convert", "out.pt", "back.safetensors", *MODEL, *back).code == 0
    same(load_arrays(tmp_path / "back.safetensors")[0], arrays)


def test_a_file_of_torch_becomes_safetensors_as_it_is(cli, arrays, tmp_path):
    torch.save({name: torch.tensor(array) for name, array in arrays.items()}, tmp_path / "a.pth")
    assert cli("convert", "a.pth", "b.safetensors", "--trusted").code == 0
    same(load_file(tmp_path / "b.safetensors"), arrays)


@pytest.mark.parametrize(
    ("given", "shift", "scale"),
    [((), 0.0, 1 / 255), (("--normalize", "mean_std:mean=0.5,std=0.25"), 127.5, 4 / 255)],
)
def test_what_the_network_sees_is_kept(cli, arrays, tmp_path, given, shift, scale):
    save_file(arrays, tmp_path / "theirs.safetensors")
    assert cli("convert", "theirs.safetensors", "ours.safetensors", *MODEL, *given).code == 0
    about = load_arrays(tmp_path / "ours.safetensors")[1]
    assert (about["shift"], about["scale"]) == ([[[shift]]], [[[pytest.approx(scale)]]])


def test_weights_that_do_not_fit_are_listed_and_nothing_is_written(cli, arrays, tmp_path):
    first, second, *_ = arrays
    theirs = {**arrays, first: arrays[first][:1], "fc.weight": np.zeros((2, 3), "f4")}
    del theirs[second]
    save_file(theirs, tmp_path / "theirs.safetensors")
    ended = cli("convert", "theirs.safetensors", "ours.safetensors", *MODEL)
    assert (ended.code, ended.out) == (3, "")
    assert "is not of this architecture" in ended.lines[-1]
    assert f"{len(arrays) - 2} of {len(arrays)} weights fit" in ended.lines[-1]
    for name, status in (
        (first, "has another shape"),
        (second, "is missing"),
        ("fc.weight", "is unknown"),
    ):
        assert any(line.startswith(name) and line.endswith(status) for line in ended.lines)
    assert not (tmp_path / "ours.safetensors").exists()


class Trap:
    def __reduce__(self):
        return (exec, ("import pathlib; pathlib.Path('sprung').touch()",))


def test_weights_that_are_not_finite_are_named_and_nothing_is_written(cli, arrays, tmp_path):
    name = next(iter(arrays))
    theirs = {each: array.copy() for each, array in arrays.items()}
    theirs[name].flat[-1] = np.nan
    save_file(theirs, tmp_path / "theirs.safetensors")
    ended = cli("convert", "theirs.safetensors", "ours.safetensors", *MODEL)
    assert (ended.code, ended.out) == (3, "")
    assert f"has numbers that are not finite in {name};" in ended.err
    assert not (tmp_path / "ours.safetensors").exists()


def test_a_header_beyond_all_measure_is_refused(cli, tmp_path):
    (tmp_path / "theirs.safetensors").write_bytes((1 << 21).to_bytes(8, "little") + bytes(1 << 21))
    ended = cli("convert", "theirs.safetensors", "ours.safetensors", *MODEL)
    assert ended.code == 3
    assert "can be read (it claims a header of 2,097,152 bytes; at most 1,048,576)" in ended.err


def test_nothing_in_a_file_is_run(cli, arrays, tmp_path):
    torch.save({"0.weight": Trap()}, tmp_path / "trap.pt")
    ended = cli("convert", "trap.pt", "ours.safetensors", *MODEL)
    assert ended.code == 2
    assert "may hold code, which is not run" in ended.err
    ended = cli("convert", "trap.pt", "ours.safetensors", *MODEL, "--trusted")
    assert ended.code == 3
    assert "trap.pt cannot be read (" in ended.err
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    ("command", "code", "message"),
    [
        (
            "RUN out.h5",
            2,
            "out.h5 ends neither in .safetensors nor in .pt; name the file so, or say --to",
        ),
        ("RUN out.pt --classes 3", 2, "are for external weights; add --model"),
        ("theirs.pt out.safetensors --model lenet5", 2, "need --model, --classes and --input"),
        ("theirs.pt out.safetensors", 2, "may hold code, which is not run"),
        (
            "text.safetensors out.pt",
            2,
            "is no run and no whole weights file of thumblab's; external",
        ),
        ("RUN out.pt --normalize raw", 2, "are for external weights; add --model"),
        ("RUN out.pt --rename 1", 2, "--rename '1' is no list of old=new"),
        ("RUN out.pt --rename 00=fc", 2, "unknown part to rename '00'; did you mean '0'"),
        ("RUN out.pt --rename 0.weight=0.bias", 2, "gives a second weight the name '0.bias'"),
        (
            "text.safetensors out.safetensors MODEL --normalize standardize",
            2,
            "--normalize standardize is fitted to images, and there are none",
        ),
        ("none.pt out.safetensors MODEL", 3, "none.pt is no file; name the weights to take"),
        ("text.safetensors out.safetensors MODEL", 3, "is no safetensors file that can be read"),
        ("text.pt out.safetensors MODEL --trusted", 3, "text.pt cannot be read"),
        ("more.pt out.safetensors MODEL --trusted", 3, "holds more than tensors; save module.sta"),
        ("RUN file/out.pt", 6, "file/out.pt cannot be written"),
    ],
)
def test_mistakes_are_told(cli, trained, tmp_path, command, code, message):
    for name in ("text.safetensors", "text.pt", "theirs.pt", "file"):
        (tmp_path / name).write_text("no weights")
    torch.save({"lr": 0.1}, tmp_path / "more.pt")
    words = command.split()
    given = [str(trained) if word == "RUN" else word for word in words if word != "MODEL"]
    ended = cli("convert", *given, *(MODEL if "MODEL" in words else ()))
    assert (ended.code, ended.out) == (code, "")
    assert message in ended.err


def test_without_pytorch_safetensors_go_both_ways(cli, trained, monkeypatch):
    for name in [name for name in sys.modules if name.startswith("thumblab.engines.torch")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "torch", None)
    ended = cli("convert", trained, "out.pt")
    assert ended.code == 2
    assert (
        "need PyTorch; install it with pip install 'thumblab[torch]', or take safetens" in ended.err
    )
    assert cli("convert", trained, "out.safetensors").code == 0
    assert cli("convert", "out.safetensors", "ours.safetensors", *MODEL).code == 0


def test_the_command_explains_itself(cli):
    ended = cli("convert", "--help")
    assert ended.code == 0
    assert "Example: `thumblab convert runs/0123456789ab weights.pt`" in ended.out
