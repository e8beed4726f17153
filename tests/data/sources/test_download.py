"""Downloads, from a server of our own on the loopback interface; no other address is touched."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import thumblab.data as td
from thumblab.core.errors import DataError, UsageError
from thumblab.data import download as public_download
from thumblab.data.distribution import Distribution, Download
from thumblab.data.sources.download import fetch

BODY = bytes(range(256)) * 300


class Handler(BaseHTTPRequestHandler):
    """Answers by the first part of the path."""

    def do_GET(self) -> None:
        kind = self.path.split("/")[1]
        asked: list[str] = vars(self.server)["asked"]
        asked.append(kind)
        if kind == "missing":
            self.send_error(404)
        elif kind == "ring":
            self.send_response(302)
            self.send_header("Location", self.path)
            self.end_headers()
        elif kind == "drip":
            self._drip()
        else:
            body = {"page": b"<html>moved</html>", "wrong": BODY[::-1], "long": BODY * 20}
            self._send(body.get(kind, BODY), cut=kind == "dropped")

    def _send(self, body: bytes, cut: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)

    def _drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        with suppress(OSError):
            for _ in range(20):
                self.wfile.write(b"x")
                time.sleep(0.1)

    def log_message(self, *args: object) -> None:
        """Keeps quiet."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        vars(running)["asked"] = []
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def published(server, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    def make(*kinds: str) -> Distribution:
        urls = tuple(f"http://127.0.0.1:{server.server_port}/{kind}/f.bin" for kind in kinds)
        file = Download("f.bin", sha256(BODY).hexdigest(), 1, urls)
        return Distribution("toy", downloads=(file,))

    return make


def test_a_right_file_appears_and_is_not_fetched_again(published, server, tmp_path) -> None:
    for _ in range(2):
        assert fetch(published("good"), tmp_path) == tmp_path
    assert (tmp_path / "f.bin").read_bytes() == BODY
    assert server.asked == ["good"]


@pytest.mark.parametrize("bad", ["wrong", "missing", "page", "dropped", "long", "ring"])
def test_the_next_mirror_is_tried(bad, published, server, tmp_path) -> None:
    fetch(published(bad, "good", "never"), tmp_path)
    assert (tmp_path / "f.bin").read_bytes() == BODY
    assert (server.asked[0], server.asked[-1]) == (bad, "good")


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("wrong", "not the bytes with the known SHA-256"),
        ("page", "not the bytes with the known SHA-256"),
        ("missing", "answered 404"),
        ("dropped", r"ProtocolError|IncompleteRead|not the bytes"),
        ("long", "more than 1,000,000 bytes"),
        ("ring", r"answered 302|TooManyRedirects"),
    ],
)
def test_nothing_is_left_where_no_mirror_is_right(bad, reason, published, tmp_path) -> None:
    with pytest.raises(DataError, match=rf"toy: f\.bin could not .*give its folder[\s\S]*{reason}"):
        fetch(published(bad), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_in_place_is_replaced(published, tmp_path) -> None:
    (tmp_path / "f.bin").write_bytes(b"damaged")
    fetch(published("good"), tmp_path)
    assert (tmp_path / "f.bin").read_bytes() == BODY


def test_a_server_that_is_not_there_is_named(published, server, tmp_path) -> None:
    gone = published("good")
    server.server_close()
    server.shutdown()
    with pytest.raises(DataError, match=r"/good/f\.bin: ConnectionError"):
        fetch(gone, tmp_path)


@pytest.mark.parametrize(
    ("silence", "reason"), [(0.05, r"ReadTimeout|ConnectionError"), (0.3, "slower than")]
)
def test_a_dripping_server_is_given_up(silence, reason, published, tmp_path, monkeypatch) -> None:
    module = sys.modules[
        "thumblab.data.sources.download"
    ]  # the package has a function of this name
    monkeypatch.setattr(module, "SILENCE_SECONDS", silence)
    monkeypatch.setattr(module, "SLOWEST_BYTES_PER_SECOND", 1e9)
    with pytest.raises(DataError, match=reason):
        fetch(published("drip"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_sources_that_are_not_published_say_so() -> None:
    with pytest.raises(
        UsageError, match="Folder has nothing to download; give the folder that holds it"
    ):
        public_download(td.Folder())
