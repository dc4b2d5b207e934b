"""The desk of mail on a free port of the loopback, and mails to send to it with `smtplib`."""

import asyncio
import smtplib
import threading
from email.message import EmailMessage

from tutela_node.desks.cli.exampleland.dns_world import free_port
from tutela_node.desks.mail.serving import listen
from tutela_node.site.config import Listening

HERE = "report@line.example"


class Post:
    """A context manager; `client()` gives a connected client."""

    def __init__(self, protocol="smtp", tls=None, most=20):
        self._most = most
        self.settings = Listening(
            protocol=protocol, host="127.0.0.1", port=free_port(), recipients=frozenset({HERE}), tls=tls
        )
        self._loop = asyncio.new_event_loop()

    def __enter__(self):
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self._loop.close()

    def _run(self):
        self._loop.run_until_complete(self._serve())

    async def _serve(self):
        self._stop = asyncio.Event()
        async with await listen(self.settings, self._loop, most=self._most):
            self._ready.set()
            await self._stop.wait()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    def client(self):
        made = smtplib.LMTP if self.settings.protocol == "lmtp" else smtplib.SMTP
        return made("127.0.0.1", self.settings.port, timeout=20)


def mail(text="A test message about https://host.example/1", **headers):
    made = EmailMessage()
    given = {"From": "somebody@sender.example", "To": HERE, "Subject": "a test message", "Message-ID": "<1@a.example>"}
    for name, value in {**given, **{name.replace("_", "-"): value for name, value in headers.items()}}.items():
        if value is not None:
            made[name] = value
    made.set_content(text)
    return made


def send(post, message, *, sender="somebody@sender.example", to=(HERE,)):
    with post.client() as client:
        client.sendmail(sender, list(to), message if isinstance(message, bytes) else message.as_bytes())
