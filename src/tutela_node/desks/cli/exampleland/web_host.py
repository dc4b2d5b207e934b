"""Stands in for a hosting company's web server: pages with generated pictures that can be moved, slowed and removed.

The pictures are patterns drawn from a seed (plain shapes over soft colours), saved as JPEG: the same seed gives the
same bytes. Nothing here shows anybody or anything.
"""

import io
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import numpy as np
from PIL import Image, ImageDraw


def picture(seed: int, *, width: int = 640, height: int = 480, quality: int = 88) -> bytes:
    """A JPEG of soft colours with plain shapes over them: the same bytes for the same arguments.

    The shapes give it edges as a photograph has them, so that its perceptual fingerprint is a good one.
    """
    dice = np.random.default_rng(seed)
    coarse = dice.integers(60, 200, size=(4, 5, 3), dtype=np.uint8)
    drawn = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(drawn)
    for _ in range(14):
        x, y = int(dice.integers(0, width)), int(dice.integers(0, height))
        w, h = int(dice.integers(width // 10, width // 3)), int(dice.integers(height // 10, height // 3))
        colour = tuple(int(part) for part in dice.integers(0, 256, size=3))
        shape = pen.ellipse if dice.integers(0, 2) else pen.rectangle
        shape((x - w // 2, y - h // 2, x + w // 2, y + h // 2), fill=colour)
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=quality)
    return out.getvalue()


@dataclass(slots=True, kw_only=True)
class Route:
    """What one path answers."""

    status: int = 200
    content_type: str = "image/jpeg"
    body: bytes = b""
    location: str = ""
    wait: float = 0  # seconds before the answer


class WebHost:
    """A web server on loopback. `start()`, then `url(path)`; routes may change while it runs."""

    def __init__(self, *, address: str = "127.0.0.1", port: int = 0) -> None:
        self.routes: dict[str, Route] = {}
        self.asked: list[str] = []
        handler = type("Pages", (_Pages,), {"host": self})
        self._server = ThreadingHTTPServer((address, port), handler)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])

    def url(self, path: str, *, name: str = "127.0.0.1") -> str:
        return f"http://{name}:{self.port}{path}"

    def start(self) -> "WebHost":
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> "WebHost":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def show(self, path: str, seed: int) -> bytes:
        """Puts a generated picture at a path and returns its bytes."""
        body = picture(seed)
        self.routes[path] = Route(body=body)
        return body

    def page(self, path: str, body: bytes, content_type: str = "text/html; charset=utf-8") -> None:
        self.routes[path] = Route(body=body, content_type=content_type)

    def remove(self, path: str) -> None:
        """From now on the path answers 404, as if the host had taken it down."""
        self.routes.pop(path, None)

    def move(self, path: str, location: str) -> None:
        self.routes[path] = Route(status=302, location=location)

    def slow(self, path: str, seconds: float) -> None:
        self.routes[path].wait = seconds


class _Pages(BaseHTTPRequestHandler):
    host: ClassVar[WebHost]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.host.asked.append(self.path)
        route = self.host.routes.get(self.path, Route(status=404, content_type="text/plain", body=b"not here"))
        time.sleep(route.wait)
        self.send_response(route.status)
        self.send_header("Content-Type", route.content_type)
        self.send_header("Content-Length", str(len(route.body)))
        if route.location:
            self.send_header("Location", route.location)
        self.end_headers()
        self.wfile.write(route.body)

    def log_message(self, format: str, *args: object) -> None:
        """A simulator is quiet."""
