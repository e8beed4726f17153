"""Draws the pictures of docs/engine.md.

    python scripts/draw_engine.py

writes docs/*.svg. A picture brings its own ground and two sets of colors, so that it can be read on light
and on dark pages.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"
STYLE = """
text { font: 14px system-ui, sans-serif; fill: #1f2328; }
.head { font-weight: 600; } .small { font-size: 12px; fill: #59636e; }
.code { font: 12px ui-monospace, monospace; }
.ground { fill: #ffffff; stroke: #d0d7de; } .line { stroke: #59636e; fill: none; }
.tip { fill: #59636e; } .dash { stroke-dasharray: 4 4; }
.blue { fill: #ddf4ff; stroke: #0969da; } .orange { fill: #fff1e5; stroke: #bc4c00; }
.green { fill: #dafbe1; stroke: #1a7f37; } .purple { fill: #fbefff; stroke: #8250df; }
.next { fill: none; stroke: #bc4c00; stroke-width: 2; stroke-dasharray: 5 3; }
.gray { fill: #eaeef2; stroke: #8c959f; } .clear { fill: none; stroke: #59636e; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; } .small { fill: #9198a1; } .tip { fill: #9198a1; }
.ground { fill: #0d1117; stroke: #3d444d; } .line, .clear { stroke: #9198a1; }
.blue { fill: #0c2d6b; stroke: #58a6ff; } .orange { fill: #4d2000; stroke: #f0883e; }
.green { fill: #033a16; stroke: #3fb950; } .purple { fill: #351a57; stroke: #bc8cff; }
.gray { fill: #262c36; stroke: #656c76; } .next { stroke: #f0883e; }
}
"""
TIP = (
    '<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
    'orient="auto"><path class="tip" d="M0 0 8 4 0 8z"/></marker>'
)


class Drawing:
    """Shapes on a ground; coordinates in pixels, from the upper left corner."""

    def __init__(self, width: int, height: int, title: str) -> None:
        self._parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" role="img"><title>{escape(title)}</title>'
            f"<style>{STYLE}</style><defs>{TIP}</defs>",
            f'<rect class="ground" x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="8"/>',
        ]

    def box(self, x: float, y: float, w: float, h: float, kind: str, label: str = "") -> None:
        """A rectangle with words in its middle."""
        self._parts.append(
            f'<rect class="{kind}" x="{x}" y="{y}" width="{w}" height="{h}" rx="2"/>'
        )
        if label:
            self.text(x + w / 2, y + h / 2 + 5, label, "", "middle")

    def grid(
        self, x: float, y: float, rows: int, columns: int, side: float, kind: str, border: int = 0
    ) -> None:
        """Squares; the outermost ``border`` of them are gray."""
        for i in range(rows):
            for j in range(columns):
                edge = min(i, j, rows - 1 - i, columns - 1 - j) < border
                self.box(x + j * side, y + i * side, side, side, "gray" if edge else kind)

    def text(self, x: float, y: float, label: str, kind: str = "", anchor: str = "start") -> None:
        """Lines of words."""
        for place, line in enumerate(label.split("\n")):
            self._parts.append(
                f'<text class="{kind}" x="{x}" y="{y + 19 * place}" text-anchor="{anchor}">'
                f"{escape(line)}</text>"
            )

    def arrow(self, *points: tuple[float, float]) -> None:
        """A line through points, with a tip at its end."""
        path = "M" + " L".join(f"{x} {y}" for x, y in points)
        self._parts.append(f'<path class="line" d="{path}" marker-end="url(#tip)"/>')

    def line(self, x: float, y: float, to_x: float, to_y: float, kind: str = "") -> None:
        """A straight line."""
        self._parts.append(f'<path class="line {kind}" d="M{x} {y} L{to_x} {to_y}"/>')

    def brace(self, x: float, to_x: float, y: float) -> None:
        """A bracket under a span."""
        self._parts.append(f'<path class="line" d="M{x} {y} v8 H{to_x} v-8"/>')

    def save(self, name: str) -> None:
        """Writes the picture to docs/."""
        (DOCS / f"{name}.svg").write_text("\n".join([*self._parts, "</svg>\n"]), encoding="utf-8")


def layout() -> None:
    """Sixteen images side by side, inside the pixels and outside the channels."""
    d = Drawing(860, 372, "The blocked layout")
    d.text(24, 34, "a block: 16 images", "head")
    for card in (3, 2, 1):
        d.box(24 + 7 * card, 50 + 7 * card, 154, 154, "clear")
    d.grid(24, 50, 7, 7, 22, "blue", border=1)
    d.box(24 + 66, 50 + 44, 22, 22, "orange")
    d.text(24, 250, "(h + 2) x (w + 2) pixels;\nthe gray border is always zero")
    d.arrow((114, 105), (262, 105))
    d.text(270, 34, "one pixel: 16 x c values, one after the other", "head")
    for image in range(6):
        y = 54 + 22 * image + (22 if image == 5 else 0)
        for channel in range(8):
            d.box(330 + 26 * channel, y, 26, 22, "orange")
        d.text(320, y + 16, f"image {image if image < 5 else 15}", "small", "end")
    d.text(434, 179, "...", "", "middle")
    d.text(434, 228, "c channels", "small", "middle")
    d.text(580, 90, "A 3x3 window at the edge reads\nthe border: nothing is padded,")
    d.text(580, 128, "and no window is special.")
    d.text(580, 162, "A batch of 100 is 7 blocks;\nthe 12 padding samples are zero.")
    d.text(24, 304, "in memory: one row of an image", "head")
    for pixel in range(9):
        kind = "gray" if pixel in (0, 8) else "orange" if pixel == 3 else "blue"
        d.box(24 + 64 * pixel, 314, 64, 24, kind, "" if kind == "gray" else "16 x c")
    d.brace(88, 536, 342)
    d.text(620, 331, "a matrix of (w · 16) rows and\nc columns, as BLAS wants it")
    d.save("layout")


def lowering() -> None:
    """Only the kernel's columns are copied; its rows are overlapping views."""
    d = Drawing(860, 330, "Row lowering")
    d.text(24, 34, "rows of an image, (h, w)", "head")
    d.grid(24, 50, 6, 7, 22, "blue", border=1)
    d.text(24, 206, "a 3x3 kernel needs each pixel\nin nine windows")
    d.arrow((184, 116), (246, 116))
    d.text(190, 104, "copy", "small")
    d.text(262, 34, "three copies, each moved by a column", "head")
    for j, kind in enumerate(("blue", "green", "purple")):
        d.text(262 + 100 * j + 45, 62, f"column {j}", "small", "middle")
        for i in range(6):
            d.box(262 + 100 * j, 70 + 24 * i, 90, 24, "gray" if i in (0, 5) else kind)
    for i in range(6):
        d.text(570, 87 + 24 * i, f"row {i}", "small")
    for n, (top, x) in enumerate(((70, 620), (94, 640), (118, 660), (142, 680))):
        d.line(x, top + 2, x, top + 70)
        d.line(x - 5, top + 2, x, top + 2)
        d.line(x - 5, top + 70, x, top + 70)
        d.text(x + 6, top + 20, f"output row {n}", "small")
    d.text(
        262,
        246,
        "Three rows of all copies, taken together, are the matrix of an output row:\n"
        "(3 · 3 · c) x (w · 16), a view that moves down by one row for the next.",
    )
    d.text(
        262, 300, "Copied: 3 values a pixel and channel. Unfolding every window copies 9.", "head"
    )
    d.save("lowering")


def winograd() -> None:
    """Tiles go to 36 points, are multiplied there, and come back."""
    d = Drawing(860, 352, "Winograd convolution, F(4x4, 3x3)")
    d.text(24, 34, "tile d, 6x6 pixels", "head")
    d.grid(24, 50, 7, 10, 18, "clear")
    d.grid(24, 50, 6, 6, 18, "blue")
    d.box(96, 50, 108, 108, "next")
    d.text(24, 196, "the next tile begins 4 pixels", "small")
    d.text(24, 212, "further: they overlap by 2", "small")
    d.text(24, 250, "kernel g, 3x3", "head")
    d.grid(24, 264, 3, 3, 18, "green")
    d.arrow((212, 110), (282, 110))
    d.text(246, 98, "B'd B", "code", "middle")
    d.arrow((88, 291), (282, 291))
    d.text(186, 279, "G g G'", "code", "middle")
    d.text(292, 34, "36 points", "head")
    for card in range(4, -1, -1):
        d.box(292 + 7 * card, 50 + 7 * card, 44, 120, "blue")
        d.box(292 + 7 * card, 252 + 7 * card, 60, 44, "green")
        d.box(446 + 7 * card, 50 + 7 * card, 60, 120, "orange")
    d.text(314, 115, "V", "", "middle")
    d.text(322, 279, "U", "", "middle")
    d.text(292, 216, "(tiles · 16) x c, each", "small")
    d.text(292, 341, "c x o, each", "small")
    d.arrow((370, 110), (438, 110))
    d.arrow((388, 291), (460, 291), (460, 178))
    d.text(446, 34, "36 matrix products", "head")
    d.text(476, 115, "V U", "", "middle")
    d.text(470, 216, "(tiles · 16) x o, each", "small")
    d.arrow((544, 110), (614, 110))
    d.text(578, 98, "A'p A", "code", "middle")
    d.text(624, 34, "output tile, 4x4 pixels", "head")
    d.grid(624, 50, 4, 4, 27, "purple")
    d.text(512, 264, "36 multiplications for 16 output pixels,", "head")
    d.text(512, 283, "where a plain convolution takes 9 · 16 = 144.")
    d.text(
        530, 313, "The transforms are small matrix products\ntoo, on strided views that overlap."
    )
    d.save("winograd")


def fusion() -> None:
    """What passes over memory layer by layer, and with a strip in the cache."""
    d = Drawing(860, 340, "Fused layers")
    d.text(24, 34, "one layer after the other: seven passes over memory", "head")
    for n, name in enumerate(("convolution", "ReLU", "sums", "scale")):
        d.box(60 + 200 * n, 50, 120, 34, "blue", name)
    d.box(24, 118, 812, 26, "gray", "memory")
    for x in (80, 280, 480, 680):
        d.arrow((x, 118), (x, 88))
    for x in (160, 360, 760):
        d.arrow((x, 84), (x, 114))
    d.text(24, 196, "fused: four passes", "head")
    d.box(44, 212, 452, 58, "green")
    for n, name in enumerate(("convolution", "ReLU", "sums")):
        d.box(60 + 146 * n, 224, 120, 34, "blue", name)
    d.arrow((180, 241), (202, 241))
    d.arrow((326, 241), (348, 241))
    d.box(660, 224, 120, 34, "blue", "scale")
    d.text(510, 236, "strip by strip,", "small")
    d.text(510, 252, "in the cache", "small")
    d.box(24, 298, 812, 26, "gray", "memory")
    d.arrow((80, 298), (80, 274))
    d.arrow((460, 270), (460, 294))
    d.arrow((680, 298), (680, 262))
    d.arrow((760, 258), (760, 294))
    d.save("fusion")


def workers() -> None:
    """Two workers in time, and where they meet."""
    d = Drawing(860, 342, "Workers")
    d.text(24, 34, "a training step of two workers", "head")
    spans = (
        (90, 56, "orange", "door"),
        (150, 106, "blue", "forward"),
        (284, 106, "blue", "forward"),
        (394, 50, "orange", "loss"),
        (448, 106, "green", "backward"),
        (582, 106, "green", "backward"),
        (720, 112, "purple", "sum, move"),
    )
    for rank, y in enumerate((56, 196)):
        d.text(24, y + 24, f"worker {rank}")
        for x, width, kind, name in spans:
            d.box(x, y, width, 38, kind, name)
    label = "shared memory: images, weights, each worker's gradients and their sum"
    d.box(24, 130, 812, 32, "gray", label)
    for x, label in ((270, "moments"), (568, "their gradients"), (704, "all are done")):
        d.line(x, 48, x, 128, "dash")
        d.line(x, 164, x, 252, "dash")
        d.text(x, 268, label, "small", "middle")
    d.text(
        24,
        302,
        "At a dashed line the workers meet: BatchNorm adds its sums over the whole batch, in rank order\n"
        "and in float64. In the end each worker sums its part of all gradients and moves those weights.",
    )
    d.save("workers")


def memory() -> None:
    """Lifetimes of arrays in kept blocks."""
    d = Drawing(860, 318, "Kept memory")
    times = ("layer 1", "layer 2", "layer 3", "loss", "layer 3", "layer 2", "layer 1")
    d.text(114, 34, "forward", "head")
    d.text(516, 34, "backward", "head")
    for n, name in enumerate(times):
        d.text(164 + 100 * n, 60, name, "small", "middle")
        d.line(114 + 100 * n, 68, 114 + 100 * n, 252, "dash")
    lives = (
        (0, 0, 6, "blue", "y1"),
        (1, 1, 5, "blue", "y2"),
        (1, 5, 7, "green", "dy1"),
        (2, 2, 4, "blue", "y3"),
        (2, 4, 6, "green", "dy2"),
        (3, 3, 5, "green", "dy3"),
    )
    for block in range(4):
        d.text(24, 96 + 46 * block, f"block {'ABCD'[block]}")
    for block, begin, end, kind, name in lives:
        d.box(116 + 100 * begin, 74 + 46 * block, 100 * (end - begin) - 4, 34, kind, name)
    d.text(
        24,
        282,
        "Six arrays live in four blocks. A block is lent while its array is referred to.\n"
        "The next step finds the same blocks, so that no page is touched for the first time.",
    )
    d.save("memory")


if __name__ == "__main__":
    for draw in (layout, lowering, winograd, fusion, workers, memory):
        draw()
