"""The public desk in Firefox and in WebKit: codes of one's own picture, the whole path, the ways out.

What Playwright drives in Chromium (`test_own_*`, `test_public`, `test_promises`) is looked at in full; here is what
engines may do differently: decoding, canvas, forms, keys, history, storage, widths.
"""

import base64
import os
import shutil
import time
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from pages.drawn import dithered, file_of, pattern, pictures, profiled
from pages.engines import Engine, Firefox, WebKit, minibrowser
from pages.relay import Relay

from tutela.media import Fingerprints, fingerprint

pytestmark = [pytest.mark.system, pytest.mark.slow]
ENGINES: dict[str, tuple[Callable[..., Engine], Callable[[], object]]] = {
    "firefox": (Firefox, lambda: shutil.which("firefox-esr")),
    "webkit": (WebKit, lambda: minibrowser() and shutil.which("WebKitWebDriver") and shutil.which("Xvfb")),
}
PACKAGES = {"firefox": "firefox-esr", "webkit": "webkit2gtk-driver and xvfb"}
MOST_APART = 4
MOST_BYTES, WIDEST = 4_000_000, "8300"
APART = {"firefox": set[str](), "webkit": {"WEBP RGB, wide colours"}}  # its decoder of WebP knows no profiles
SECRET = "sentence-of-the-reporter"
ADDRESS = "https://pictures.example/a/20931"
PATHS = {
    "address": ("go", [("text", ADDRESS), ("choose", ""), ("choose", ""), ("text", SECRET)]),
    "words": ("go?way=own", [("choose", ""), ("next", ""), ("choose", ""), ("text", SECRET)]),
}
PATIENCE, WAIT = 20.0, 10.0
MADE = """const [data, done] = arguments;
(async () => {
  const [{ readPicture }, { hashLuma }] = await Promise.all(['reading', 'pdq'].map(
    (name) => import(`/static/public/own/${name}.js`)));
  const seen = await readPicture(new Blob([Uint8Array.from(atob(data), (each) => each.charCodeAt(0))]));
  return hashLuma(seen.luma, seen.width, seen.height);
})().then(done, (error) => done({ hex: '0', quality: -1, error: String(error) }));"""
STORED = """const done = arguments[0];
(async () => [document.cookie, localStorage.length, sessionStorage.length,
  ((await indexedDB.databases?.()) ?? []).length, (await globalThis.caches?.keys() ?? []).length])()
  .then(done, (error) => done(String(error)));"""
SHOWN = "return ['own', 'refused', 'without'].filter((id) => !document.getElementById(id).hidden).join(' ')"
SIDEWAYS = "return [innerWidth, document.documentElement.scrollWidth - document.documentElement.clientWidth]"
CODE = "return [...document.querySelectorAll('.code span')].map((each) => each.textContent).join('')"
STANDS = "return [document.title, document.readyState, document.activeElement?.outerHTML, scrollY, innerWidth]"
TEXT = "return document.body.innerText"


class Seen:
    """A browser on a node, and what it asked for."""

    def __init__(self, driven: Engine, relay: Relay, url: str) -> None:
        self.driven, self.relay, self.url = driven, relay, url

    def go(self, path: str) -> None:
        self.driven.go(f"{self.url}/{path}")

    def until(self, script: str, wanted: object = True) -> None:
        deadline = time.monotonic() + PATIENCE
        while (found := self.driven.run(script)) != wanted:
            assert time.monotonic() < deadline, f"{script}: {found}; {self.driven.run(STANDS)}"
            time.sleep(0.05)

    def press(self, selector: str) -> None:
        """Presses what leads to another page, and waits until that page is there."""
        self.driven.run("document.documentElement.dataset.old = 'yes'")
        self.driven.click(selector)
        self.until("return document.readyState === 'complete' && !document.documentElement.dataset.old")

    def step(self, kind: str, text: str) -> None:
        if kind == "choose":
            self.driven.click(".choice")
        elif kind == "text":
            self.driven.type("form.sheet textarea, form.sheet [name=code]", text)
        self.press("form.sheet .row .btn")

    def own_requests(self) -> list[str]:
        return [each.url for each in self.relay.asked if each.url.startswith(self.url)]


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    name = str(request.param)
    if not ENGINES[name][1]():
        reason = f"needs Debian's packages {PACKAGES[name]}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return name


@pytest.fixture(scope="module")
def relay(node) -> Iterator[Relay]:
    with Relay(urlsplit(node.urls["public"]).netloc) as running:
        yield running


@pytest.fixture(scope="module")
def shared(engine: str, relay: Relay) -> Iterator[Engine]:
    with ENGINES[engine][0](relay.port) as driven:
        yield driven


@pytest.fixture
def seen(shared: Engine, relay: Relay, node) -> Seen:
    relay.asked.clear()
    shared.size(1280, 900)
    return Seen(shared, relay, node.urls["public"])


@pytest.fixture
def quiet_firefox(relay: Relay, node) -> Iterator[Callable[..., Seen]]:
    """A Firefox with preferences of its own."""
    if not ENGINES["firefox"][1]():
        pytest.skip("needs Debian's package firefox-esr")
    opened: list[Firefox] = []

    def run(**preferences: object) -> Seen:
        relay.asked.clear()
        opened.append(Firefox(relay.port, **preferences))
        return Seen(opened[-1], relay, node.urls["public"])

    yield run
    for each in opened:
        each.__exit__(None, None, None)


@pytest.fixture(scope="session")
def files(cases) -> list[tuple[str, bytes, Fingerprints]]:
    """All but the largest, which take most of the time and tell nothing more."""
    folder = cases / "hashing" / "pdq" / "images"
    paths = [path for path in sorted(folder.rglob("*.*")) if path.suffix != ".md"]
    named = [(path.name, path.read_bytes()) for path in paths]
    named += [*pictures(), *profiled(), *(each for each in dithered() if not each[0].startswith(WIDEST))]
    return [(name, data, fingerprint(data)) for name, data in named if len(data) < MOST_BYTES]


def test_codes_are_those_of_the_kit(seen, engine, files):
    seen.go("en/own")
    found = {}
    for name, data, wanted in files:
        made = seen.driven.run_async(MADE, base64.b64encode(data).decode())
        bits = (int(made["hex"], 16) ^ int(wanted.pdq, 16)).bit_count()
        if bits > MOST_APART or abs(made["quality"] - wanted.pdq_quality) > 1:
            found[name] = (bits, made["quality"])
    assert set(found) == APART[engine], found


def test_the_code_is_sent_and_the_picture_is_not(seen, tmp_path):
    data = file_of(pattern(900, 1200, 3))
    (tmp_path / "IMG_2041.jpg").write_bytes(data)
    seen.go("en/own?voice=13-17")
    seen.until(SHOWN, "own")
    before = len(seen.own_requests())
    seen.driven.type("#files", str(tmp_path / "IMG_2041.jpg"))
    seen.until("return document.getElementById('send').hidden", False)
    assert len(seen.own_requests()) == before
    seen.press("#send")
    assert len(seen.driven.run(CODE)) == 20
    (posted,) = [each for each in seen.relay.asked if each.method == "POST" and each.url.startswith(seen.url)]
    sha256, pdq, quality = parse_qs(posted.body.decode())["codes"][0].split(" ")
    wanted = fingerprint(data)
    assert (sha256, int(quality)) == (wanted.sha256, wanted.pdq_quality)
    assert (int(pdq, 16) ^ int(wanted.pdq, 16)).bit_count() <= MOST_APART
    assert set(parse_qs(posted.body.decode())) == {"draft", "work", "codes"}
    assert b"IMG_2041" not in posted.body
    assert seen.driven.run_async(STORED) == ["", 0, 0, 0, 0]


@pytest.mark.parametrize(
    "preferences",
    [
        {"privacy.resistFingerprinting": True},
        {
            "privacy.fingerprintingProtection": True,
            "privacy.fingerprintingProtection.overrides": "-AllTargets,+CanvasRandomization",
        },
    ],
    ids=["resists", "perturbs"],
)
def test_a_firefox_that_changes_pictures_is_refused(quiet_firefox, preferences):
    seen = quiet_firefox(**preferences)
    seen.go("en/own?voice=13-17")
    seen.until(SHOWN, "refused")
    assert "This browser changes pictures" in seen.driven.run(TEXT)
    assert not [each for each in seen.relay.asked if each.method == "POST"]


def test_a_browser_without_trusted_types_is_served_as_well(quiet_firefox):
    seen = quiet_firefox(**{"dom.security.trusted_types.enabled": False})
    seen.go("en/own?voice=13-17")
    seen.until(SHOWN, "own")


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("path", PATHS)
def test_the_whole_path_and_back_with_the_code(seen, language, path):
    """On a narrow screen; nothing is kept, and nobody else is asked."""
    seen.driven.size(320, 700)
    first, steps = PATHS[path]
    seen.go(f"{language}/{first}")
    wide = [seen.driven.run(SIDEWAYS)]
    for kind, text in steps:
        seen.step(kind, text)
        wide.append(seen.driven.run(SIDEWAYS))
    code = seen.driven.run(CODE)
    seen.go(f"{language}/back")
    seen.step("text", code)
    seen.until("return document.querySelectorAll('[aria-current=step]').length", 1)
    wide.append(seen.driven.run(SIDEWAYS))
    assert {over for _, over in wide} == {0}, wide
    assert seen.driven.run_async(STORED) == ["", 0, 0, 0, 0]
    assert seen.driven.ask("GetCookies") == []
    bodies = [each.body.decode() for each in seen.relay.asked if SECRET in each.body.decode()]
    assert len(bodies) == 1  # the answer itself; later pages carry it sealed
    assert not [each.url for each in seen.relay.asked if SECRET in each.url]


def test_something_is_added_with_the_code(seen, node):
    seen.go("en/back")
    seen.step("text", node.facts["taken_code"])
    seen.driven.type("#words", SECRET)
    seen.press("#r .btn")
    assert "We have it." in seen.driven.run(TEXT)
    assert SECRET not in seen.driven.run(TEXT)


def test_the_whole_path_without_scripts(quiet_firefox):
    """The wait before a code is looked up is one for both languages."""
    both = [(sent_without_scripts(quiet_firefox, language), language) for language in ("en", "ar")]
    time.sleep(WAIT)
    for seen, language in both:
        seen.press("form.sheet .row .btn")
        seen.driven.type("#words", SECRET)
        seen.press("#r .btn")
        assert SECRET not in seen.driven.run(TEXT)
        assert seen.driven.run("return document.querySelectorAll('.note.done').length") == 1
        assert seen.driven.ask("GetCookies") == []
        seen.go(f"{language}/own")
        assert seen.driven.run(SHOWN) == "without"


def sent_without_scripts(quiet_firefox, language):
    """A window in which a report was made, and its code was asked for a first time."""
    seen = quiet_firefox(**{"javascript.enabled": False})
    seen.driven.size(320, 700)
    first, steps = PATHS["words"]
    seen.go(f"{language}/{first}")
    for kind, text in steps:
        seen.step(kind, text)
    code = seen.driven.run(CODE)
    seen.go(f"{language}/back")
    seen.step("text", code)
    return seen


def test_what_is_pressed_like_a_link_is_underlined(seen):
    seen.go("en/go")
    line = "return getComputedStyle(document.querySelector('button.link')).textDecorationLine"
    assert seen.driven.run(line) == "underline"


@pytest.mark.parametrize("way", ["button", "Esc three times"])
def test_the_way_out_takes_the_place_of_the_page(seen, way):
    """The harmless page is asked for over plain HTTP here, where the relay can answer for it."""
    seen.go("en/go")
    seen.driven.run("document.querySelector('.exit').href = 'http://weather.example/'")
    before = seen.driven.run("return history.length")
    if way == "button":
        seen.driven.click(".exit")
    else:
        seen.driven.type("textarea", "a test")
        seen.driven.press("\ue00c", 2)
        assert seen.driven.run("return document.querySelectorAll('main').length") == 1
        seen.driven.press("\ue00c")
    seen.until("return document.body?.textContent", "weather")
    assert seen.driven.run("return history.length") == before
