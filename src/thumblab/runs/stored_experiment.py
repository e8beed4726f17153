"""``experiment.json``: what a run folder says of the experiment that it holds, read and believed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from thumblab.core.errors import RunError, UntrustedError, UsageError
from thumblab.core.value import from_dict, identity_of_dict
from thumblab.experiment.experiment import Experiment, key_of
from thumblab.storage import sealed

SCHEMA = 3
"""1 has no seals and no modules of the user's; 1 and 2 have other names (see ``core/renamed.py``)."""


def read_about(folder: Path) -> dict[str, Any]:
    """Schema, key, fingerprint, engine, sources and experiment.

    Raises:
        RunError: If ``folder`` is no run folder, a damaged one, or one that a newer thumblab wrote.
    """
    path = folder / "experiment.json"
    about = sealed.read(path)
    schema = about.get("schema", 0)
    if isinstance(schema, int) and schema > SCHEMA:
        raise RunError(
            f"{folder} was written by a newer thumblab (schema {schema}, this one reads "
            f"{SCHEMA}); upgrade with pip install -U thumblab"
        )
    wanted = {"schema": int, "key": str, "fingerprint": str, "experiment": dict}
    if schema != 1:
        about = sealed.read(path, required=True)
        wanted |= {"engine": int, "sources": dict}
    for name, kind in wanted.items():
        if not isinstance(about.get(name), kind):
            raise RunError(f"{path} describes no experiment (its {name}); train again")
    return about


def experiment_of(
    folder: Path, about: Mapping[str, Any], modules: Mapping[str, ModuleType]
) -> Experiment:
    """The experiment that ``about`` describes.

    Args:
        folder: Where it was read.
        about: What ``read_about`` found there.
        modules: Where the classes that are not ours are found.

    Raises:
        UntrustedError: If it needs code that is not trusted.
        RunError: If it is not the one that the key names.
    """
    try:
        experiment = from_dict(about["experiment"], modules)
    except UntrustedError:
        raise
    except (UsageError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise RunError(
            f"{folder}/experiment.json holds no experiment ({error}); train again"
        ) from error
    if not isinstance(experiment, Experiment):
        raise RunError(f"{folder}/experiment.json holds no experiment; train again")
    named = identity_of_dict(about["experiment"], modules)
    if about["schema"] > 1 and about["key"] != key_of(
        named, about["fingerprint"], about["engine"], dict(about.get("sources", {}))
    ):
        raise RunError(
            f"{folder}/experiment.json was edited: its key names another experiment; restore it"
        )
    return experiment
