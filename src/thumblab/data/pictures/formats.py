"""Which picture files are read, known by their first bytes; a file's suffix decides nothing.

The list holds formats whose decoders Pillow tests with hostile files. Left out: formats without a
signature (TGA), containers (ICO, PSD, PDF, SVG), camera raw, and JPEG 2000.
"""

from __future__ import annotations

import re

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "PPM", "AVIF", "HEIF")
"""As Pillow names them. MPO (several JPEGs in one file) is JPEG, of which the first is read."""

NAMES = "PNG, JPEG, WebP, BMP, GIF, TIFF, PNM, AVIF or HEIC"
"""The same for people."""

SUFFIXES = frozenset(
    f".{name}"
    for names in (
        ("png", "apng", "jpg", "jpeg", "jpe", "jfif", "mpo", "webp", "bmp", "dib", "gif"),
        ("tif", "tiff", "ppm", "pgm", "pbm", "pnm", "pfm", "avif", "heic", "heif", "hif"),
    )
    for name in names
)
"""Suffixes that files of these formats usually have."""

HEAD = 64
"""So many first bytes tell the format."""

_READ = {
    "PNG": rb"\x89PNG\r\n\x1a\n",
    "JPEG": rb"\xff\xd8\xff",
    "WEBP": rb"RIFF....WEBP",
    "BMP": rb"BM.{8}....[\x0c\x28\x34\x38\x40\x6c\x7c]\x00\x00\x00",
    "GIF": rb"GIF8[79]a",
    "TIFF": rb"II\*\x00|MM\x00\*|II\+\x00|MM\x00\+",
    "PPM": rb"P(?:[1-6]|f)\s",
    "AVIF": rb".{4}ftyp(?:avif|avis)|.{4}ftypmif1.{4}(?:.{4})*?(?:avif|avis)",
    "HEIF": rb".{4}ftyp(?:hei[cmsx]|hev[cmx]|mif1|msf1)",
}

_OTHERS = {
    "JPEG 2000": rb"\x00\x00\x00\x0cjP  |\xff\x4f\xff\x51",
    "JPEG XL": rb"\xff\x0a|\x00\x00\x00\x0cJXL ",
    "Photoshop": rb"8BPS",
    "an icon": rb"\x00\x00[\x01\x02]\x00",
    "PDF": rb"%PDF-",
    "SVG": rb"\s*(?:<\?xml[^>]*>\s*)?<svg",
    "OpenEXR": rb"v/1\x01",
    "DICOM": rb".{128}DICM",
    "a film": rb".{4}ftyp|\x1aE\xdf\xa3",
}


def sniff(head: bytes) -> str | None:
    """The format in ``FORMATS`` that a file with these first bytes has, or None.

    >>> sniff(bytes.fromhex("89504e470d0a1a0a")), sniff(b"GIF89a"), sniff(b"hello")
    ('PNG', 'GIF', None)
    """
    return _matching(_READ, head)


def is_picture_content(head: bytes) -> bool:
    """Whether a file with these first bytes (``HEAD`` of them are enough) is of a format we read."""
    return sniff(head) is not None


def other(head: bytes) -> str | None:
    """What a file with these first bytes is, where it is a picture or a film that we do not read."""
    return _matching(_OTHERS, head)


def _matching(patterns: dict[str, bytes], head: bytes) -> str | None:
    found = (name for name, pattern in patterns.items() if re.match(pattern, head, re.DOTALL))
    return next(found, None)
