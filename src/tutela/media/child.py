"""The process that `Isolated` starts: it decodes what it is sent, and is allowed nothing else.

Rules:
- it is confined (`confinement`); it warms up before the bounds apply, and says so with an empty frame
- it ends when its input does, so it never outlives its parent
"""

import json
import sys
from collections.abc import Mapping
from typing import Any

from tutela.errors import TutelaError
from tutela.media.confinement import confine, own_output
from tutela.media.framing import read_frame, write_frame
from tutela.media.perception import perceive, perceive_stream, to_json
from tutela.media.pictures import Limits
from tutela.media.previews import render_veiled
from tutela.media.warmth import warm

_COMMAND_BYTES = 16 * 1024
_FILES = 64


def main() -> None:
    """Two frames in (a command as JSON, the bytes), two frames out (an answer as JSON, the preview or nothing)."""
    source, sink = sys.stdin.buffer, own_output()
    warm()
    confine(memory=int(sys.argv[1]), files=_FILES)
    write_frame(sink, b"")
    most = int(sys.argv[2])
    while True:
        try:
            command = json.loads(read_frame(source, most=_COMMAND_BYTES))
            data = read_frame(source, most=most)
        except EOFError:
            return
        for frame in _answer(command, data):
            write_frame(sink, frame)


def _answer(command: Mapping[str, Any], data: bytes) -> tuple[bytes, bytes]:
    limits = Limits(**command["limits"])
    if command["verb"] == "perceive":
        return to_json(perceive(data, limits, frozenset(command["variants"]), **_film(command))), b""
    if command["verb"] == "perceive_file":
        with open(bytes.fromhex(command["path"]), "rb") as stream:
            return to_json(perceive_stream(stream, **_film(command))), b""
    try:
        return b'{"problem": ""}', render_veiled(data, limits=limits, side=command["side"], blur=command["blur"])
    except TutelaError as error:
        return json.dumps({"problem": error.message}).encode(), b""


def _film(command: Mapping[str, Any]) -> dict[str, Any]:
    return {"patience": float(command["patience"]), "keyframes": bool(command["keyframes"])}


if __name__ == "__main__":
    main()
