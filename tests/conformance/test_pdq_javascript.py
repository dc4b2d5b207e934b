"""The PDQ of the public pages, plain JavaScript, is bit for bit that of the kit on the same pixels."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from tutela.media.pdq import hash_luma, hash_rgb

SCRIPT = Path(__file__).resolve().parents[2] / "src/tutela_node/desks/public/static/public/own/pdq.js"
SIDES = ((5, 5), (5, 512), (512, 5), (64, 64), (64, 65), (63, 64), (127, 128), (128, 129), (129, 130), (256, 257))
LARGE = ((300, 200), (383, 385), (512, 512), (511, 512), (512, 384), (17, 490), (384, 383))
RUN = """
const { readFileSync } = require("node:fs");
import(process.argv[1]).then(({ hashPixels, hashLuma }) => {
  const found = JSON.parse(readFileSync(process.argv[2])).map(({ path, width, height, luma }) => {
    const bytes = readFileSync(path), own = new Uint8Array(bytes).buffer;
    return luma ? hashLuma(new Float32Array(own), width, height) : hashPixels(new Uint8Array(own), width, height);
  });
  console.log(JSON.stringify(found));
});
"""


def pixels() -> Iterator[npt.NDArray[np.uint8]]:
    random = np.random.default_rng(11)
    for height, width in (*SIDES, *LARGE):
        down, across = np.mgrid[0:height, 0:width]
        waves = (127 + 80 * np.sin(across / 9 + height) + 40 * np.cos(down / 13)).clip(0, 255)
        yield random.integers(0, 256, (height, width, 3), dtype=np.uint8)
        yield np.stack([waves, waves * 0.8, 255 - waves], -1).astype(np.uint8)
        yield np.stack([across * 255 // width, down * 255 // height, across * down % 256], -1).astype(np.uint8)
        yield np.full((height, width, 3), 119, np.uint8)


def in_node(folder: Path, cases: list[dict[str, object]]) -> list[tuple[str, int]]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs Node")
    said = folder / "cases.json"
    said.write_text(json.dumps(cases), "utf-8")
    module = folder / "pdq.mjs"
    module.write_bytes(SCRIPT.read_bytes())
    done = subprocess.run([node, "-e", RUN, str(module), str(said)], capture_output=True, check=True, timeout=60)
    return [(each["hex"], each["quality"]) for each in json.loads(done.stdout)]


def test_pixels_have_the_hash_and_the_quality_of_the_kit(tmp_path: Path) -> None:
    cases, wanted = [], []
    for number, rgb in enumerate(pixels()):
        path = tmp_path / f"{number}.raw"
        np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)]).tofile(path)
        cases.append({"path": str(path), "width": rgb.shape[1], "height": rgb.shape[0]})
        wanted.append(hash_rgb(rgb))
    assert in_node(tmp_path, cases) == [(each.hex, each.quality) for each in wanted]


def test_luma_has_the_hash_and_the_quality_of_the_kit(tmp_path: Path) -> None:
    cases, wanted = [], []
    random = np.random.default_rng(12)
    for number, (height, width) in enumerate((*SIDES, *LARGE)):
        luma = (random.random((height, width)) * 255).astype(np.float32)
        path = tmp_path / f"{number}.raw"
        luma.tofile(path)
        cases.append({"path": str(path), "width": width, "height": height, "luma": True})
        wanted.append(hash_luma(luma))
    assert in_node(tmp_path, cases) == [(each.hex, each.quality) for each in wanted]
