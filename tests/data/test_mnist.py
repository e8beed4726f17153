import gzip

from thumblab.data import Mnist, read


def test_files_may_be_gzipped_each_by_itself(examples, shelve, tmp_path) -> None:
    plain = read(Mnist(), shelve(tmp_path / "plain", examples[Mnist()]))
    mixed = {
        (f"{name}.gz" if "images" in name else name): (
            gzip.compress(data) if "images" in name else data
        )
        for name, data in examples[Mnist()].items()
    }
    packed = read(Mnist(), shelve(tmp_path / "packed" / "MNIST" / "raw", mixed).parents[1])
    assert packed.fingerprint == plain.fingerprint
    assert packed.classes == tuple("0123456789")
    assert packed.train.images.shape == (12, 28, 28, 1)
