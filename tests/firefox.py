"""Firefox driven over WebDriver BiDi, which it speaks itself: no driver of its own has to be installed."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import websocket

FIREFOX = next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)
PREFERENCES = {
    "browser.download.alwaysOpenPanel": False,  # it would take the keyboard
    "browser.download.folderList": 2,
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.events.testing.asyncClipboard": True,  # what was copied may be read without asking
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}
PATIENCE = 60  # seconds


class DoesNotStart(Exception):
    """This machine has a Firefox that it cannot run; the message ends with what it said."""


class Firefox:
    """One window of a running Firefox; `asked` collects what its pages ask for and `said` what they complain of."""

    def __init__(self, address: str) -> None:
        self._socket = websocket.create_connection(f"{address}/session", timeout=PATIENCE, suppress_origin=True)
        self._numbers = itertools.count(1)
        self.asked: list[str] = []
        self.said: list[str] = []
        self.call("session.new", capabilities={})
        self.call("session.subscribe", events=["network.beforeRequestSent", "log.entryAdded"])
        self._window = {"context": self.call("browsingContext.create", type="tab")["context"]}

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The answer to one command of the protocol; events that arrive before it are noted."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            found = json.loads(self._socket.recv())
            if found.get("id") == number:
                if found["type"] == "error":
                    raise RuntimeError(f"{method}: {found['error']}, {found['message']}")
                return found["result"]
            if found.get("method") == "network.beforeRequestSent":
                self.asked.append(found["params"]["request"]["url"])
            elif found.get("method") == "log.entryAdded":
                self.said.append(found["params"]["text"])

    def go(self, address: str, width: int = 1280, height: int = 900) -> None:
        """Open an address in a viewport of this size, from an empty page, so that an anchor alone loads it too."""
        self.call("browsingContext.setViewport", **self._window, viewport={"width": width, "height": height})
        for url in ("about:blank", address):
            self.call("browsingContext.navigate", **self._window, url=url, wait="complete")

    def back(self) -> None:
        self.call("browsingContext.traverseHistory", **self._window, delta=-1)

    def ask(self, expression: str, *given: Any) -> Any:
        """The value of an expression in the page, awaited; `given` holds what it calls given[0], given[1], ..."""
        body = f"async (given) => {{ given = JSON.parse(given); return JSON.stringify(await ({expression})); }}"
        text = {"type": "string", "value": json.dumps(given)}
        here = {"target": self._window, "arguments": [text], "awaitPromise": True}
        found = self.call("script.callFunction", functionDeclaration=body, userActivation=False, **here)
        if found["type"] == "exception":
            raise RuntimeError(found["exceptionDetails"]["text"])
        return json.loads(found["result"].get("value", "null"))

    def press(self, *keys: str) -> None:
        """Real key presses, at whatever has the focus."""
        ways = ("keyDown", "keyUp")
        actions = [{"type": way, "value": key} for key in keys for way in ways]
        self.call("input.performActions", **self._window, actions=[{"type": "key", "id": "keys", "actions": actions}])

    def until(self, expression: str) -> None:
        """Wait for an expression to become true."""
        for _ in range(100):
            if self.ask(expression):
                return
            time.sleep(0.05)
        raise AssertionError(f"never true: {expression}")

    def close(self) -> None:
        self._socket.close()

    def printed(self) -> str:
        """The page as a PDF on A4, in base64."""
        return self.call("browsingContext.print", **self._window, page={"width": 21, "height": 29.7})["data"]


@contextmanager
def started(folder: Path) -> Iterator[Firefox]:
    """A Firefox whose profile, log and downloads are in `folder`."""
    downloads, profile = folder / "downloads", folder / "profile"
    downloads.mkdir()
    profile.mkdir()
    preferences = PREFERENCES | {"browser.download.dir": str(downloads)}
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in preferences.items()]
    (profile / "user.js").write_text("".join(lines), encoding="utf-8")
    log = folder / "firefox.log"
    command = [FIREFOX, "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"]
    with log.open("wb") as out, subprocess.Popen([*command, "about:blank"], stdout=out, stderr=out) as process:
        try:
            with closing(Firefox(_address(log, process))) as browser:
                yield browser
        finally:
            process.terminate()


def _address(log: Path, process: subprocess.Popen) -> str:
    for _ in range(10 * PATIENCE):
        if found := re.search(r"WebDriver BiDi listening on (ws://\S+)", log.read_text(errors="replace")):
            return found[1]
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise DoesNotStart(f"Firefox does not start: {log.read_text(errors='replace')[-500:]}")
