"""What the commands of a study share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from thumblab.cli.places import RUNS, runs_folder

if TYPE_CHECKING:
    from thumblab.study import Study


@Parameter(name="*")
@dataclass(frozen=True)
class StudyOptions:
    """Which study, and where its runs and its data lie.

    Attributes:
        profile: Change the study as [profile.NAME] of its file says; it then is a study of its own.
        runs: Folder of run folders; the study's records lie below it, in studies/NAME.
        from_: Folder or archive that holds the data files.
    """

    profile: str | None = None
    runs: Annotated[Path | None, RUNS] = None
    from_: Annotated[Path | None, Parameter(name="--from")] = None

    @property
    def folder(self) -> Path:
        """The folder of run folders."""
        return self.runs or runs_folder()

    def commands(self, file: Path) -> list[list[str]]:
        """What runs the study and what judges it, as they are typed."""
        more = ["--profile", self.profile] if self.profile else []
        more += ["--runs", str(self.folder)] if self.runs else []
        return [["thumblab", "study", verb, str(file), *more] for verb in ("run", "verdict")]

    def read(self, file: Path) -> Study:
        """The study in a file."""
        from thumblab.study import read_study

        return read_study(file, profile=self.profile, root=self.from_)
