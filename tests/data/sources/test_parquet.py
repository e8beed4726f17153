import io
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from thumblab.core.errors import DataError
from thumblab.data import Parquet, read


def pixels(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (8, 8, 3)).astype(np.uint8)


def png(seed: int) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels(seed)).save(out, "png")
    return out.getvalue()


def write(path: Path, cells: list[Any], labels: list[Any], names: list[str] | None = None) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    table = pa.table({"image": cells, "label": labels})
    if names:
        features = {"label": {"names": names, "_type": "ClassLabel"}}
        told = json.dumps({"info": {"features": features}}).encode()
        table = table.replace_schema_metadata({b"huggingface": told})
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path)


def test_files_as_hugging_face_keeps_them(tmp_path) -> None:
    cells = [{"bytes": png(i), "path": f"{i}.png"} for i in range(4)]
    for name, rows in (("train-00000-of-00002", cells[:2]), ("train-00001-of-00002", cells[2:])):
        write(tmp_path / "data" / f"{name}.parquet", rows, [1, 0], ["cat", "dog"])
    write(tmp_path / "data" / "test-00000-of-00001.parquet", cells[:1], [1], ["cat", "dog"])
    data = read(Parquet(str(tmp_path), side=8))
    assert (data.classes, data.train.labels.tolist()) == (("cat", "dog"), [1, 0, 1, 0])
    np.testing.assert_array_equal(data.train.images[2], pixels(2))
    assert data.test is not None
    assert data.test.labels.tolist() == [1]


def test_one_file_of_bytes_and_names(tmp_path) -> None:
    write(tmp_path / "pets.parquet", [png(1), png(2)], ["dog", "cat"])
    data = read(Parquet(str(tmp_path / "pets.parquet")))
    assert (data.name, data.classes, data.train.labels.tolist()) == ("pets", ("cat", "dog"), [1, 0])


def test_other_files_are_refused(tmp_path) -> None:
    write(tmp_path / "a" / "x.parquet", ["1.png", "2.png"], [0, 1])
    with pytest.raises(DataError, match="has rows without a picture's bytes; save them with their"):
        read(Parquet(str(tmp_path / "a")))
    with pytest.raises(DataError, match="has the columns image, label, none of which holds labels"):
        read(Parquet(str(tmp_path / "a"), label="breed"))
    (tmp_path / "x.parquet").write_bytes(b"PAR1" * 9)
    with pytest.raises(DataError, match="is no Parquet file, or is damaged"):
        read(Parquet(str(tmp_path / "x.parquet")))
    (tmp_path / "none").mkdir()
    with pytest.raises(DataError, match="holds no Parquet file"):
        read(Parquet(str(tmp_path / "none")))


def test_without_pyarrow_the_way_is_named(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (tmp_path / "x.parquet").write_bytes(b"PAR1")
    with pytest.raises(DataError, match=r"install it with pip install 'thumblab\[parquet\]'"):
        read(Parquet(str(tmp_path / "x.parquet")))
