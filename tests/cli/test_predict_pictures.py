"""``thumblab predict`` on pictures as people have them."""

import io

import numpy as np
import pytest
from PIL import Image

from thumblab.data import Characters, read


@pytest.fixture(scope="module")
def glyphs():
    test = read(Characters()).test
    assert test is not None
    return test.images[::200, ..., 0]


def test_ink_on_paper_is_told_without_preparation_and_prepared_with_it(
    cli, trained, tmp_path, glyphs
):
    """Dark on light, a network of light on dark answers as if nothing were the matter."""
    for number, glyph in enumerate(glyphs):
        Image.fromarray(255 - glyph).save(tmp_path / f"{number}.png")
        Image.fromarray(glyph).save(tmp_path / f"{number}.bmp")
    pages = sorted(tmp_path.glob("*.png"))
    stored = sorted(tmp_path.glob("*.bmp"))
    plain = cli("predict", trained, *pages, "--prepare", "none", "--json")
    assert all("has a border of level 255" in each["warnings"][0] for each in plain.json)
    assert all(f"thumblab: {page} has a border" in plain.err for page in pages)
    prepared = cli("predict", trained, *pages, "--json")
    assert prepared.err == ""
    wanted = cli("predict", trained, *stored, "--prepare", "none", "--json")
    same = [
        each["top"][0]["name"] == other["top"][0]["name"]
        for each, other in zip(prepared.json, wanted.json, strict=True)
    ]
    assert all(same)


def test_the_good_pictures_are_answered_and_the_bad_named(cli, trained, tmp_path, glyphs):
    Image.fromarray(glyphs[0]).save(tmp_path / "good.png")
    (tmp_path / "empty.png").touch()
    (tmp_path / "text.jpg").write_text("hello")
    told = cli("predict", trained, tmp_path, "--json")
    assert told.code == 0
    found = {each["file"].rpartition("/")[2]: each for each in told.json}
    assert found.keys() == {"good.png", "empty.png", "text.jpg"}
    assert "error" not in found["good.png"]
    assert len(found["good.png"]["top"]) == 5
    assert "is empty (0 bytes)" in found["empty.png"]["error"]
    assert "is not PNG" in found["text.jpg"]["error"]
    assert told.err.count("thumblab: ") == 2
    words = cli("predict", trained, tmp_path)
    assert "good.png" in words.out
    assert "empty.png" not in words.out
    (tmp_path / "good.png").unlink()
    assert cli("predict", trained, tmp_path).code == 3


def test_what_the_network_sees_is_drawn(cli, trained, tmp_path, glyphs):
    Image.fromarray(255 - glyphs[0]).save(tmp_path / "page.png")
    shown = tmp_path / "seen.png"
    assert f"drew {shown}" in cli("predict", trained, tmp_path / "page.png", "--output", shown).err
    with Image.open(shown) as sheet:
        assert sheet.width > 2 * 112
    refused = cli("predict", trained, tmp_path / "page.png", "--output", "seen.jpg")
    assert refused.code == 2
    assert "--output seen.jpg is no PNG file" in refused.err


def encodings(glyph: np.ndarray) -> dict[str, bytes]:
    """One glyph in more than 30 encodings."""
    plain = Image.fromarray(glyph)
    clear = plain.convert("LA")
    deep, real = glyph.astype(np.uint16), glyph.astype(np.float32)
    images = {
        **{f"{mode} {kind}": (plain.convert(mode), kind, {}) for mode, kind in MODES},
        "palette png": (plain.convert("RGB").quantize(64), "png", {}),
        "LA png": (clear, "png", {}),
        "12 bits": (Image.fromarray(deep * 16), "png", {}),
        "8 bits in 16": (Image.fromarray(deep), "png", {}),
        "16 bits": (Image.fromarray(deep * 257), "tiff", {}),
        "10 bits tiff": (Image.fromarray(deep * 4), "tiff", {}),
        "float": (Image.fromarray(real / 255), "tiff", {}),
        "float 255": (Image.fromarray(real), "tiff", {}),
        "mask": (Image.fromarray((glyph > 127).astype(np.uint8)), "png", {}),
        "one bit": (Image.fromarray(glyph > 127), "png", {}),
        "progressive": (plain, "jpeg", {"progressive": True, "quality": 90}),
        "inverted": (Image.fromarray(255 - glyph), "png", {}),
        "large": (plain.resize((560, 560), Image.Resampling.BICUBIC), "jpeg", {}),
    }
    found = {}
    for name, (image, kind, options) in images.items():
        buffer = io.BytesIO()
        image.save(buffer, kind, **options)
        found[name] = buffer.getvalue()
    return found


MODES = [
    *((mode, kind) for mode in ("L", "RGB") for kind in ("png", "jpeg", "webp", "bmp", "tiff")),
    *((mode, kind) for mode in ("L", "RGB") for kind in ("gif", "ppm", "mpo")),
    *(("RGBA", kind) for kind in ("png", "webp", "tiff", "bmp")),
    *(("CMYK", kind) for kind in ("jpeg", "tiff")),
]


@pytest.mark.parametrize("prepare", ["auto", "none"])
def test_one_picture_has_one_class_in_every_encoding(cli, tmp_path, glyphs, prepare):
    """The class is that of a network which knows the glyph well: it was trained on it alone."""
    sure = cli(
        "train", "--data", "characters", "--model", "mlp:hidden=16", "--epochs", "3", "--json"
    )
    for name, data in encodings(glyphs[1]).items():
        (tmp_path / name.replace(" ", "-")).write_bytes(data)
    files = sorted(path for path in tmp_path.iterdir() if path.is_file())
    told = cli("predict", sure.json["run"], *files, "--prepare", prepare, "--top", "1", "--json")
    classes = {each["file"]: each["top"][0]["name"] for each in told.json}
    if prepare == "none":
        classes.pop(str(tmp_path / "inverted"))
    assert len(classes) >= 33
    assert len(set(classes.values())) == 1, classes
