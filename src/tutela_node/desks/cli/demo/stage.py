"""The stage: Exampleland around a node, the node's processes, and the people's passwords."""

import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from tutela_node.desks.cli.demo.visitor import Stuck, Visitor
from tutela_node.desks.cli.exampleland.world import World

DESKS = {"public": "http://127.0.0.1:8000", "workbench": "http://localhost:8001", "api": "http://127.0.0.1:8002"}
START = 60.0  # seconds the node may take to be ready


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """What `node init --exampleland` wrote down: first passwords, the provider's token, the police's key."""

    passwords: dict[str, str]
    token: str
    police_key: str


HURRIED = "extends = {base}\n\n[answers]\nchecking_minutes = 0\noutcome_minutes = 0\n"


class Stage:
    """`with Stage(data) as stage:` starts the world and the node and waits until every desk is ready."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.world = World()
        self.urls = {desk: os.environ.get(f"TUTELA_{desk.upper()}_URL", url) for desk, url in DESKS.items()}
        self._open = ExitStack()
        self._node: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self._open.enter_context(self.world)
            self.tutela("node", "init", "--exampleland")
            self._start_node()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._node is not None and self._node.poll() is None:
            self._node.terminate()
            self._node.wait(timeout=30)
        self._open.close()

    @property
    def secrets(self) -> Secrets:
        held = json.loads((self.data / "exampleland.json").read_text("utf-8"))
        return Secrets(passwords=held["passwords"], token=held["token"], police_key=held["police_key"])

    def environment(self) -> dict[str, str]:
        urls = {f"TUTELA_{desk.upper()}_URL": url for desk, url in self.urls.items()}
        told = {"TUTELA_DATA": str(self.data), "TUTELA_PROFILE": str(self._profile())}
        return {**os.environ, **told, **urls, **self.world.settings()}

    def _profile(self) -> Path:
        """The profile, but that reporters can read at once what came of it: the case lasts a minute, not a day."""
        path = self.data / "exercise.toml"
        if not path.exists():
            chosen = os.environ.get("TUTELA_PROFILE") or "XA"
            base = str(Path(chosen).absolute()) if chosen.endswith(".toml") else chosen
            self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.write_text(HURRIED.format(base=json.dumps(base)), "utf-8")
        return path

    def tutela(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Runs the command line as a person at a terminal would."""
        command = [sys.executable, "-m", "tutela.cli.main", *words]
        done = subprocess.run(  # noqa: S603  # our own command with the case's own words
            command, capture_output=True, text=True, check=False, env=self.environment(), timeout=120
        )
        if check and done.returncode:
            said = done.stderr.strip()[-400:]
            raise Stuck(f"ended with {done.returncode}: {said}", place="tutela " + " ".join(words))
        return done

    def sign_in(self, email: str) -> Visitor:
        """Somebody at the workbench, signed in with their own password."""
        visitor = Visitor(self.urls["workbench"]).open("/sign-in/login/")
        fields = {"login": email, "password": self.secrets.passwords[email]}
        visitor.submit("//form[.//input[@type='password']]", fields)
        if visitor.page.xpath("//input[@name='password']"):
            raise Stuck(f"does not let {email} in: {visitor.text()[:200]}", place="sign-in")
        return visitor

    def public(self) -> Visitor:
        return Visitor(self.urls["public"])

    def api(self) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.secrets.token}"}
        return httpx.Client(base_url=self.urls["api"], headers=headers, timeout=30.0, trust_env=False)

    def is_running(self) -> bool:
        return self._node is not None and self._node.poll() is None

    def node_id(self) -> int:
        assert self._node is not None
        return self._node.pid

    def _start_node(self) -> None:
        command = [sys.executable, "-m", "tutela.cli.main", "node", "serve", "--role", "all"]
        self._node = subprocess.Popen(command, env=self.environment())  # noqa: S603  # our own command
        self.wait_ready()

    def wait_ready(self, seconds: float = START) -> None:
        """Until every desk says that it is ready, its worker and index included."""
        deadline, said = time.monotonic() + seconds, ""
        for desk, url in self.urls.items():
            while said := _is_ready(url):
                if time.monotonic() > deadline or not self.is_running():
                    raise Stuck(f"is not ready: {said}", place=desk)
                time.sleep(0.2)


def _is_ready(url: str) -> str:
    try:
        answer = httpx.get(f"{url}/ready", timeout=5.0, trust_env=False)
    except httpx.HTTPError as error:
        return type(error).__name__
    return "" if answer.status_code == 200 else answer.text[:300]
