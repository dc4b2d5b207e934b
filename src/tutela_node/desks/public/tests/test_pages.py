"""Every page: its language, its headers, its weight, and that nothing leads nowhere."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import DatabaseError

from tutela_node.desks.public.headers import QUIET
from tutela_node.desks.public.intake import keeping
from tutela_node.foundation import profile

PAGES = ["", "go", "back", "me", "someone", "talk", "now", "privacy", "accessibility", "law"]
LANGUAGES = ["en", "fr", "es", "ar"]
VOICES = ["adult", "13-17", "8-12"]
KILOBYTES = 25 * 1000
LINK = re.compile(r'<a [^>]*href="(/[^"#]*)"')


def weight(page):
    """The page, its styles and its scripts, each compressed as a proxy does."""
    files = re.findall(r'(?:href|src)="/static/([^"]+)"', page)
    parts = [page.encode(), *(Path(finders.find(name)).read_bytes() for name in files)]
    return sum(len(gzip.compress(part, 6)) for part in parts)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_with_its_styles_weighs_less_than_25_kilobytes(visitor, language, path):
    visitor.language = language
    assert visitor.get(path).status_code == 200
    assert weight(visitor.page) < KILOBYTES


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_pages_weigh_less_than_25_kilobytes(visitor, language):
    visitor.language = language
    visitor.get("go")
    for answers in ({"address": "https://a.example/"}, {"thing": "page"}, {"place": "site"}, {"words": "x" * 300}):
        visitor.go(**answers)
        assert weight(visitor.page) < KILOBYTES


@pytest.mark.parametrize("voice", VOICES)
def test_no_link_leads_nowhere(visitor, voice):
    for path in PAGES:
        visitor.get(f"{path}?voice={voice}")
        for target in set(LINK.findall(visitor.page)):
            assert visitor.client.get(target.replace("&amp;", "&")).status_code == 200, target


@pytest.mark.parametrize(("asked", "language"), [("fr-CA,en;q=0.5", "fr"), ("ar", "ar"), ("xx", "en"), ("", "en")])
def test_the_front_page_speaks_the_browsers_language(visitor, asked, language):
    answer = visitor.client.get("/", headers={"Accept-Language": asked})
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.content.decode()
    assert not answer.cookies


def test_arabic_runs_from_right_to_left(visitor):
    visitor.language = "ar"
    visitor.get("")
    assert '<html lang="ar" dir="rtl">' in visitor.page
    assert '<bdi dir="ltr">116 111</bdi>' in visitor.page


@pytest.mark.parametrize("path", [*PAGES, "nowhere"])
def test_every_page_keeps_quiet(visitor, path):
    answer = visitor.get(path)
    assert {name: answer.headers.get(name) for name in QUIET} == QUIET


def test_titles_and_addresses_are_neutral(visitor):
    for path in PAGES:
        visitor.get(path)
        assert not re.search(r"child|abuse|report", visitor.title + path, re.IGNORECASE)


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("path", ["now", "me", "someone", "talk"])
def test_where_somebody_may_be_in_danger_the_emergency_number_comes_first(visitor, path, voice):
    visitor.get(f"{path}?voice={voice}")
    numbers = re.findall(r'href="tel:(\d+)"', visitor.page)
    assert numbers[:2] == [profile.current().help.emergency, profile.current().help.children.replace(" ", "")]


@pytest.mark.parametrize("path", PAGES)
def test_the_page_for_danger_is_one_step_away(visitor, path):
    visitor.get(path)
    assert 'href="/en/now"' in visitor.page


def test_the_numbers_are_the_profiles(visitor):
    visitor.get("")
    assert f'href="tel:{profile.current().help.emergency}"' in visitor.page
    assert profile.current().help.exit_url in visitor.page


@pytest.mark.parametrize("path", ["/xx/", "/en/nowhere", "/en/go/more"])
def test_what_is_not_there_gets_a_calm_page(visitor, path):
    answer = visitor.client.get(path)
    assert answer.status_code == 404
    assert "There is no page here." in answer.content.decode()


def test_a_database_that_does_not_answer_says_what_is_safe(visitor, monkeypatch):
    def refuse(**_):
        raise DatabaseError

    visitor.get("go")
    monkeypatch.setattr(keeping.public_dropped, "public_drop", refuse)
    answer = visitor.go(address="https://a.example/")
    assert answer.status_code == 503
    assert "your answer is still there" in visitor.page


def test_health_stays_for_machines(visitor):
    assert visitor.client.get("/ready").headers["Content-Type"] == "application/json"
