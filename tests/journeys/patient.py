"""People and programs that try again: a request whose answer never came is sent once more, as a browser's user would.

Rules:
- a broken line and an answer of 500 or more are tried again for `SECONDS`; what was answered counts as acknowledged
- an answer of 500 is remembered: a process that is killed breaks lines, it does not make the others break
"""

import time

import httpx

from tutela_node.desks.cli.demo.stage import Stage
from tutela_node.desks.cli.demo.visitor import Stuck, Visitor

SECONDS = 40.0
PAUSE = 0.2


class Again(httpx.BaseTransport):
    """A transport that does not give up at once. `broken`: the addresses that answered 500; `bodies`: all answers."""

    def __init__(self) -> None:
        self._wire = httpx.HTTPTransport()
        self.broken: list[str] = []
        self.bodies: list[bytes] = []

    def close(self) -> None:
        self._wire.close()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        deadline = time.monotonic() + SECONDS
        while True:
            try:
                answer = self._wire.handle_request(request)
                self.bodies.append(answer.read())
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
            else:
                if answer.status_code < 500 or time.monotonic() > deadline:
                    return answer
                self.broken += [str(request.url)] if answer.status_code == 500 else []
            time.sleep(PAUSE)


class PatientVisitor(Visitor):
    """Somebody with a browser who does not mind pressing the button again."""

    def __init__(self, base: str, wire: Again) -> None:
        super().__init__(base)
        self._http.close()
        self._http = httpx.Client(
            base_url=base, follow_redirects=True, timeout=SECONDS, trust_env=False, transport=wire
        )


def sign_in(stage: Stage, email: str, wire: Again) -> PatientVisitor:
    visitor = PatientVisitor(stage.urls["workbench"], wire)
    visitor.open("/sign-in/login/")
    visitor.submit("//form[.//input[@type='password']]", {"login": email, "password": stage.secrets.passwords[email]})
    if visitor.page.xpath("//input[@name='password']"):
        raise Stuck("does not let anybody in", place=email)
    return visitor


def provider(stage: Stage, wire: Again) -> httpx.Client:
    headers = {"Authorization": f"Bearer {stage.secrets.token}"}
    return httpx.Client(base_url=stage.urls["api"], headers=headers, timeout=SECONDS, trust_env=False, transport=wire)
