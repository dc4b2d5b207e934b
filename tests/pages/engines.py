"""Firefox and WebKit, driven by their own remote control: Marionette for the one, WebDriver over HTTP for the other.

Rules:
- both speak the commands of W3C WebDriver, so that one class drives them; Chromium is driven by Playwright
- everything that a browser asks for goes through the recording relay
- profiles are temporary, and only processes started here are ended
"""

import base64
import json
import os
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.pages.node import end

MINIBROWSER = "webkit2gtk-4.1/MiniBrowser"
PATIENCE = 60.0
SIZE = "return [innerWidth, innerHeight]"
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
QUIET = {
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.safebrowsing.downloads.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.search.update": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.push.connection.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.update.enabled": False,
    "marionette.port": 0,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.proxy.allow_hijacking_localhost": True,
    "network.proxy.type": 1,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "signon.rememberSignons": False,
    "toolkit.telemetry.server": "data:,",
}
HTTP = {
    "Navigate": ("POST", "/url"),
    "GetCurrentURL": ("GET", "/url"),
    "Back": ("POST", "/back"),
    "ExecuteScript": ("POST", "/execute/sync"),
    "ExecuteAsyncScript": ("POST", "/execute/async"),
    "FindElements": ("POST", "/elements"),
    "ElementClick": ("POST", "/element/{id}/click"),
    "ElementSendKeys": ("POST", "/element/{id}/value"),
    "PerformActions": ("POST", "/actions"),
    "GetCookies": ("GET", "/cookie"),
    "SetTimeouts": ("POST", "/timeouts"),
    "SetWindowRect": ("POST", "/window/rect"),
    "TakeScreenshot": ("GET", "/screenshot"),
    "DeleteSession": ("DELETE", ""),
}


class Refused(Exception):
    """The browser's answer to a command that it could not carry out."""


class Engine:
    """What both browsers can do, in the commands of WebDriver."""

    name = ""

    def __init__(self) -> None:
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._open.close()

    def ask(self, command: str, **given: Any) -> Any:
        raise NotImplementedError

    def go(self, url: str) -> None:
        self.ask("Navigate", url=url)

    def run(self, script: str, *given: Any) -> Any:
        return self.ask("ExecuteScript", script=script, args=list(given))

    def run_async(self, script: str, *given: Any) -> Any:
        return self.ask("ExecuteAsyncScript", script=script, args=list(given))

    def find(self, selector: str) -> list[str]:
        found = self.ask("FindElements", using="css selector", value=selector)
        return [each[ELEMENT] for each in found]

    def click(self, selector: str) -> None:
        """Brings it into view first: WebKit refuses what it would have to scroll to."""
        (id, *_) = self.find(selector)
        self.run("arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", {ELEMENT: id})
        self.ask("ElementClick", id=id)

    def type(self, selector: str, text: str) -> None:
        self.ask("ElementSendKeys", id=self.find(selector)[0], text=text)

    def press(self, key: str, times: int = 1) -> None:
        strokes = [{"type": kind, "value": key} for _ in range(times) for kind in ("keyDown", "keyUp")]
        self.ask("PerformActions", actions=[{"type": "key", "id": "keys", "actions": strokes}])

    def size(self, width: int, height: int) -> None:
        """Gives the page a width and a height in CSS pixels, as far as the window can be made so, and waits for it."""
        self._resize(width, height)
        before, now = None, self.run(SIZE)
        while before != now:
            time.sleep(0.15)
            before, now = now, self.run(SIZE)

    def _resize(self, width: int, height: int) -> None:
        raise NotImplementedError

    def shot(self) -> bytes:
        return base64.b64decode(self.ask("TakeScreenshot"))


class Firefox(Engine):
    name = "Firefox"

    def __init__(self, proxy: int, **preferences: Any) -> None:
        super().__init__()
        self._last = 0
        profile = Path(self._open.enter_context(tempfile.TemporaryDirectory(prefix="tutela-firefox-")))
        wanted = QUIET | {"network.proxy.http": "127.0.0.1", "network.proxy.http_port": proxy}
        wanted |= {"network.proxy.ssl": "127.0.0.1", "network.proxy.ssl_port": proxy} | preferences
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in wanted.items()]
        (profile / "user.js").write_text("\n".join(lines))
        command = ["firefox-esr", "--headless", "--marionette", "--remote-allow-system-access", "--no-remote"]
        process = subprocess.Popen(
            [*command, "--profile", str(profile)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._open.callback(end, process)
        self._socket = self._open.enter_context(_connected(_port_of(profile)))
        self._told = self._socket.makefile("rb")
        self._open.callback(self._told.close)
        self._read()
        self.ask("NewSession", capabilities={"alwaysMatch": {"pageLoadStrategy": "normal"}})
        self.ask("SetTimeouts", script=120_000, pageLoad=120_000)

    def ask(self, command: str, **given: Any) -> Any:
        self._last += 1
        return self._say(f"WebDriver:{command}", given)

    def chrome(self, script: str, *given: Any) -> Any:
        """Runs a script in the browser itself, with its privileges."""
        self._say("Marionette:SetContext", {"value": "chrome"})
        try:
            return self.run(script, *given)
        finally:
            self._say("Marionette:SetContext", {"value": "content"})

    def _resize(self, width: int, height: int) -> None:
        self.ask("SetWindowRect", width=max(width, 600), height=height + 200)
        self.chrome(
            "const { style } = gBrowser.selectedBrowser; for (const [name, length] of Object.entries(arguments[0]))"
            " for (const bound of ['min-', 'max-']) style.setProperty(bound + name, `${length}px`);",
            {"width": width, "height": height},
        )

    def _say(self, command: str, given: dict[str, Any]) -> Any:
        message = json.dumps([0, self._last, command, given]).encode()
        self._socket.sendall(b"%d:%b" % (len(message), message))
        _, _, error, result = self._read()
        if error:
            raise Refused(f"{error['error']}: {error['message']}")
        return result["value"] if isinstance(result, dict) and set(result) == {"value"} else result

    def _read(self) -> Any:
        size = b""
        while (octet := self._told.read(1)) != b":":
            if not octet:
                raise Refused("the browser is gone")
            size += octet
        return json.loads(self._told.read(int(size)))


class WebKit(Engine):
    name = "WebKit"

    def __init__(self, proxy: int) -> None:
        super().__init__()
        display = self._open.enter_context(_screen())
        port = _free_port()
        home = self._open.enter_context(tempfile.TemporaryDirectory(prefix="tutela-webkit-"))
        environment = {**os.environ, "DISPLAY": display, "HOME": home, "NO_AT_BRIDGE": "1", "GDK_BACKEND": "x11"}
        process = subprocess.Popen(
            ["WebKitWebDriver", f"--port={port}"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._open.callback(end, process)
        self._url = f"http://127.0.0.1:{port}"
        _connected(port).close()
        made = self._http(
            "POST",
            "/session",
            {
                "capabilities": {
                    "alwaysMatch": {
                        "proxy": {
                            "proxyType": "manual",
                            "httpProxy": f"127.0.0.1:{proxy}",
                            "sslProxy": f"127.0.0.1:{proxy}",
                        },
                        "webkitgtk:browserOptions": {"binary": minibrowser(), "args": ["--automation"]},
                    }
                }
            },
        )
        self.capabilities = made["capabilities"]
        self._url += f"/session/{made['sessionId']}"
        self._open.callback(self.ask, "DeleteSession")
        self.ask("SetTimeouts", script=120_000, pageLoad=120_000)

    def ask(self, command: str, **given: Any) -> Any:
        method, path = HTTP[command]
        return self._http(method, path.format(**given), given if method == "POST" else None)

    def _resize(self, width: int, height: int) -> None:
        self.ask("SetWindowRect", width=width, height=height)

    def _http(self, method: str, path: str, given: dict[str, Any] | None) -> Any:
        body = None if given is None else json.dumps(given).encode()
        request = urllib.request.Request(self._url + path, data=body, method=method)
        try:
            with urllib.request.urlopen(request, timeout=180) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as refused:
            told = json.load(refused)["value"]
            raise Refused(f"{told['error']}: {told['message']}") from None


def minibrowser() -> str:
    return next((str(each) for each in Path("/usr/lib").glob(f"*/{MINIBROWSER}")), "")


class _screen:
    """An X server without a screen; its number is chosen by itself."""

    def __enter__(self) -> str:
        read, write = os.pipe()
        self._process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", "1440x2400x24", "-nolisten", "tcp"],
            pass_fds=[write],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as told:
            return f":{told.readline().strip()}"

    def __exit__(self, *_: object) -> None:
        end(self._process)


def _port_of(profile: Path) -> int:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        told = profile / "MarionetteActivePort"
        if told.exists() and (text := told.read_text().strip()):
            return int(text)
        time.sleep(0.05)
    raise Refused("Firefox did not start")


def _connected(port: int) -> socket.socket:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=180)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
