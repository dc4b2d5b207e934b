"""Videos to frames: every frame decoded beside keyframes alone, how much quicker that is and what it still finds.

    ./bench video [--seconds 60] [--turns 3] [--json]

Rules:
- a video pans across a photograph and cuts to another every so many seconds; one film is listed as it is, the others
  are the same film in other codings, as they come back
- frames are compared as a scan does: within 31 bits, from a quality of 50 on
- `found`: the share of the asked frames that are near a listed one, and of the listed ones that are near an asked one
"""

import argparse
import json
import statistics
import sys
import time
from fractions import Fraction
from io import BytesIO
from typing import Any

import av
import numpy as np
from pictures import photographs
from PIL import Image
from rich.console import Console
from rich.table import Table

from tutela.matching import Frame, Index, VideoHit, match_frames, pack
from tutela.media.perceived import Frame as Seen
from tutela.media.video import VideoRule, perceive_video

RATE, SIZE, SCENE = 25, (1280, 720), 3.7
CODINGS: tuple[tuple[str, str, tuple[int, int], dict[str, str]], ...] = (
    ("H.264, 720p", "libx264", SIZE, {"preset": "veryfast", "crf": "23"}),
    ("H.264, 360p, coarse", "libx264", (640, 360), {"preset": "veryfast", "crf": "33"}),
    ("H.264, keyframe each 2 s", "libx264", SIZE, {"preset": "veryfast", "crf": "26", "g": "50", "sc_threshold": "0"}),
    ("H.265, 720p", "libx265", SIZE, {"preset": "ultrafast", "x265-params": "log-level=none"}),
    ("MPEG-4 part 2, 360p", "mpeg4", (640, 360), {"b": "1500000"}),
)


def film(number: int, size: tuple[int, int]) -> Image.Image:
    """Frame `number`: a window that moves slowly over one of the photographs."""
    at = number / RATE
    scene, within = divmod(at, SCENE)
    whole = STILLS[int(scene) % len(STILLS)]
    left = int((whole.width - SIZE[0]) * within / SCENE)
    return whole.crop((left, 40, left + SIZE[0], 40 + SIZE[1])).resize(size, Image.Resampling.BILINEAR)


def coded(codec: str, size: tuple[int, int], options: dict[str, str], seconds: int) -> bytes:
    out = BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream(codec, rate=Fraction(RATE), options=options)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for number in range(seconds * RATE):
            container.mux(stream.encode(av.VideoFrame.from_image(film(number, size))))
        container.mux(stream.encode())
    return out.getvalue()


def measure(title: str, data: bytes, listed: tuple[Seen, ...], turns: int) -> dict[str, Any]:
    rules = {"every": VideoRule(patience=600), "keyframes": VideoRule(patience=600, keyframes=True)}
    took: dict[str, list[float]] = {name: [] for name in rules}
    for _ in range(turns):
        for name, rule in rules.items():
            began = time.perf_counter()
            perceive_video(BytesIO(data), rule)
            took[name].append(time.perf_counter() - began)
    row: dict[str, Any] = {"video": title}
    for name, rule in rules.items():
        frames = perceive_video(BytesIO(data), rule).frames
        hit = compared(frames, listed)
        row[f"{name}: s"] = round(statistics.median(took[name]), 2)
        row[f"{name}: frames"] = len(frames)
        row[f"{name}: found, %"] = "0" if hit is None else f"{hit.query_percent:.0f} / {hit.index_percent or 0:.0f}"
    row["quicker"] = round(row["every: s"] / max(row["keyframes: s"], 0.001), 1)
    return row


def compared(asked: tuple[Seen, ...], listed: tuple[Seen, ...]) -> VideoHit | None:
    kept = [each for each in listed if each.quality >= 50]
    different = sorted({each.pdq for each in kept})
    index = Index(pack(different), np.zeros(len(different), np.int64))
    frames = [Frame(pdq=each.pdq, quality=each.quality, seconds=each.seconds) for each in asked]
    found = match_frames(frames, index, frame_counts={0: len(different)})
    return found[0] if found else None


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./bench video")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    STILLS.extend(each.resize((1600, 900), Image.Resampling.BICUBIC) for each in photographs().values())
    listed: tuple[Seen, ...] = ()
    rows = []
    for title, codec, size, options in CODINGS:
        data = coded(codec, size, options, asked.seconds)
        listed = listed or perceive_video(BytesIO(data), VideoRule(patience=600)).frames
        rows.append(measure(title, data, listed, asked.turns))
    if asked.json:
        print(json.dumps(rows))
        return 0
    table = Table(*rows[0], title=f"{asked.seconds} s of film, {RATE} frames a second")
    for row in rows:
        table.add_row(*map(str, row.values()))
    Console(width=160).print(table)
    return 0


STILLS: list[Image.Image] = []

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
