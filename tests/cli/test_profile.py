import pytest
from threadpoolctl import threadpool_info

STAGE = {
    "path",
    "layers",
    "forward_ms",
    "backward_ms",
    "flops",
    "gflops_per_second",
    "peak_share",
}
WHOLE = {
    "model",
    "mode",
    "batch",
    "workers",
    "images",
    "peak_gflops",
    "kernels",
    "stages",
    "augment_ms",
    "door_ms",
    "loss_ms",
    "optimizer_ms",
    "waiting_ms",
    "step_ms",
}
QUICK = ("--batch", "16", "--steps", "1")


@pytest.fixture(autouse=True)
def _any_peak(monkeypatch):
    monkeypatch.setattr("thumblab.bench.profile.peak_gflops", lambda: 50.0)


def test_optimizer_and_augmentation_are_told_apart(cli):
    asked = ("--optimizer", "adam", "--augment", "flip+crop:pad=2")
    words = cli("profile", "stacked_cnn:widths=4-8,dense=0", *QUICK, *asked).out
    assert "augmentation" in words
    wrong = cli("profile", "mlp", "--optimizer", "adm")
    assert wrong.code == 2
    assert "did you mean 'adam'" in wrong.err


def test_json_is_the_profile(cli):
    ended = cli("profile", "stacked_cnn:widths=4-8,dense=0", *QUICK, "--json")
    assert ended.code == 0
    assert ended.json.keys() == WHOLE
    assert all(stage.keys() == STAGE for stage in ended.json["stages"])
    assert ended.json["model"] == "stacked_cnn:widths=4-8,dense=0"
    assert ended.lines == ["stacked_cnn:widths=4-8,dense=0: 1 steps of 16 images"]


def test_unfused_every_layer_has_a_row(cli):
    told = cli("profile", "lenet5", *QUICK, "--unfused").out
    assert "Conv(channels=6, kernel=5)  " in told
    assert " + " not in told


def test_words_are_a_table_of_stages_and_the_rest(cli):
    told = cli("profile", "lenet5", *QUICK, "--workers", "1").out
    assert "Conv(channels=6, kernel=5) + ReLU()" in told
    for part in ("door", "loss", "optimizer", "waiting and contention", "whole step"):
        assert part in told
    assert "1 workers; times are of one, with 16 of 16 images. Peak: 50 GFLOP/s a core" in told


@pytest.mark.parametrize(
    ("kernels", "end"),
    [("SkylakeX", "a core, by the BLAS's kernels for SkylakeX."), (None, "a core.")],
)
def test_kernels_are_named_where_they_are_known(cli, monkeypatch, kernels, end):
    monkeypatch.setattr("thumblab.bench.profile._kernels", lambda: kernels)
    assert (
        cli("profile", "mlp", *QUICK, "--workers", "1")
        .out.partition(" GFLOP are ")[0]
        .endswith(end)
    )


def test_kernels_are_those_of_the_blas_here(cli, monkeypatch):
    known = {pool.get("architecture") for pool in threadpool_info() if pool["user_api"] == "blas"}
    told = cli("profile", "mlp", *QUICK, "--json").json["kernels"]
    assert set((told or "").split("+")) == {name or "" for name in known}
    others = [("openmp", "Zen"), ("blas", "Zen"), ("blas", "Haswell"), ("blas", "Zen")]
    pools = [{"user_api": kind, "architecture": name} for kind, name in others]
    monkeypatch.setattr("thumblab.bench.profile.threadpool_info", lambda: pools)
    told = cli("profile", "mlp", *QUICK, "--json").json["kernels"]
    assert told == "Haswell+Zen"


def test_a_prediction_has_no_loss_and_no_optimizer(cli):
    told = cli("profile", "lenet5", *QUICK, "--mode", "infer")
    assert told.code == 0
    assert "whole step" in told.out
    assert "loss" not in told.out
    assert "optimizer" not in told.out


def test_input_and_classes_are_as_given(cli):
    told = cli("profile", "mlp", *QUICK, "--input", "1x4x4", "--classes", "7", "--json").json
    assert told["stages"][1]["flops"] == 2 * 16 * 512 * 16
    assert told["stages"][3]["flops"] == 2 * 512 * 7 * 16


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--model", "x"), "unknown model 'x'"),
        (("--model", "mlp", "--input", "3,32"), "--input '3,32' is no shape"),
        (("--model", "mlp", "--batch", "0"), "cannot be profiled at batch 0"),
        (("--model", "mlp", "--workers", "-1"), "numbers of at least 1"),
        (("--model", "mlp", "--workers", "0"), "0 workers and 20 steps"),
        ((), "--model"),
    ],
)
def test_mistakes_are_one_line(cli, options, said):
    ended = cli("profile", *options)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.lines[-1]
