import shutil


def test_whole_runs_and_versions_are_listed(cli, trained):
    told = cli("doctor", trained.parent)
    assert told.code == 0
    assert "1 in" in told.out
    assert "all whole" in told.out
    assert cli("doctor", trained, "--json").json["versions"]["numpy"]


def test_damage_is_listed_with_what_to_do_and_a_code(cli, trained, tmp_path):
    run = tmp_path / "runs" / trained.name
    shutil.copytree(trained, run)
    (run / "weights.safetensors").unlink()
    told = cli("doctor", "runs")
    assert told.code == 4
    assert "resume the training: it is written again" in told.out
    (found,) = cli("doctor", "runs", "--json").json["findings"]
    assert found["file"] == "weights.safetensors"
    for verb in ("evaluate", "predict"):
        more = (
            [trained.parent / trained.name / "result.json"]
            if verb == "predict"
            else ["--tta", "flips"]
        )
        assert cli(verb, run, *more).code == 4
    assert cli("doctor", "nowhere").code == 2
