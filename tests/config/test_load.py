from dataclasses import replace

import pytest

import thumblab
from thumblab import data, zoo
from thumblab.config import load
from thumblab.core.errors import DataError, RunError, UsageError
from thumblab.losses import CrossEntropy
from thumblab.optim import SGD, OneCycle

DEMO = thumblab.Experiment(
    data=data.Characters(),
    model=zoo.characters_cnn(47),
    optimizer=SGD(learning_rate=OneCycle(max_lr=0.2), nesterov=True, weight_decay=1e-3),
    loss=CrossEntropy(smoothing=0.1),
    augment=(data.Affine(degrees=10, shift=0.08, scale=0.1),),
    epochs=16,
    batch=128,
    label="characters_cnn",
)


def test_the_demo_is_the_recipe_of_the_characters_to_the_last_bit():
    assert load("recipe:characters") == DEMO
    assert load("recipe:characters").key("x") == DEMO.key("x")
    assert load("recipe:characters").label == "characters_cnn"


def test_a_published_data_set_needs_no_files_to_be_loaded(monkeypatch, tmp_path):
    monkeypatch.setenv("THUMBLAB_DATA", str(tmp_path))
    assert load("recipe:cifar10-90").model.out_shape((3, 32, 32)) == (10,)
    assert load("recipe:emnist-balanced").model.out_shape((1, 28, 28)) == (47,)


def test_other_data_are_read_for_their_classes(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('data = "folder:path=pictures"\nmodel = "mlp"\n')
    with pytest.raises(DataError, match="pictures"):
        load(file, root=tmp_path)
    for part in ("train", "test"):
        for name in ("cat", "dog", "owl"):
            (place := tmp_path / "pictures" / part / name).mkdir(parents=True)
            for shade in range(4):
                write_picture(place / f"{part}{shade}.png", shade)
    for root in (tmp_path, str(tmp_path)):
        assert load(str(file), root=root).model.out_shape((1, 8, 8)) == (3,)


def write_picture(path, shade):
    from PIL import Image

    Image.linear_gradient("L").resize((8, 8)).rotate(90 * shade).save(path)


def test_a_run_folder_gives_the_experiment_that_was_run(tmp_path):
    experiment = replace(
        DEMO, model=zoo.stacked_cnn(47, widths=(4, 8), dense=0), subset=200, epochs=1
    )
    (epoch,) = thumblab.train(experiment, runs=tmp_path)
    assert load(epoch.run.folder) == load(str(epoch.run.folder)) == experiment
    with pytest.raises(RunError, match=r"experiment\.json"):
        load(tmp_path)


def test_what_is_wrong_with_a_file_is_said_at_once_with_its_lines(tmp_path):
    file = tmp_path / "wrong.toml"
    file.write_text('data = "charakters"\nepochs = "many"\n')
    with pytest.raises(UsageError) as caught:
        load(file)
    lines = str(caught.value).splitlines()
    assert lines[0].startswith(f"{file}:1: data: unknown data set 'charakters'; did you mean")
    assert lines[1].startswith(f"{file}:2: epochs: 'many' is not a whole number")
    assert "no model was given" in lines[2]
    with pytest.raises(UsageError, match=r"cannot be read .*; name an experiment file"):
        load(tmp_path / "none.toml")
