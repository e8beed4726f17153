"""Chromium without a window, spoken to through its DevTools pipe: what a page does, in real time."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-extensions")
PATIENCE = 90.0


@dataclass
class Browser:
    """One tab.

    ``requests`` are the addresses it has asked for, itself among them; what the page brings along as
    ``data:`` is none. ``complaints`` are what the console shows, warnings and all else.
    """

    reads: int
    writes: int
    session: str = ""
    number: int = 0
    rest: bytes = b""
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Sends a command and waits for its answer."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.writes, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + PATIENCE
        while (told := self._read(until)).get("id") != self.number:
            self._note(told)
        if "error" in told:
            raise RuntimeError(f"{method}: {told['error']}")
        return dict(told["result"])

    def value(self, script: str) -> Any:
        """What an expression of JavaScript is in the page."""
        found = self.ask(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def open(self, page: Path) -> float:
        """Opens a page; seconds until it says that it is ready."""
        self.requests.clear()
        self.complaints.clear()
        begun = time.perf_counter()
        self.ask("Page.navigate", url=page.as_uri())
        while self.value("document.documentElement?.dataset.ready") != "true":
            assert time.perf_counter() - begun < PATIENCE, self.complaints
            time.sleep(0.02)
        return time.perf_counter() - begun

    def _read(self, until: float) -> dict[str, Any]:
        while b"\0" not in self.rest:
            ready, _, _ = select.select([self.reads], [], [], max(0.0, until - time.monotonic()))
            assert ready, "the browser does not answer"
            told = os.read(self.reads, 1 << 20)
            assert told, "the browser has ended"
            self.rest += told
        message, _, self.rest = self.rest.partition(b"\0")
        return dict(json.loads(message))

    def _note(self, told: dict[str, Any]) -> None:
        method, about = told.get("method"), told.get("params", {})
        if method == "Network.requestWillBeSent":
            address = about["request"]["url"]
            self.requests += [] if address.startswith("data:") else [address]
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(about["exceptionDetails"]))
        elif method in ("Runtime.consoleAPICalled", "Log.entryAdded"):
            self.complaints.append(json.dumps(about))


@contextmanager
def browser(profile: Path, *, width: int = 1280, height: int = 900) -> Iterator[Browser]:
    """A fresh Chromium that cannot resolve any name, with one empty tab."""
    to_them, ours_out = os.pipe()
    ours_in, from_them = os.pipe()
    flags = (*FLAGS, "--remote-debugging-pipe", "--host-resolver-rules=MAP * ~NOTFOUND")
    size, folder = f"--window-size={width},{height}", f"--user-data-dir={profile}"
    started = subprocess.Popen(
        [
            "bash",
            "-c",
            f'exec "$0" "$@" 3<&{to_them} 4>&{from_them}',
            str(CHROMIUM),
            *flags,
            size,
            folder,
        ],
        pass_fds=(to_them, from_them),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(to_them)
    os.close(from_them)
    made = Browser(ours_in, ours_out)
    try:
        target = made.ask("Target.createTarget", url="about:blank")["targetId"]
        attached = made.ask("Target.attachToTarget", targetId=target, flatten=True)
        made.session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            made.ask(f"{domain}.enable")
        yield made
    finally:
        started.kill()
        started.wait()
        os.close(ours_in)
        os.close(ours_out)
