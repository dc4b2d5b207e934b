"""The pages of hash lists: who sees them, an import with a corrupt row, a file that is too large."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tutela_node.desks.workbench.lists.uploads import ListSealed, discard_unused
from tutela_node.hashlists import holding
from tutela_node.hashlists.models import Entry, Flood, HashList, ListImport

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


def test_a_form_from_another_site_is_refused(noor, sign_in):
    client = sign_in(noor, enforce_csrf_checks=True)
    assert send(client, GOOD).status_code == 403
    assert client.get(reverse("lists:import")).status_code == 200
    assert send(client, GOOD, csrfmiddlewaretoken=client.cookies["desk_csrf"].value).status_code == 302


def sent(rf, size, most):
    file = SimpleUploadedFile("list.csv", bytes(size))
    request = rf.post("/", {"other": SimpleUploadedFile("b", b"second"), "file": file})
    handler = ListSealed(request, most=most)
    request.upload_handlers = [handler]
    return request, handler


def test_the_file_is_sealed_while_it_arrives_and_removed_when_nothing_needs_it(rf):
    request, _ = sent(rf, 3 * 1024 * 1024, 1 << 24)
    assert list(request.FILES) == ["file"]
    held = request.FILES["file"].held
    with holding.open_held(held.id, held.key_wrapped) as stream:
        assert stream.read() == bytes(3 * 1024 * 1024)
    discard_unused(request, None)
    assert not (holding.folder() / held.id.hex).exists()


def test_a_file_that_is_too_large_is_thrown_away(rf):
    before = set(holding.folder().glob("*"))
    request, handler = sent(rf, 3 * 1024 * 1024, 1 << 20)
    assert not request.FILES
    assert handler.is_too_large
    assert set(holding.folder().glob("*")) == before


def test_a_form_with_a_problem_leaves_no_file(noor, sign_in):
    before = set(holding.folder().glob("*"))
    assert send(sign_in(noor), GOOD, name="").status_code == 422
    assert set(holding.folder().glob("*")) == before


def test_a_large_file_is_left_to_the_worker_and_its_page_comes_again(noor, sign_in):
    client = sign_in(noor)
    answer = send(client, GOOD + b"\n" * (4 * 1024 * 1024))
    page = client.get(answer["Location"])
    assert (ListImport.objects.get().state, page.headers["Refresh"]) == ("running", "3")
    assert "Far list is being imported." in page.content.decode()
    assert "Refresh" not in client.get(answer["Location"] + "?still=1").headers
    assert client.post(f"{answer['Location']}cancel/").status_code == 302
    assert "was cancelled" in client.get(answer["Location"]).content.decode()


WHY = "the source confirmed it by telephone"


def test_a_list_is_paused_on_its_page_and_the_reason_stands_in_its_history(noor, mira, sign_in):
    client = sign_in(noor)
    send(client, GOOD)
    page = reverse("lists:list", args=[HashList.objects.get().id])
    change = {"state": "paused", "threshold": "20", "growth_limit": "", "reason": WHY}
    assert client.post(page, change).status_code == 302
    text = client.get(page).content.decode()
    assert WHY in text
    assert "paused" in text
    assert (HashList.objects.get().state, HashList.objects.get().threshold) == ("paused", 20)
    assert sign_in(mira).post(page, {**change, "state": "active"}).status_code == 422
    assert HashList.objects.get().state == "paused"


def test_what_waits_stands_first_and_is_decided_with_a_reason(noor, timo, sign_in):
    client = sign_in(noor)
    send(client, GOOD)
    HashList.objects.update(growth_limit=1, is_trusted=True)
    send(client, rows(*(f"n{n},{digest(str(n))}" for n in range(4))), trusted="on")
    assert "3 entries of Far list wait in quarantine." in client.get(reverse("lists:index")).content.decode()
    page = reverse("lists:flood", args=[Flood.objects.get().id])
    assert client.post(page, {"choice": "release", "reason": "short"}).status_code == 422
    assert client.post(page, {"choice": "release", "reason": WHY}).status_code == 302
    assert client.post(page, {"choice": "release", "reason": WHY}).status_code == 422
    assert sign_in(timo).post(page, {"choice": "release", "reason": WHY}).status_code == 302
    assert Flood.objects.get().state == "releasing"


def test_an_entry_is_found_judged_and_its_fingerprint_shown_with_a_reason_alone(noor, mira, sign_in):
    send(sign_in(noor), GOOD)
    client = sign_in(mira)
    found = client.post(reverse("lists:entries"), {"value": digest("b")}).content.decode()
    assert "E-2" in found
    assert digest("b") not in found
    page = client.post(reverse("lists:entries"), {"value": "e-2"})["Location"]
    judged = client.post(f"{page}judge/", {"verdict": "negative", "note": WHY})
    assert judged["Location"] == page
    text = client.get(page).content.decode()
    assert "Mira Kade disputed it" in text
    assert digest("b") not in text
    assert client.get(f"{page}reveal/").status_code == 403
    senior = sign_in(noor)
    assert digest("b") not in senior.get(f"{page}reveal/").content.decode()
    assert digest("b") in senior.post(f"{page}reveal/", {"reason": WHY}).content.decode()


def test_credentials_go_in_and_never_come_out(olga, mira, sign_in):
    client = sign_in(olga)
    told = {"name": "Exchange", "minutes": "60", "setting_address": "http://far.example/"}
    secret = {"secret_username": "node", "secret_password": "correct-horse"}
    address = reverse("lists:subscribe", args=["ncmec"])
    wrong = client.post(address, told | secret)
    assert wrong.status_code == 422
    assert "correct-horse" not in wrong.content.decode()
    made = client.post(address, told | secret | {"setting_address": "http://127.0.0.1:9/hashsharing"})
    assert made.status_code == 302
    for person in (olga, mira):
        for page in (made["Location"], reverse("lists:subscriptions")):
            text = sign_in(person).get(page).content.decode()
            assert "correct-horse" not in text
            assert "Exchange" in text
    assert sign_in(mira).post(f"{made['Location']}fetch/").status_code == 403
    assert client.post(f"{made['Location']}fetch/").status_code == 302


def test_an_entry_is_withdrawn_by_its_number(noor, sign_in):
    client = sign_in(noor)
    send(client, GOOD)
    asked = {"number": " e-2 ", "reason": "it is the test card of a broadcaster"}
    assert client.post(reverse("lists:withdraw"), asked).status_code == 302
    assert Entry.objects.get(number=2).withdrawn_at
    again = client.post(reverse("lists:withdraw"), asked)
    assert again.status_code == 422
    assert "There is no such entry" in again.content.decode()
