"""The page of own pictures as somebody uses it: the codes are sent, the picture is not, and nothing is kept."""

import base64
import hashlib
from urllib.parse import parse_qs

import pytest
from pages.drawn import file_of, pattern
from pages.looking import Way
from playwright.sync_api import expect

from tutela.media import fingerprint

pytestmark = pytest.mark.system
STORED = """async () => [document.cookie, localStorage.length, sessionStorage.length,
  (await indexedDB.databases()).length, (await caches.keys()).length, history.state]"""
PICTURE = file_of(pattern(900, 1200, 3))
SLICE, STEP = 12, 64


def given(name, data, kind="image/jpeg"):
    return {"name": name, "mimeType": kind, "buffer": data}


def choose(page, node, *files, path="own?voice=13-17", language="en"):
    page.goto(f"{node.urls['public']}/{language}/{path}")
    expect(page.locator("#own")).to_be_visible()
    page.set_input_files("#files", list(files))
    expect(page.locator(".pictures progress:visible")).to_have_count(0)
    expect(page.locator("#state")).to_be_visible()


def rows(page):
    return [each.strip() for each in page.locator(".pictures .said").all_text_contents()]


def code_on(page):
    return "".join(page.locator(".code span").all_text_contents())


def pieces(data):
    """Slices of a file in every form in which a request could carry them."""
    for at in range(0, len(data) - SLICE, STEP):
        piece = data[at : at + SLICE]
        yield piece
        yield piece.hex().encode()
        yield base64.b64encode(data[at - at % 3 : at - at % 3 + 15])
        yield "".join(f"%{octet:02X}" for octet in piece).encode()


def test_no_request_holds_anything_of_the_picture(window, node):
    seen, bodies, addresses = window(Way(width=390)), [], []
    seen.page.on("request", lambda each: bodies.append(each.post_data_buffer or b""))
    seen.page.on("request", lambda each: addresses.append(each.url))
    choose(seen.page, node, given("IMG_2041.jpg", PICTURE))
    before = len(addresses)
    with seen.page.expect_navigation():
        seen.page.click("#send")
    assert len(code_on(seen.page)) == 20
    sent = b"\n".join([*bodies, *(each.encode() for each in addresses)])
    pixels = pattern(900, 1200, 3).tobytes()
    assert not [piece for whole in (PICTURE, pixels) for piece in pieces(whole) if piece in sent]
    assert b"IMG_2041" not in sent
    (body,) = [each for each in bodies if each]
    fields = parse_qs(body.decode())
    found = fingerprint(PICTURE)
    assert set(fields) == {"draft", "work", "codes"}
    assert fields["work"][0].isdigit()
    sha256, pdq, quality = fields["codes"][0].split(" ")
    assert (sha256, int(quality)) == (found.sha256, found.pdq_quality)
    assert (int(pdq, 16) ^ int(found.pdq, 16)).bit_count() <= 4
    assert not [each for each in addresses if not each.startswith(node.urls["public"])]
    assert not [each for each in addresses[:before] if "/static/" not in each and not each.endswith("?voice=13-17")]


def test_choosing_asks_nothing_of_the_network(window, node):
    page, asked = window().page, []
    page.goto(f"{node.urls['public']}/en/own?voice=13-17")
    expect(page.locator("#own")).to_be_visible()
    page.on("request", lambda each: asked.append(each.url))
    page.set_input_files("#files", [given("a.jpg", PICTURE), given("b.png", file_of(pattern(64, 64, 1), "PNG"))])
    expect(page.locator("#send")).to_be_visible()
    assert asked == []


def test_nothing_is_kept_in_the_browser(window, node):
    seen = window()
    choose(seen.page, node, given("a.jpg", PICTURE))
    assert seen.page.evaluate(STORED) == ["", 0, 0, 0, 0, None]
    with seen.page.expect_navigation():
        seen.page.click("#send")
    assert seen.page.evaluate(STORED) == ["", 0, 0, 0, 0, None]
    assert seen.context.cookies() == []
    seen.page.go_back()
    expect(seen.page.locator("#own")).to_be_visible()
    assert (seen.page.locator("#codes").input_value(), rows(seen.page)) == ("", [])


def test_each_picture_has_its_own_result(window, node):
    page = window().page
    grey = file_of(pattern(300, 300, 3).point(lambda _: 128), "PNG")
    choose(
        page,
        node,
        given("a.jpg", PICTURE),
        given("the same.jpg", PICTURE),
        given("grey.png", grey, "image/png"),
        given("tiny.png", file_of(pattern(4, 4, 1), "PNG"), "image/png"),
        given("clip.mp4", b"\0\0\0\x18ftypmp42" + bytes(5000), "video/mp4"),
        given("phone.heic", b"\0\0\0\x18ftypheic" + bytes(5000), "image/heic"),
        given("empty.jpg", b""),
    )
    assert [each.split(".")[0] for each in rows(page)] == [
        "Code made",
        "You chose it already",
        "It shows too little for a code of its own",
        "It shows too little for a code of its own",
        "A code of this file only",
        "A code of this file only",
        "It could not be read",
    ]
    lines = page.locator("#codes").input_value().split("\n")
    assert [len(line.split(" ")) for line in lines] == [3, 1, 1]
    assert lines[1] == hashlib.sha256(b"\0\0\0\x18ftypmp42" + bytes(5000)).hexdigest()


def test_what_is_left_out_is_not_sent(window, node):
    page = window().page
    choose(page, node, given("a.jpg", PICTURE), given("b.jpg", file_of(pattern(200, 300, 8))))
    page.locator(".pictures button").first.click()
    assert page.locator("#codes").input_value().split(" ")[0] == fingerprint(file_of(pattern(200, 300, 8))).sha256
    page.locator(".pictures button").first.click()
    expect(page.locator("#send")).to_be_hidden()


def test_all_that_goes_out_can_be_seen(window, node):
    page = window().page
    choose(page, node, given("a.jpg", PICTURE))
    page.locator("#all summary").click()
    expect(page.locator("#shown")).to_have_text(page.locator("#codes").input_value())


def test_an_adult_says_whom_the_picture_shows(window, node):
    page = window().page
    choose(page, node, given("a.jpg", PICTURE), path="own")
    page.click("#send")
    assert page.url.endswith("/own")
    assert page.locator(".code").count() == 0
    page.locator(".choice").first.click()
    with page.expect_navigation():
        page.click("#send")
    assert len(code_on(page)) == 20


def test_it_is_done_by_keyboard_alone(window, node):
    page = window().page
    choose(page, node, given("a.jpg", PICTURE))
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "send":
            break
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert len(code_on(page)) == 20


def test_the_field_for_files_can_be_reached_and_seen(window, node):
    page = window().page
    page.goto(f"{node.urls['public']}/en/own?voice=8-12")
    expect(page.locator("#own")).to_be_visible()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "files":
            break
    outline = page.locator("#choose").evaluate("(each) => getComputedStyle(each).outlineStyle")
    assert (page.evaluate("document.activeElement.id"), outline) == ("files", "solid")


def test_without_scripts_it_says_so_and_what_else_helps(window, node):
    page = window(java_script_enabled=False).page
    page.goto(f"{node.urls['public']}/en/own?voice=8-12")
    expect(page.locator("#without")).to_be_visible()
    assert not page.locator("#own").is_visible()
    assert page.locator("#without a").evaluate_all("(all) => all.map((each) => each.getAttribute('href'))") == [
        "/en/go?voice=8-12",
        "/en/go?way=own&voice=8-12",
        "tel:116111",
    ]


@pytest.mark.parametrize("width", [320, 390, 1440])
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("path", ["own", "own?voice=8-12"])
def test_nothing_is_wrong_with_its_pages(window, node, width, language, path):
    seen = window(Way(language=language, width=width, scheme="dark" if width == 390 else "light"))
    choose(seen.page, node, given("a.jpg", PICTURE), given("clip.mp4", bytes(500)), path=path, language=language)
    assert seen.problems() == []
    if path == "own":
        seen.page.locator(".choice").first.click()
    with seen.page.expect_navigation():
        seen.page.click("#send")
    assert seen.problems() == []
