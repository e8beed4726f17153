import thumblab.data as td


def test_every_official_file_has_a_checksum_and_an_address(source) -> None:
    published = td.distribution(source)
    if published is None:
        assert isinstance(source, td.Characters) or hasattr(source, "path")
        return
    assert published.downloads
    for file in published.downloads:
        assert len(bytes.fromhex(file.sha256)) == 32
        assert all(url.endswith(f"/{file.file}") for url in file.urls)
        assert file.megabytes > 0
