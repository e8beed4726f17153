"""How many written characters a network gets right when they come as people's pictures do.

    python benchmarks/handwriting.py RUN [--each 4] [--sheet FILE.png]

RUN was trained on the embedded characters (``thumblab demo``, or the recipe ``characters``). ``--each`` test
glyphs of every class are rendered in ten ways, from the file as it is stored to a photograph of blue ink on
squared paper under a lamp; every picture is encoded, and classified as it is and prepared as the run
stores it. Of each rendering: the accuracy with and without preparation, and the share of pictures that are
told to look unlike the training images where they are not prepared. The renderings are drawn by seed, and
nothing was chosen by them: the preparation was worked out on validation glyphs and others' renderings.

results/handwriting/ gets a file with the numbers and the processor, which is printed as one JSON line too.
"""

from __future__ import annotations

import argparse
import io
import json
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from thumblab.data import Characters, read
from thumblab.evaluation.predict import load_network
from thumblab.runs import Run
from thumblab.runs.environment import environment
from thumblab.runs.shown import Prepare, intake_of, show

ROOT = Path(__file__).parents[1]
Draw = Callable[[NDArray[np.uint8], np.random.Generator], tuple[Image.Image, str]]


def stored(glyph: NDArray[np.uint8], rng: np.random.Generator) -> tuple[Image.Image, str]:
    return Image.fromarray(glyph), "png"


def inverted(glyph: NDArray[np.uint8], rng: np.random.Generator) -> tuple[Image.Image, str]:
    return Image.fromarray(255 - glyph), "png"


def transparent(glyph: NDArray[np.uint8], rng: np.random.Generator) -> tuple[Image.Image, str]:
    ink = Image.new("RGBA", glyph.shape[::-1])
    ink.putalpha(Image.fromarray(glyph))
    return ink, "png"


def canvas(high: int, wide: int, at: tuple[int, int] | None = None) -> Draw:
    """The glyph on a black canvas: in its middle, ``at`` a place, or in a corner where that is (-1, -1)."""

    def drawn(glyph: NDArray[np.uint8], rng: np.random.Generator) -> tuple[Image.Image, str]:
        whole = np.zeros((high, wide), np.uint8)
        room = high - len(glyph), wide - len(glyph)
        top, left = (side // 2 for side in room) if at is None else rng.choice([0, 1], 2) * room
        whole[top : top + len(glyph), left : left + len(glyph)] = glyph
        return Image.fromarray(whole), "png"

    return drawn


def paper(
    side: int,
    share: float,
    *,
    ink: tuple[int, int, int] = (40, 38, 46),
    sheet: tuple[int, int, int] = (238, 234, 226),
    lines: int = 0,
) -> Draw:
    """A photograph of ``side`` pixels; the glyph is drawn on ``share`` of its width, turned by 6 degrees.

    Light falls off to one side, an edge of a shadow crosses the sheet, paper has grain and the camera noise.
    """

    def drawn(glyph: NDArray[np.uint8], rng: np.random.Generator) -> tuple[Image.Image, str]:
        large = round(side * share)
        cover = Image.new("L", (side, side))
        place = rng.integers(side // 20, side - large - side // 20, 2).tolist()
        cover.paste(Image.fromarray(glyph).resize((large, large), Image.Resampling.BICUBIC), place)
        ground = Image.new("RGB", (side, side), sheet)
        for at in range(lines // 2, side if lines else 0, lines or 1):
            pen = ImageDraw.Draw(ground)
            pen.line([(0, at), (side, at)], (160, 180, 220), max(1, side // 300))
            pen.line([(at, 0), (at, side)], (160, 180, 220), max(1, side // 300))
        ground.paste(ink, mask=cover)
        turned = ground.rotate(rng.uniform(-6, 6), Image.Resampling.BICUBIC, fillcolor=sheet)
        soft = np.asarray(turned.filter(ImageFilter.GaussianBlur(side / 320)), np.float64)
        lit = soft * _light(side, rng)[..., None] + rng.normal(0, 6, (side, side, 1))
        return Image.fromarray(lit.clip(0, 255).astype(np.uint8)), "jpeg"

    return drawn


def _light(side: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """How bright each place of the sheet is."""
    y, x = np.mgrid[0:side, 0:side] / side - 0.5
    lamp, edge = rng.uniform(0, 2 * np.pi, 2)
    light: NDArray[np.float64] = 0.85 + 0.3 * (np.cos(lamp) * x + np.sin(lamp) * y)
    beyond = np.cos(edge) * x + np.sin(edge) * y - rng.uniform(-0.3, 0.3)
    grain = rng.normal(0, 0.012, (side, side))
    return light * (1 - 0.35 / (1 + np.exp(-40 * beyond))) + grain


RENDERINGS: dict[str, Draw] = {
    "stored": stored,
    "inverted": inverted,
    "transparent": transparent,
    "corner": canvas(96, 96, (-1, -1)),
    "wide": canvas(28, 84),
    "tall": canvas(84, 28),
    "photograph": paper(320, 0.55),
    "squared paper": paper(320, 0.5, ink=(40, 60, 165), lines=20),
    "yellow paper": paper(320, 0.5, sheet=(248, 220, 110)),
    "small": paper(800, 0.15),
}


def encoded(drawing: tuple[Image.Image, str]) -> bytes:
    buffer = io.BytesIO()
    drawing[0].save(buffer, drawing[1], **({"quality": 85} if drawing[1] == "jpeg" else {}))
    return buffer.getvalue()


def measured(run: Run, each: int, sheet: Path | None) -> dict[str, Any]:
    """Accuracies and the share told, of every rendering."""
    network, about = load_network(run)
    intake, test = intake_of(run, about), read(Characters()).test
    assert test is not None
    rows = np.concatenate([np.flatnonzero(test.labels == c)[:each] for c in range(47)])
    labels, found, looks = test.labels[rows], {}, []
    for number, (name, draw) in enumerate(RENDERINGS.items()):
        files = [
            encoded(draw(test.images[row, ..., 0], np.random.default_rng([number, row])))
            for row in rows
        ]
        scores: dict[str, Any] = {}
        for way, how in (("as it is", None), ("prepared", "auto")):
            prepare_with: Prepare = None if how is None else "auto"
            shown = show(intake, files, prepare_with)
            images = np.stack([one.image for one in shown if one.image is not None])
            scores[way] = float((network.predict(images).argmax(1) == labels).mean())
            scores[f"told {way}"] = float(np.mean([bool(one.warnings) for one in shown]))
        looks.append([(one.thumbnail, one.image) for one in shown[:: len(shown) // 20]])
        found[name] = {key: round(value, 4) for key, value in scores.items()}
        print(name, found[name], flush=True)
    if sheet is not None:
        contact(looks).save(sheet)
    return found


def contact(looks: list[list[tuple[Any, Any]]]) -> Image.Image:
    """Two rows a rendering: pictures, and what the network sees of them."""
    side = 84
    whole = Image.new("RGB", (side * max(map(len, looks)), 2 * side * len(looks)), "gray")
    for row, look in enumerate(looks):
        for column, (thumbnail, image) in enumerate(look):
            above = thumbnail.convert("RGBA")
            above.thumbnail((side - 4, side - 4))
            whole.paste(above, (column * side, 2 * row * side), above)
            below = Image.fromarray(image[..., 0]).resize((side - 4, side - 4), 0)
            whole.paste(below, (column * side, (2 * row + 1) * side))
    return whole


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("run", type=Path)
    options.add_argument("--each", type=int, default=4)
    options.add_argument("--sheet", type=Path)
    options.add_argument("--results", type=Path, default=ROOT / "results" / "handwriting")
    given = options.parse_args()
    run = Run.open(given.run)
    found = {
        "glyphs": 47 * given.each,
        "run": run.about["key"],
        "engine_version": run.about["engine"],
        "processor": environment(1)["machine"],
        "python": platform.python_version(),
        "renderings": measured(run, given.each, given.sheet),
    }
    given.results.mkdir(parents=True, exist_ok=True)
    path = given.results / "characters.json"
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
