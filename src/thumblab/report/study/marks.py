"""Shapes that say a word of a verdict without a color, as pieces of SVG."""

from __future__ import annotations

from markupsafe import Markup

from thumblab.verdict import Word

RADIUS = 6.0

CLASS: dict[Word, str] = {
    "better": "better",
    "worse": "worse",
    "better on these images": "better-here",
    "worse on these images": "worse-here",
    "no difference that matters": "alike",
    "not resolved": "open",
    "void": "void",
}
"""Names in the style sheet."""


def mark(word: Word, x: str = "8", y: float = 8.0) -> Markup:
    """A triangle up or down (hollow for these images alone), a bar, a ring or a cross.

    Args:
        word: What it stands for.
        x: Where along the width, a number or a share such as ``50%``.
        y: Its height, in pixels.
    """
    r = RADIUS
    up, down = f"M0 {-r}L{r} {r * 0.8:g}H{-r}Z", f"M0 {r}L{r} {-r * 0.8:g}H{-r}Z"
    paths = {
        "better": up,
        "better on these images": up,
        "worse": down,
        "worse on these images": down,
        "no difference that matters": f"M{-r} {-r / 2:g}H{r}M{-r} {r / 2:g}H{r}",
        "not resolved": f"M{-r * 0.8:g} 0a{r * 0.8:g} {r * 0.8:g} 0 1 0 {r * 1.6:g} 0a{r * 0.8:g} "
        f"{r * 0.8:g} 0 1 0 {-r * 1.6:g} 0",
        "void": f"M{-r * 0.8:g} {-r * 0.8:g}L{r * 0.8:g} {r * 0.8:g}M{r * 0.8:g} {-r * 0.8:g}L"
        f"{-r * 0.8:g} {r * 0.8:g}",
    }
    shape = f'<path d="{paths[word]}"/>'
    return Markup(
        f'<svg x="{x}" y="{y:g}" overflow="visible" class="mark {CLASS[word]}">{shape}</svg>'
    )


def key(word: Word) -> Markup:
    """The same as a picture of its own, beside the word."""
    return Markup(f'<svg class="key" width="16" height="16" aria-hidden="true">{mark(word)}</svg>')
