"""A report over the CyberTipline interface, from /submit to the workbench, and what stops it on the way."""

import hashlib

import pytest

from tutela.wire.cybertip.answers import Code
from tutela_node.accounts import actions as accounts
from tutela_node.desks.api.tests.callers import agree, token_for
from tutela_node.desks.api.tests.filing import REPORT, Filer, details
from tutela_node.desks.cli.exampleland.web_host import picture
from tutela_node.evidence import vault
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.intake import queries as reports
from tutela_node.intake.filings import MOST_FILES
from tutela_node.intake.models import FiledDocument, FiledFile, Filing

UNKNOWN = "b0754af766b426f2928a02c651ed4b99"


def in_vault():
    return {path for path in vault.folder().rglob("*") if path.is_file()} if vault.folder().exists() else set()


@pytest.fixture
def filer(quay):
    return Filer("Quay Cloud", token_for(quay))


@pytest.fixture
def kept():
    return in_vault()


def report_of(number):
    return reports.report(SYSTEM, reports.report_by_reference(SYSTEM, str(number)))


@pytest.mark.parametrize("urlencoded", [True, False])
def test_a_report_with_a_file_is_finished(filer, quay, urlencoded):
    number = filer.submit().report
    uploaded = filer.upload(number, picture(11))
    assert uploaded.md5 == hashlib.md5(picture(11)).hexdigest()
    assert filer.fileinfo(details(number, uploaded.file)).code == 0
    done = filer.ends("finish", number, urlencoded=urlencoded)
    assert (done.code, done.report, done.files) == (0, number, (uploaded.file,))
    kept = report_of(number)
    assert (kept.organisation, kept.urls, len(kept.items)) == (quay, ("https://pages.example/a/1",), 1)
    assert [(each.name, each.viewed) for each in kept.facts.files] == [(uploaded.file, True)]
    assert kept.facts.accounts == ("quay cloud:u-1",)
    assert reports.original(SYSTEM, kept.id) == REPORT.encode()


def test_a_file_whose_sender_did_not_look_is_not_viewed(filer):
    number = filer.submit().report
    first, second = filer.upload(number, picture(12)).file, filer.upload(number, picture(13)).file
    filer.fileinfo(details(number, first))
    filer.ends("finish", number)
    assert {each.name: each.viewed for each in report_of(number).facts.files} == {first: True, second: False}


def test_the_same_file_in_two_reports_is_one_item(filer, kept):
    numbers = [filer.submit().report for _ in range(2)]
    for number in numbers:
        filer.upload(number, picture(14))
        filer.ends("finish", number)
    assert report_of(numbers[0]).items == report_of(numbers[1]).items


def test_what_ended_takes_nothing_more(filer):
    finished, retracted = filer.submit().report, filer.submit().report
    filer.ends("finish", finished)
    filer.ends("retract", retracted)
    for number, code in ((finished, Code.ALREADY_FINISHED), (retracted, Code.ALREADY_RETRACTED)):
        assert filer.upload(number, b"pattern").code == code
        assert filer.ends("finish", number).code == code
        assert filer.ends("retract", number).code == code
        assert filer.status == 409


def test_a_retracted_report_leaves_no_bytes(filer, kept, django_capture_on_commit_callbacks):
    number = filer.submit().report
    filer.upload(number, b"pattern")
    with django_capture_on_commit_callbacks(execute=True):
        assert filer.ends("retract", number).code == 0
    assert in_vault() == kept
    assert not FiledDocument.objects.filter(filing__number=str(number)).exists()
    assert reports.report_by_reference(SYSTEM, str(number)) is None


def test_a_report_of_another_organisation_does_not_exist(filer, kept):
    other = Filer("Far Host", token_for(agree("Far Host", "intake")))
    number = other.submit().report
    assert filer.upload(number, b"pattern").code == Code.NO_SUCH_REPORT
    assert filer.ends("finish", number).code == Code.NO_SUCH_REPORT
    assert filer.fileinfo(details(number, UNKNOWN)).code == Code.NO_SUCH_REPORT
    assert (filer.status, in_vault()) == (404, kept)


def test_details_are_given_once_and_to_a_file_that_is_there(filer):
    number = filer.submit().report
    file = filer.upload(number, b"pattern").file
    assert filer.fileinfo(details(number, UNKNOWN)).code == Code.NO_SUCH_FILE
    assert filer.fileinfo(details(number, file)).code == 0
    assert filer.fileinfo(details(number, file)).code == Code.VALIDATION_FAILED


def test_a_report_holds_so_many_files(filer, kept):
    number = filer.submit().report
    filing = Filing.objects.get(number=str(number))
    rows = (
        {"file_id": f"{each:032x}", "size": 1, "digests_sealed": b"", "at": filing.opened_at}
        for each in range(MOST_FILES)
    )
    FiledFile.objects.bulk_create(FiledFile(filing=filing, **row) for row in rows)
    answer = filer.upload(number, b"pattern")
    assert (filer.status, answer.code) == (413, Code.INVALID_REQUEST)
    assert "at most 2000 files" in answer.description
    assert in_vault() == kept


def test_the_details_of_a_report_are_bounded_together(filer):
    number = filer.submit().report
    files = [filer.upload(number, picture(20 + each)).file for each in range(3)]
    padded = [details(number, file, " " * (6 << 20)) for file in files]
    assert [filer.fileinfo(each).code for each in padded[:2]] == [0, 0]
    answer = filer.fileinfo(padded[2])
    assert (filer.status, answer.code) == (413, Code.INVALID_REQUEST)
    assert "at most 16777216 bytes" in answer.description
    assert FiledDocument.objects.get(state="refused").size == len(padded[2])
    assert filer.ends("finish", number).files == tuple(files)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<report>", Code.MALFORMED_XML),
        ("<!DOCTYPE report [<!ENTITY a SYSTEM 'file:///etc/hosts'>]><report>&a;</report>", Code.MALFORMED_XML),
        ("", Code.MALFORMED_XML),
        ("<report/>", Code.VALIDATION_FAILED),
        ("<fileDetails/>", Code.VALIDATION_FAILED),
        (REPORT.replace("2024-05-06T07:08:09Z", "a secret"), Code.VALIDATION_FAILED),
    ],
)
def test_a_document_that_is_refused_is_kept_with_the_reason(filer, text, code):
    answer = filer.submit(text)
    assert (filer.status, answer.code, answer.report) == (400, code, None)
    assert "secret" not in answer.description
    row = FiledDocument.objects.get()
    assert (row.state, len(row.findings_sealed) > 60, row.size) == ("refused", True, len(text))


def test_rules_beyond_the_schema_are_remarked_upon_or_refused_by_agreement(filer, quay):
    text = REPORT.replace("<email>r@quay.example</email>", "<firstName>A</firstName>")
    assert "e-mail" in filer.submit(text).description
    accounts.sign_agreement(SYSTEM, organisation=quay, kind="intake", basis="XA-CPA-12", days=9, strict=True)
    assert filer.submit(text).code == Code.VALIDATION_FAILED
    assert filer.submit().code == 0


def test_what_is_tolerated_is_noted_in_the_report(filer):
    annotations = "<reportAnnotations><informational/><unheard/></reportAnnotations>"
    marked = REPORT.replace("<incidentDateTime>", f"{annotations}<incidentDateTime>")
    number = filer.submit(marked).report
    filer.ends("finish", number)
    facts = report_of(number).facts
    assert facts.informational
    assert len(facts.notes) == 2


def test_a_test_token_goes_the_whole_way_and_leaves_nothing(quay, kept):
    filer = Filer("Quay Cloud", token_for(quay, ("intake.test",)))
    number = filer.submit().report
    uploaded = filer.upload(number, b"pattern")
    assert filer.fileinfo(details(number, uploaded.file)).code == 0
    assert filer.ends("finish", number).files == (uploaded.file,)
    assert (in_vault(), reports.report_by_reference(SYSTEM, str(number))) == (kept, None)
    assert not FiledDocument.objects.exists()
    assert filer.ends("finish", number).code == Code.ALREADY_FINISHED
    assert Filing.objects.get().is_test


def test_a_test_token_is_told_so_in_each_description(filer, quay):
    assert "test" not in filer.submit().description
    tries = Filer("Quay Cloud", token_for(quay, ("intake.test",)))
    number = tries.submit().report
    told = [tries.answer, tries.upload(number, b"pattern"), tries.submit("<report/>"), tries.ends("retract", number)]
    told += [tries.ends("retract", number), tries.read(tries.get("/ispws/status")), tries.upload(7, b"pattern")]
    assert [each.code for each in told] == [0, 0, 4100, 0, 5101, 0, 5001]
    assert all("; test: " in each.description for each in told)


def test_the_schema_and_the_status_are_answered(filer, client):
    assert client.get("/ispws/xsd").content.startswith(b"<?xml")
    assert filer.read(filer.get("/ispws/status")).code == 0
    assert len(filer.response.headers["Request-ID"]) == 32


@pytest.mark.parametrize(("path", "status"), [("nowhere", 404), ("submit", 405)])
def test_every_refusal_is_a_document(filer, path, status):
    assert filer.read(filer.get(f"/ispws/{path}")).code
    assert filer.status == status
