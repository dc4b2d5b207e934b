"""`tutela wire check`: recognising, saying what is wrong and where, exit codes."""

import json

import pytest
from typer.testing import CliRunner

from tutela.cli.main import main
from tutela.cli.wire import app
from tutela.wire.arf.tests.test_arf import FEEDBACK, built
from tutela.wire.xarf.tests.reports import report

GOOD = (
    "<report><incidentSummary><incidentType>Child Sex Tourism</incidentType>"
    "<incidentDateTime>2024-05-06T07:08:09Z</incidentDateTime></incidentSummary>"
    "<reporter><reportingPerson><email>r@hotline.example</email></reportingPerson></reporter></report>"
)


def check(tmp_path, text, *options):
    path = tmp_path / "report.xml"
    path.write_text(text)
    return CliRunner().invoke(app, ["check", str(path), *options])


def test_a_good_report_is_accepted(tmp_path):
    result = check(tmp_path, GOOD)
    assert (result.exit_code, result.output.strip().endswith("accepted")) == (0, True)


def test_a_fault_is_told_with_its_place(tmp_path):
    result = check(tmp_path, GOOD.replace("2024-05-06T07:08:09Z", "a secret\n"), "--json")
    told = json.loads(result.output)
    assert (result.exit_code, told["refused"], told["form"]) == (1, True, "cybertip-report")
    assert [each["place"] for each in told["findings"]] == ["report/incidentSummary/incidentDateTime"]
    assert "secret" not in result.output


def test_a_warning_refuses_only_when_asked(tmp_path):
    text = GOOD.replace("09Z", "09")
    assert (check(tmp_path, text).exit_code, check(tmp_path, text, "--strict").exit_code) == (0, 1)


@pytest.mark.parametrize("text", ["", "nothing of the kind", "<other/>", "<report", "<!DOCTYPE report><report/>"])
def test_what_is_no_form_is_unreadable(tmp_path, text):
    path = tmp_path / "x"
    path.write_text(text)
    with pytest.raises(SystemExit) as ended:
        main(["wire", "check", str(path)])
    assert ended.value.code == 3


def test_an_answer_is_recognised(tmp_path):
    from tutela.wire.cybertip.answers import write_done

    assert check(tmp_path, write_done(100001, ("a",)).decode()).exit_code == 0
    assert check(tmp_path, "<reportResponse><responseCode>0</responseCode></reportResponse>").exit_code == 1


def test_a_dash_reads_standard_input():
    result = CliRunner().invoke(app, ["check", "-"], input=GOOD.encode())
    assert (result.exit_code, result.output.startswith("-: ")) == (0, True)


@pytest.mark.parametrize(
    ("text", "form", "code"),
    [
        (json.dumps(report()), "xarf", 0),
        (json.dumps([report(), report(url="x")]), "xarf", 1),
        (built(FEEDBACK).decode(), "arf", 0),
        (built(FEEDBACK.replace("User-Agent", "User")).decode(), "arf", 1),
        ("url,note\nhttps://host.example/1,a note\n", "csv", 0),
        ("url,note\nhttps://host.example/1,a,note\n", "csv", 1),
    ],
)
def test_other_forms_are_told_by_their_bytes(tmp_path, text, form, code):
    result = check(tmp_path, text, "--json")
    assert (json.loads(result.output)["form"], result.exit_code) == (form, code)


def test_doubts_refuse_where_it_is_strict(tmp_path):
    text = json.dumps(report(evidence=[{"content_type": "text/plain", "payload": "YQ==", "hash": f"md5:{'0' * 32}"}]))
    assert [check(tmp_path, text).exit_code, check(tmp_path, text, "--strict").exit_code] == [0, 1]
