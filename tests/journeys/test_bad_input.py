"""Broken and hostile input through the real doors of a running node: a clear answer, nothing lost, nobody dies.

One node takes everything, in order; the last tests look at what is left of it.
"""

import hashlib
import json
import struct
import threading

import httpx
import pytest
from journeys import spoilt
from journeys.house import House, database, until
from journeys.patient import Again, PatientVisitor, provider, sign_in

from tutela_node.desks.cli.exampleland.web_host import picture
from tutela_node.desks.cli.exampleland.world import SHARED

TIMO = "timo@hotline.exampleland.example"
LONG = f"https://{SHARED}/" + "a" * 5_000_000
DTD = b"""<?xml version="1.0"?><!DOCTYPE queryResult [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2"><images count="1"><image><id>&b;</id>
<fingerprints><md5>00000000000000000000000000000001</md5></fingerprints></image></images></queryResult>"""
TABLE = b"md5,classification\n" + b"0" * 31 + b"1,A\nbroken \x00 row,A\n" + b"0" * 31 + b"2,A\n"
CASES = {
    "cut": (spoilt.cut_jpeg(1), "breaks off"),
    "huge": (spoilt.huge_png(), "more than the"),
    "boasting": (spoilt.boasting_png(), "more than the"),
    "broken-header": (spoilt.broken_png(), "damaged"),
    "no-size": (spoilt.gif_of_no_size(), "damaged"),
    "short": (spoilt.cut_jpeg(2)[:300], "damaged"),
}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with database() as address, House.on(tmp_path_factory.mktemp("bad") / "data", database=address) as house:
        yield house


@pytest.fixture(scope="module")
def wire():
    wire = Again()
    yield wire
    wire.close()


@pytest.fixture(scope="module")
def harbour(house, wire):
    return provider(house, wire)


@pytest.fixture(scope="module")
def timo(house, wire):
    return sign_in(house, TIMO, wire)


@pytest.fixture(scope="module", autouse=True)
def roles(house):
    """The processes as they were before."""
    return roles_of(house)


def roles_of(house):
    return {(id, role) for id, role in house.processes().items() if "decoder" not in role}


def send(harbour, body, report='{"context": {}}', field="file"):
    return harbour.post("/api/v1/reports", files={"report": (None, report), field: ("upload", body)})


def item_of(timo, body):
    """The page of the item that these bytes became, once it was fingerprinted and queued."""
    digest, paths = hashlib.sha256(body).hexdigest(), []

    def is_queued():
        paths[:] = timo.open("/search/").submit("//main//form", {"text": digest}).all("//main//table//a/@href")
        return paths and timo.open(paths[0]).all("//form[@id='verdict']")

    until("the item is queued", 60, is_queued)
    return timo


@pytest.mark.parametrize(("body", "says"), CASES.values(), ids=CASES)
def test_a_spoilt_picture_is_kept_and_its_page_says_what_is_wrong(harbour, timo, body, says):
    assert send(harbour, body).status_code == 201
    page = item_of(timo, body)
    facts = " ".join(page.find("//dt[text()='File']/following-sibling::dd[1]").split())
    assert f"· {says}" in facts or f" {says}" in facts.partition("·")[2], facts


def test_a_picture_that_is_other_than_its_header_says_is_kept_and_said_to_be(harbour, timo):
    assert send(harbour, spoilt.lying_png()).status_code == 201
    text = item_of(timo, spoilt.lying_png()).text()
    assert "64 × 64" in text
    assert "declares another size" in text


def test_a_cut_picture_is_known_by_what_is_left_of_it(house, harbour, tmp_path):
    """A partner's program that knows the cut file's fingerprint gets an answer: it was hashed as far as it decodes."""
    path = tmp_path / "cut.jpg"
    path.write_bytes(spoilt.cut_jpeg(1))
    told = json.loads(house.tutela("hash", str(path), "--json").stdout)
    assert told["truncated"]
    assert told["pdq"]


@pytest.mark.parametrize(
    ("report", "place"),
    [("{", "report"), ("[]", "report"), ('{"urls": "x"}', "report.urls"), ('{"nested": ' + "[" * 5000, "report")],
)
def test_json_that_cannot_be_read_says_where(harbour, report, place):
    answer = send(harbour, picture(11), report=report)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert answer.json()["place"].startswith(place)


def test_an_empty_file_is_refused(harbour):
    assert send(harbour, b"").json()["detail"] == "the file is empty"


def test_two_files_in_one_form_are_refused(harbour):
    files = [("report", (None, "{}")), ("file", ("a", picture(12))), ("file", ("b", picture(13)))]
    answer = harbour.post("/api/v1/reports", files=files)
    assert (answer.status_code, answer.json()["place"]) == (400, "file")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no form at all",
        b'--x\r\nContent-Disposition: form-data; name="report"\r\n\r\n{}',
        b"--x\r\n" + b"A: " + b"b" * 100_000 + b"\r\n\r\n\r\n--x--",
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n====\r\n--x--",
    ],
)
def test_a_form_that_is_none_is_refused(harbour, body):
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = harbour.post("/api/v1/reports", content=body, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("token", ["x", "tut_", "tut_00_00", "x" * 3000, "tut_" + "0" * 32 + "_" + "A" * 43])
def test_a_wrong_token_opens_nothing(house, wire, token):
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=house.urls["api"], headers=headers, transport=httpx.HTTPTransport()) as stranger:
        answer = send(stranger, picture(14))
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="tutela"')
    wire.bodies.append(answer.content)


def test_an_address_of_five_megabytes_is_refused_by_the_api(harbour):
    answer = harbour.post("/api/v1/reports", files={"report": (None, json.dumps({"urls": [LONG]}))})
    assert (answer.status_code, answer.headers["content-type"]) in {
        (400, "application/problem+json"),
        (413, "application/problem+json"),
    }


def test_an_address_of_five_megabytes_keeps_the_reporters_place(house, wire):
    visitor = PatientVisitor(house.urls["public"], wire).open("/en/go")
    visitor.submit("//form[@id='q']", {"address": LONG})
    assert visitor.status == 200
    assert visitor.find("//*[@role='alert']")
    visitor.submit("//form[@id='q']", {"address": f"https://{SHARED}/1"})
    assert "Question 2" in visitor.text()


def test_a_request_line_of_five_megabytes_is_cut_off(house, wire):
    for url in house.urls.values():
        with httpx.Client(base_url=url) as client:
            answer = client.get("/en/go?" + "a" * 60_000)
        assert answer.status_code in (400, 414, 431)
        wire.bodies.append(answer.content)


def test_a_list_with_a_dtd_is_refused(timo):
    page = import_list(timo, "With a DTD", "ncmec", DTD)
    assert "DOCTYPE" in page.find("//main//*[@role='alert']")
    assert "With a DTD" not in timo.open("/lists/").text()


def test_a_list_with_a_broken_row_is_imported_around_it(timo):
    page = import_list(timo, "With a broken row", "csv", TABLE)
    assert [int(each) for each in page.all("//dl[contains(@class,'figures')]//dd")][:2] == [3, 2] or page.text()
    assert "line 3" in page.text()


def import_list(timo, name, format, body):
    timo.open("/lists/import/")
    fields = {"name": name, "format": format, "mapping": ""}
    return timo.submit("//main//form[.//input[@type='file']]", fields, files={"file": ("list", body)})


def test_two_uploads_of_one_file_at_once_are_one_item(harbour, house, timo):
    body, answers = picture(15), []

    def once():
        with provider(house, Again()) as own:
            answers.append(send(own, body).status_code)

    threads = [threading.Thread(target=once) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [201] * 4
    digest = hashlib.sha256(body).hexdigest()
    found = timo.open("/search/").submit("//main//form", {"text": digest}).all("//main//table//a/@href")
    assert len(set(found)) == 1


def test_a_page_that_captures_as_nonsense_is_told_apart(house, harbour, timo):
    """What a host answers is outside input too."""
    host, body = house.world.host, struct.pack(">I", 7) * 1000
    host.page("/odd", body, "image/jpeg")
    report = json.dumps({"urls": [host.url("/odd", name=SHARED)]})
    assert harbour.post("/api/v1/reports", files={"report": (None, report)}).status_code == 201
    assert item_of(timo, body)


def test_no_answer_holds_a_trace_or_broke(wire):
    assert not [body[:300] for body in wire.bodies if b"Traceback" in body or b'File "/' in body]
    assert not wire.broken


def test_no_process_died_and_nothing_is_left_undone(house, roles):
    assert roles_of(house) == roles
    assert house.tutela("node", "fsck").returncode == 0
    lines = [json.loads(line) for line in house.tutela("node", "steps", "--json").stdout.splitlines()]
    assert not [each for each in lines if each["is_due"] or each["attempts"]]
    assert "Traceback" not in house.said()
