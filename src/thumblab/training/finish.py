"""What a run leaves behind when it is over."""

from __future__ import annotations

import warnings
from typing import Any

from thumblab.analysis import chance
from thumblab.core.summary import summary
from thumblab.core.value import to_dict
from thumblab.data.sources.preparation import intake_metadata
from thumblab.experiment.restore_best import restored
from thumblab.experiment.tta import mean_logits
from thumblab.runs import predictions
from thumblab.storage import checkpoint, sealed
from thumblab.training.trainer import Trainer


def finish(trainer: Trainer) -> None:
    """Writes weights, predictions and, last, the result."""
    trainer.take_kept()
    found, seconds = _predictions(trainer)
    about = {
        "model": to_dict(trainer.experiment.model),
        "shape": list(trainer.dataset.shape),
        "classes": list(trainer.dataset.classes),
        "shift": trainer.shift.tolist(),
        "scale": trainer.scale.tolist(),
        "precision": trainer.experiment.precision,
    } | intake_metadata(trainer.experiment.data, trainer.train_part.images)
    trained = trainer.network.weights()
    path = trainer.run.folder / "weights.safetensors"
    checkpoint.save_arrays(path, trained, about, name="weights")
    stored = trainer.run.folder / "predictions.npz"
    predictions.write(stored, found)
    values = outcome(trainer, "done", _why_early(trainer)) | seconds
    if "validation_tta_logits" in found:
        right = found["validation_tta_logits"].argmax(1) == trainer.validation_part.labels
        values["validation_tta_accuracy"] = float(right.mean())
    values |= _beside_guessing(trainer, found)
    values["weights_sha256"] = checkpoint.digest(trained)
    values["predictions_sha256"] = predictions.digest(stored)
    sealed.write(trainer.run.folder / "result.json", values)
    _warn_of_chance(trainer, values)


def _warn_of_chance(trainer: Trainer, values: dict[str, Any]) -> None:
    """Once the result is written: a run that has learned nothing is done all the same."""
    if values["versus_chance"] == "better than guessing":
        return
    low, high = values["accuracy_interval"]
    if values["versus_chance"] == "cannot tell":
        images = values["validation_images"] or values["train_images"]
        warnings.warn(
            f"{trainer.run.folder}: {images:,} {values['scored_images']} images are too few to tell it from "
            f"guessing; its {100 * values['scored_accuracy']:.2f} % may be anything from {100 * low:.0f} to "
            f"{100 * high:.0f} %",
            stacklevel=3,
        )
        return
    warnings.warn(
        f"{trainer.run.folder} ends at chance level: {100 * values['scored_accuracy']:.2f} % of the "
        f"{values['scored_images']} images are right, and always naming the most common class gets "
        f"{100 * values['chance_accuracy']:.2f} %; try another learning rate, more epochs, or another "
        "model",
        stacklevel=3,
    )


def _predictions(trainer: Trainer) -> tuple[predictions.Predictions, dict[str, float]]:
    """Logits and labels by part, and when those of the test images were there.

    The test images come first, so that the clock stops with them.
    """
    found: predictions.Predictions = {}
    seconds: dict[str, float] = {}
    tta, predict = trainer.experiment.tta, trainer.network.predict
    for name, part in (("test", trainer.dataset.test), ("validation", trainer.validation_part)):
        if part is None or not len(part):
            continue
        found[f"{name}_labels"] = part.labels
        found[f"{name}_logits"] = predict(part.images)
        if name == "test":
            seconds["seconds"] = round(trainer.clock.seconds, 3)
        if tta is not None:
            found[f"{name}_tta_logits"] = mean_logits(predict, part.images, tta)
            if name == "test":
                seconds["tta_seconds"] = round(trainer.clock.seconds, 3)
    return found, seconds


def _beside_guessing(trainer: Trainer, found: predictions.Predictions) -> dict[str, Any]:
    """The validation accuracy beside always naming the most common class.

    Without validation images it is the accuracy of the last epoch on training images.
    """
    if "validation_labels" in found:
        which, labels = "validation", found["validation_labels"]
        right = int((found["validation_logits"].argmax(1) == labels).sum())
    else:
        which, labels = "training", trainer.train_part.labels
        right = round(trainer.lines[-1]["train_accuracy"] * len(labels))
    values = chance(right, labels)
    return {
        "scored_images": which,
        "scored_accuracy": values.right / values.images,
        "accuracy_interval": [values.low, values.high],
        "chance_accuracy": values.guessing,
        "chance_p_value": values.p_value,
        "versus_chance": values.word,
    }


def images_to_predict(trainer: Trainer) -> int:
    """How many images ``finish`` predicts; each counts again for every view."""
    tta, test = trainer.experiment.tta, trainer.dataset.test
    looks = 1 + (0 if tta is None else len(tta.each))
    return looks * (len(trainer.validation_part) + (0 if test is None else len(test)))


def _why_early(trainer: Trainer) -> str | None:
    epochs, rule = trainer.experiment.epochs, trainer.experiment.early_stopping
    done = trainer.step // trainer.steps_per_epoch
    return None if done == epochs else f"{rule} stopped it after epoch {done} of {epochs}"


def outcome(trainer: Trainer, status: str, reason: str | None) -> dict[str, Any]:
    """What ``result.json`` says; the test set has no part in it.

    ``seconds`` is the wall clock from raw arrays in memory to test predictions, over all sessions;
    what was lost to a kill and done again counts once. ``tta_seconds`` goes on to the predictions
    under the experiment's views. ``train_seconds`` are those of training steps alone.
    """
    experiment, dataset = trainer.experiment, trainer.dataset
    described = summary(experiment.model, dataset.shape)
    last = restored(experiment.restore_best, trainer.lines) if trainer.lines else {}
    return {
        "schema": 3,
        "status": status,
        "reason": reason,
        "key": trainer.run.about["key"],
        "engine_version": trainer.run.about["engine"],
        "model": experiment.label or type(experiment.model).__name__,
        "data": dataset.name,
        "test_fingerprint": dataset.test_fingerprint,
        "train_on": experiment.train_on,
        "train_images": len(trainer.train_part),
        "validation_images": len(trainer.validation_part),
        "epochs": trainer.step // trainer.steps_per_epoch,
        "steps": trainer.step,
        "restore_best": experiment.restore_best,
        "weights_epoch": last.get("epoch"),
        "validation_loss": last.get("validation_loss"),
        "validation_cross_entropy": last.get("validation_cross_entropy"),
        "validation_accuracy": last.get("validation_accuracy"),
        "tta": to_dict(experiment.tta),
        "seconds": None,
        "train_seconds": round(trainer.seconds, 3),
        "images_per_second": round(trainer.images / max(trainer.seconds, 1e-9), 1),
        "parameters": described.parameters,
        "trainable_parameters": described.trainable_parameters,
        "flops": described.flops,
        "workers": trainer.network.worker_count,
    }
