"""The pages of hash lists: who sees them, an import with a corrupt row, a file that is too large."""

import hashlib
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tutela_node.desks.workbench.lists.uploads import MOST, ListInMemory
from tutela_node.hashlists.models import Entry, ListImport

pytestmark = pytest.mark.django_db


def rows(*lines):
    return "\n".join(["id,md5", *lines]).encode()


def digest(word):
    return hashlib.md5(word.encode(), usedforsecurity=False).hexdigest()


def send(client, content, **fields):
    file = SimpleUploadedFile("list.csv", content)
    told = {"name": "Far list", "format": "", "mapping": "", **fields, "file": file}
    return client.post(reverse("lists:import"), told)


GOOD = rows(f"1,{digest('a')}", f"2,{digest('b')}")


@pytest.mark.parametrize("name", ["mira", "timo", "ada", "olga"])
def test_who_reads_lists_sees_them(name, request, sign_in):
    page = sign_in(request.getfixturevalue(name)).get(reverse("lists:index"))
    assert page.status_code == 200
    assert "There is no list yet." in page.content.decode()


CLOSED = [("pavel", "index"), ("mira", "import"), ("mira", "withdraw"), ("olga", "withdraw")]


@pytest.mark.parametrize(("name", "page"), CLOSED)
def test_others_are_refused(name, page, request, sign_in):
    assert sign_in(request.getfixturevalue(name)).get(reverse(f"lists:{page}")).status_code == 403


def test_strangers_sign_in_first():
    assert Client().get(reverse("lists:index")).status_code == 302


def test_an_import_shows_its_figures_and_stands_on_the_page(noor, sign_in):
    client = sign_in(noor)
    answer = send(client, GOOD, trusted="on")
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "Far list is imported." in page
    assert "Everything was read." in page
    index = client.get(reverse("lists:index")).content.decode()
    assert "Far list" in index
    assert "trusted" in index
    assert digest("a") not in page + index


def test_an_import_with_a_corrupt_row_shows_its_place_and_takes_the_rest(noor, sign_in):
    client = sign_in(noor)
    answer = send(client, rows(f"1,{digest('a')}", "2,corrupt", f"3,{digest('c')}"))
    page = client.get(answer["Location"]).content.decode()
    assert "line 3, md5" in page
    assert Entry.objects.count() == 2


def test_columns_are_named_one_a_line(noor, sign_in):
    content = f"Number;Fingerprint\n7;{digest('a')}\n".encode()
    answer = send(sign_in(noor), content, format="semicolon", mapping="Number = id\nFingerprint = md5")
    assert answer.status_code == 302
    assert Entry.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"mapping": "Fingerprint md5"}, "Line 1 needs a column"),
        ({"name": "National list"}, "The national list holds our own verdicts alone"),
        ({"name": ""}, "This field is required"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_the_rest_is_kept(noor, sign_in, fields, said):
    page = send(sign_in(noor), GOOD, **{"format": "csv", **fields})
    text = page.content.decode()
    assert page.status_code == 422
    assert said in text
    assert "<title>Error:" in text
    assert '<option value="csv" selected>' in text
    assert not ListImport.objects.exists()


def test_a_file_that_is_no_list_is_said(noor, sign_in):
    page = send(sign_in(noor), b"just words\nand more\n")
    assert page.status_code == 422
    assert "Line 1: not a known list" in page.content.decode()


def test_a_file_that_is_too_large_is_refused_in_the_form(noor, sign_in):
    page = send(sign_in(noor), bytes(MOST + 1))
    text = page.content.decode()
    assert page.status_code == 422
    assert "larger than 64 MiB" in text
    assert 'value="Far list"' in text
    assert not ListImport.objects.exists()


def test_a_form_from_another_site_is_refused(noor, sign_in):
    client = sign_in(noor, enforce_csrf_checks=True)
    assert send(client, GOOD).status_code == 403
    assert client.get(reverse("lists:import")).status_code == 200
    assert send(client, GOOD, csrfmiddlewaretoken=client.cookies["desk_csrf"].value).status_code == 302


def test_the_file_stays_in_memory_whatever_its_size(rf):
    file = SimpleUploadedFile("list.csv", bytes(3 * 1024 * 1024))
    request = rf.post("/", {"other": SimpleUploadedFile("b", b"second"), "file": file})
    request.upload_handlers = [ListInMemory(request)]
    assert list(request.FILES) == ["file"]
    assert isinstance(request.FILES["file"].file, BytesIO)
    assert request.FILES["file"].size == 3 * 1024 * 1024


def test_an_entry_is_withdrawn_by_its_number(noor, sign_in):
    client = sign_in(noor)
    send(client, GOOD)
    asked = {"number": " e-2 ", "reason": "it is the test card of a broadcaster"}
    assert client.post(reverse("lists:withdraw"), asked).status_code == 302
    assert Entry.objects.get(number=2).withdrawn_at
    again = client.post(reverse("lists:withdraw"), asked)
    assert again.status_code == 422
    assert "There is no such entry" in again.content.decode()
