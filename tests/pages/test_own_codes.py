"""The codes that a browser makes of pictures are those of the kit; a browser that changes pictures is refused."""

import base64
import hashlib
import time

import numpy as np
import pytest
from pages.drawn import dithered, file_of, pattern, pictures, profiled
from playwright.sync_api import expect

from tutela.media import fingerprint
from tutela.media.pdq import hash_rgb

pytestmark = pytest.mark.system
MOST_APART = 4
MADE = """async (data) => {
  const [{ readPicture }, { hashLuma }] = await Promise.all(['reading', 'pdq'].map(
    (name) => import(`/static/public/own/${name}.js`)));
  const file = new Blob([Uint8Array.from(atob(data), (each) => each.charCodeAt(0))]);
  const began = performance.now(), seen = await readPicture(file);
  return { ...hashLuma(seen.luma, seen.width, seen.height), seconds: (performance.now() - began) / 1000 };
}"""
SAME = """async ([data, width, height]) => {
  const { hashPixels } = await import('/static/public/own/pdq.js');
  return hashPixels(Uint8Array.from(atob(data), (each) => each.charCodeAt(0)), width, height);
}"""
DIGESTS = """async (sizes) => {
  const { digestOf } = await import('/static/public/own/sha256.js');
  return Promise.all(sizes.map((size) => digestOf(new Blob([new Uint8Array(size).map((_, at) => (at * 7) % 256)]))));
}"""
READ = "CanvasRenderingContext2D.prototype.getImageData"
CHANGES = {
    "noise": "for (let at = 0; at < seen.data.length; at += 97) seen.data[at] ^= Math.random() < 0.5 ? 1 : 0;",
    "the same noise each time": "for (let at = 0; at < seen.data.length; at += 1013) seen.data[at] ^= 1;",
    "one colour of each picture": "seen.data[5] = (seen.data[5] + 1) % 256;",
    "white": "seen.data.fill(255);",
    "nothing": "throw new DOMException('not allowed', 'SecurityError');",
}


def changed(change: str) -> str:
    return f"""const real = {READ};
{READ} = function (...given) {{ const seen = real.apply(this, given); {change} return seen; }};"""


@pytest.fixture
def made(window, node):
    """The codes that the browser makes of some bytes."""
    page = window().page
    page.goto(f"{node.urls['public']}/en/own")
    return lambda data: page.evaluate(MADE, base64.b64encode(data).decode())


def differences(made, named):
    worst = {}
    for name, data in named:
        wanted, found = fingerprint(data), made(data)
        apart = (int(found["hex"], 16) ^ int(wanted.pdq, 16)).bit_count()
        worst[name] = (apart, abs(found["quality"] - wanted.pdq_quality))
    return {name: each for name, each in worst.items() if each[0] > MOST_APART or each[1] > 1}


def test_pictures_of_every_size_and_mode_have_the_codes_of_the_kit(made):
    assert differences(made, pictures()) == {}


def test_pictures_of_dots_have_the_codes_of_the_kit(made):
    assert differences(made, dithered()) == {}


def test_pictures_with_other_colours_have_the_codes_of_the_kit(made):
    assert differences(made, profiled()) == {}


def test_the_same_pixels_have_bit_for_bit_the_code_of_the_kit(window, node):
    page, random = window().page, np.random.default_rng(5)
    page.goto(f"{node.urls['public']}/en/own")
    for height, width in ((5, 5), (64, 64), (128, 129), (257, 300), (512, 512)):
        for top in (256, 120, 1):
            rgb = random.integers(0, top, (height, width, 3), dtype=np.uint8)
            rgba = np.dstack([rgb, np.full((height, width), 255, np.uint8)]).tobytes()
            found = page.evaluate(SAME, [base64.b64encode(rgba).decode(), width, height])
            wanted = hash_rgb(rgb)
            assert found == {"hex": wanted.hex, "quality": wanted.quality}


def test_pictures_of_the_cases_have_the_codes_of_the_kit(made, cases):
    folder = cases / "hashing" / "pdq" / "images"
    paths = [path for path in sorted(folder.rglob("*.*")) if path.suffix != ".md"]
    assert len(paths) > 20
    assert differences(made, ((path.name, path.read_bytes()) for path in paths)) == {}


def test_a_picture_of_twelve_megapixels_takes_less_than_two_seconds(made):
    assert made(file_of(pattern(3000, 4000, 1), quality=90))["seconds"] < 2


def test_digests_are_those_of_the_standard(window, node):
    page, sizes = window().page, [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000, (1 << 20) - 1, 1 << 20, (1 << 20) + 1]
    page.goto(f"{node.urls['public']}/en/own")
    wanted = [hashlib.sha256(bytes((at * 7) % 256 for at in range(size))).hexdigest() for size in sizes]
    assert page.evaluate(DIGESTS, sizes) == wanted


@pytest.mark.parametrize("change", CHANGES)
def test_a_browser_that_changes_pictures_is_refused_and_told_what_else_helps(window, node, change):
    seen = window()
    seen.context.add_init_script(changed(CHANGES[change]))
    seen.page.goto(f"{node.urls['public']}/en/own?voice=13-17")
    expect(seen.page.locator("#refused")).to_be_visible()
    expect(seen.page.locator("#own, #without")).to_have_count(2)
    assert not seen.page.locator("#own").is_visible()
    expect(seen.page.locator("#refused a").first).to_have_attribute("href", "/en/go?voice=13-17")


def test_a_browser_that_begins_to_change_pictures_later_is_refused_too(window, node):
    page = window().page
    page.goto(f"{node.urls['public']}/en/own?voice=13-17")
    expect(page.locator("#own")).to_be_visible()
    page.evaluate(f"() => {{ {changed(CHANGES['the same noise each time'])} }}")
    page.set_input_files("#files", [{"name": "a.jpg", "mimeType": "image/jpeg", "buffer": file_of(pattern(90, 90, 1))}])
    expect(page.locator("#refused")).to_be_visible()
    assert page.locator("#codes").input_value() == ""


def test_a_hundred_megabytes_do_not_freeze_the_page(window, node, tmp_path):
    page, large = window().page, tmp_path / "long.mp4"
    with large.open("wb") as file:
        for number in range(100):
            file.write(bytes([number]) * (1 << 20))
    page.goto(f"{node.urls['public']}/en/own?voice=13-17")
    expect(page.locator("#own")).to_be_visible()
    page.evaluate("""() => { let last = performance.now(); window.longest = 0; setInterval(() => {
      const now = performance.now(); window.longest = Math.max(window.longest, now - last); last = now; }, 10); }""")
    began = time.monotonic()
    page.set_input_files("#files", large)
    expect(page.locator("#send")).to_be_visible(timeout=60_000)
    assert page.evaluate("window.longest") < 500
    assert page.locator("#codes").input_value() == hashlib.sha256(large.read_bytes()).hexdigest()
    assert time.monotonic() - began < 60
