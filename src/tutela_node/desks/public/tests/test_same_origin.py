"""Posts are taken from our own pages alone, and uploads from nobody."""

import pytest

URL = "https://pictures.example/a/1"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://testserver"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_our_own_pages_may_post(visitor, headers):
    visitor.get("go")
    assert visitor.post("go", {"draft": visitor.draft, "address": URL}, **headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_other_sites_may_not(visitor, headers):
    visitor.get("go")
    answer = visitor.post("go", {"draft": visitor.draft, "address": URL}, **headers)
    assert answer.status_code == 403
    assert "another site" in visitor.page


def test_a_page_may_be_read_from_anywhere(visitor):
    assert visitor.get("", **{"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_an_upload_is_refused(visitor):
    answer = visitor.client.post("/en/go", {"draft": "x", "address": URL})
    assert answer.status_code == 400
    assert answer.request["CONTENT_TYPE"].startswith("multipart/form-data")


def test_other_methods_are_refused(visitor):
    assert visitor.client.delete("/en/go").status_code == 405
