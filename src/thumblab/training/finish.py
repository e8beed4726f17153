"""What a run leaves behind when it is over."""

from __future__ import annotations

import warnings
from typing import Any

from thumblab.analysis import chance
from thumblab.core.summary import summary
from thumblab.core.value import to_dict
from thumblab.experiment.restore_best import kept
from thumblab.experiment.tta import mean_logits
from thumblab.runs import predictions
from thumblab.runs.ledger import test_fingerprint
from thumblab.runs.shown import intake_metadata
from thumblab.storage import checkpoint, sealed
from thumblab.training.trainer import Session


def finish(session: Session) -> None:
    """Writes weights, predictions and, last, the result."""
    session.take_kept()
    found, seconds = _predictions(session)
    about = {
        "model": to_dict(session.experiment.model),
        "shape": list(session.dataset.shape),
        "classes": list(session.dataset.classes),
        "shift": session.shift.tolist(),
        "scale": session.scale.tolist(),
        "precision": session.experiment.precision,
    } | intake_metadata(session.experiment.data, session.train_part.images)
    trained = session.network.weights()
    path = session.run.folder / "weights.safetensors"
    checkpoint.save_arrays(path, trained, about, name="weights")
    stored = session.run.folder / "predictions.npz"
    predictions.write(stored, found)
    told = outcome(session, "done", _why_early(session)) | seconds
    if "validation_views_logits" in found:
        right = found["validation_views_logits"].argmax(1) == session.validation_part.labels
        told["validation_views_accuracy"] = float(right.mean())
    told |= _beside_guessing(session, found)
    told["weights_sha256"] = checkpoint.digest(trained)
    told["predictions_sha256"] = predictions.digest(stored)
    sealed.write(session.run.folder / "result.json", told)
    _warn_of_chance(session, told)


def _warn_of_chance(session: Session, told: dict[str, Any]) -> None:
    """Once the result is written: a run that has learned nothing is done all the same."""
    if told["beside_guessing"] == "better than guessing":
        return
    low, high = told["accuracy_interval"]
    if told["beside_guessing"] == "cannot tell":
        images = told["validation_images"] or told["train_images"]
        warnings.warn(
            f"{session.run.folder}: {images:,} {told['judged_images']} images are too few to tell it from "
            f"guessing; its {100 * told['judged_accuracy']:.2f} % may be anything from {100 * low:.0f} to "
            f"{100 * high:.0f} %",
            stacklevel=3,
        )
        return
    warnings.warn(
        f"{session.run.folder} ends at chance level: {100 * told['judged_accuracy']:.2f} % of the "
        f"{told['judged_images']} images are right, and always naming the most common class gets "
        f"{100 * told['guessing_accuracy']:.2f} %; try another learning rate, more epochs, or another "
        "model",
        stacklevel=3,
    )


def _predictions(session: Session) -> tuple[predictions.Predictions, dict[str, float]]:
    """Logits and labels by part, and when those of the test images were there.

    The test images come first, so that the clock stops with them.
    """
    found: predictions.Predictions = {}
    seconds: dict[str, float] = {}
    views, predict = session.experiment.views, session.network.predict
    for name, part in (("test", session.dataset.test), ("validation", session.validation_part)):
        if part is None or not len(part):
            continue
        found[f"{name}_labels"] = part.labels
        found[f"{name}_logits"] = predict(part.images)
        if name == "test":
            seconds["seconds"] = round(session.clock.seconds, 3)
        if views is not None:
            found[f"{name}_views_logits"] = mean_logits(predict, part.images, views)
            if name == "test":
                seconds["views_seconds"] = round(session.clock.seconds, 3)
    return found, seconds


def _beside_guessing(session: Session, found: predictions.Predictions) -> dict[str, Any]:
    """The validation accuracy beside always naming the most common class.

    Without validation images it is the accuracy of the last epoch on training images.
    """
    if "validation_labels" in found:
        which, labels = "validation", found["validation_labels"]
        right = int((found["validation_logits"].argmax(1) == labels).sum())
    else:
        which, labels = "training", session.train_part.labels
        right = round(session.lines[-1]["train_accuracy"] * len(labels))
    told = chance(right, labels)
    return {
        "judged_images": which,
        "judged_accuracy": told.right / told.images,
        "accuracy_interval": [told.low, told.high],
        "guessing_accuracy": told.guessing,
        "guessing_p_value": told.p_value,
        "beside_guessing": told.word,
    }


def images_to_predict(session: Session) -> int:
    """How many images ``finish`` predicts; each counts again for every view."""
    views, test = session.experiment.views, session.dataset.test
    looks = 1 + (0 if views is None else len(views.each))
    return looks * (len(session.validation_part) + (0 if test is None else len(test)))


def _why_early(session: Session) -> str | None:
    epochs, rule = session.experiment.epochs, session.experiment.stop
    done = session.step // session.steps_per_epoch
    return None if done == epochs else f"{rule} stopped it after epoch {done} of {epochs}"


def outcome(session: Session, status: str, reason: str | None) -> dict[str, Any]:
    """What ``result.json`` says; the test set has no part in it.

    ``seconds`` is the wall clock from raw arrays in memory to test predictions, over all sessions;
    what was lost to a kill and done again counts once. ``views_seconds`` goes on to the predictions
    under the experiment's views. ``train_seconds`` are those of training steps alone.
    """
    experiment, dataset = session.experiment, session.dataset
    described = summary(experiment.model, dataset.shape)
    last = kept(experiment.keep, session.lines) if session.lines else {}
    return {
        "schema": 2,
        "status": status,
        "reason": reason,
        "key": session.run.about["key"],
        "model": experiment.label or type(experiment.model).__name__,
        "data": dataset.name,
        "test_fingerprint": test_fingerprint(dataset.test),
        "train_on": experiment.train_on,
        "train_images": len(session.train_part),
        "validation_images": len(session.validation_part),
        "epochs": session.step // session.steps_per_epoch,
        "steps": session.step,
        "keep": experiment.keep,
        "kept_epoch": last.get("epoch"),
        "validation_loss": last.get("validation_loss"),
        "validation_cross_entropy": last.get("validation_cross_entropy"),
        "validation_accuracy": last.get("validation_accuracy"),
        "views": to_dict(experiment.views),
        "seconds": None,
        "train_seconds": round(session.seconds, 3),
        "images_per_second": round(session.images / max(session.seconds, 1e-9), 1),
        "parameters": described.parameters,
        "trainable_parameters": described.trainable_parameters,
        "flops": described.flops,
        "shards": session.network.shard_count,
    }
