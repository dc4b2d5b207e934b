"""The workbench by its keys, and what scripts add to it: each works, each can be done without or switched off."""

import pytest
from pages.looking import Way
from pages.walks import desk, entered, leave_by, opened
from playwright.sync_api import expect

pytestmark = pytest.mark.system
CODE = "[name=code]:checked"


@pytest.fixture
def at(window, node):
    """`at("/")`: Mira's page at a path of the workbench."""

    def go(path, **options):
        page = window(Way(), "mira", **options).page
        desk(path)(page, node, "en")
        return page

    return go


def press(page, key):
    """Presses a key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def here(page):
    return page.locator(".q [aria-current] .ref").inner_text()


def test_j_and_k_walk_the_queue(at):
    page = at("/")
    press(page, "j")
    first = here(page)
    press(page, "j")
    assert here(page) != first
    press(page, "k")
    assert here(page) == first


@pytest.mark.parametrize("key", "12345")
def test_a_number_chooses_a_code_and_says_what_follows(at, key):
    page = at("/item/{exact}/")
    page.keyboard.press(key)
    chosen = page.locator(CODE)
    assert chosen.get_attribute("data-key") == key
    assert page.locator(".follows p:visible").count() == 1
    expect(page.locator(".for-none")).to_be_hidden()


def test_t_takes_the_verdict_over(at):
    page = at("/item/{open}/")
    page.keyboard.press("t")
    expect(page.locator("#ground")).to_have_value("near_match")
    expect(page.locator(CODE)).to_have_value("B")


def test_the_decision_is_recorded_by_keys_and_withdrawn_again(at, node):
    page = at("/item/{far}/")
    page.keyboard.press("5")
    page.locator("#ground").select_option(index=0)
    press(page, "Control+Enter")
    assert node.facts["far"] not in page.url
    expect(page.locator(".undo")).to_contain_text("takes effect at")
    press(page, "z")
    assert node.facts["far"] in page.url
    expect(page.locator(".note.done")).to_contain_text("Withdrawn")


def test_v_opens_one_view_that_counts_down(at):
    page = at("/item/{late}/")
    press(page, "v")
    expect(page.locator(".seen")).to_be_visible()
    expect(page.locator(".count")).not_to_be_empty()
    assert "grayscale" in page.evaluate("getComputedStyle(document.querySelector('.seen')).filter")
    page.locator(".veil a").click()
    expect(page.locator(".seen")).to_have_count(0)


def test_typing_is_no_key(at):
    page = at("/item/{exact}/")
    page.keyboard.press("/")
    page.keyboard.type("j1v")
    expect(page.locator("#f")).to_have_value("j1v")
    assert page.locator(CODE).count() == 0


def test_single_keys_can_be_switched_off(at):
    page = at("/item/{exact}/")
    page.keyboard.press("?")
    page.uncheck("#single-keys")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    assert page.locator(CODE).count() == 0
    page.reload()
    page.keyboard.press("1")
    assert page.locator(CODE).count() == 0


def test_the_desk_works_without_scripts(window, node):
    page = window(Way(width=390), "mira", java_script_enabled=False).page
    desk("/")(page, node, "en")
    leave_by(page, ".q li:first-child a")
    expect(page.locator("#verdict, .facts").first).to_be_visible()
    desk("/item/{look}/", opened)(page, node, "en")
    expect(page.locator(".seen")).to_be_visible()


def test_who_made_a_mistake_is_led_to_it(window, node):
    page = window(Way(), "noor").page
    desk("/blocking/propose/", entered(domain="https://site.example/a", grounds="x"))(page, node, "en")
    assert page.title().startswith("Error:")
    assert page.evaluate("document.activeElement.matches('.problem, .problem *')")


def test_a_list_is_imported_with_its_problems_told(window, node, tmp_path):
    page = window(Way(), "noor").page
    desk("/lists/import/")(page, node, "en")
    file = tmp_path / "list.csv"
    file.write_text("id,md5\n1,00112233445566778899aabbccddeeff\n2,nothing\n")
    page.fill("[name=name]", "Far list")
    page.set_input_files("[name=file]", file)
    leave_by(page, "form.stack .btn")
    expect(page.locator("main")).to_contain_text("line 3, md5")
