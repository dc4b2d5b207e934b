"""How a filing ends: forgotten in time, or a report; and what is kept of documents that were refused."""

from datetime import timedelta

import pytest

from tutela_node.evidence import vault
from tutela_node.evidence.models import VaultObject
from tutela_node.evidence.vault import receive
from tutela_node.foundation import clock
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.intake import queries as reports
from tutela_node.intake.errors import NoSuchFiling
from tutela_node.intake.facts import Concern
from tutela_node.intake.models import FiledDocument, Filing
from tutela_node.journeys import cybertip_filed
from tutela_node.journeys.models import Step

pytestmark = pytest.mark.django_db
REPORT = b"""<report><incidentSummary>
<incidentType>Online Enticement of Children for Sexual Acts</incidentType><platform>Quay Talk</platform>
<escalateToHighPriority>a test message</escalateToHighPriority>
<reportAnnotations><sextortion/></reportAnnotations>
<incidentDateTime>2024-05-06T07:08:09+02:00</incidentDateTime></incidentSummary>
<internetDetails><chatImIncident><content>a test message of the chat</content></chatImIncident></internetDetails>
<reporter><reportingPerson><phone>5550199</phone><email>ann@harbour.example</email></reportingPerson></reporter>
<personOrUserReported>
<personOrUserReportedPerson><phone countryCallingCode="+41">5550100</phone><email>u1@pages.example</email>
</personOrUserReportedPerson><espIdentifier>U-1</espIdentifier><screenName>somebody</screenName>
<profileUrl>https://pages.example/U/1</profileUrl><ipCaptureEvent><ipAddress>192.0.2.1</ipAddress></ipCaptureEvent><priorCTReports>100001</priorCTReports>
<associatedAccount type="Linked"><platform>Other Place</platform><espIdentifier>u-9</espIdentifier></associatedAccount>
</personOrUserReported><victim><victimPerson><firstName>N</firstName></victimPerson></victim></report>"""


def upload(actor, number, body=b"pattern"):
    with receive(10_000) as receiver:
        receiver.write(body)
        received = receiver.seal()
    return cybertip_filed.upload(actor, number=number, received=received)


def opened(actor, **values):
    return cybertip_filed.open_report(actor, original=REPORT).number


def test_what_is_not_finished_is_erased_after_a_day(harbour, run_due, django_capture_on_commit_callbacks):
    number = opened(harbour)
    upload(harbour, number)
    (held,) = VaultObject.objects.all()
    with clock.standing_at(clock.now() + timedelta(hours=25)), django_capture_on_commit_callbacks(execute=True):
        run_due()
        with pytest.raises(NoSuchFiling):
            cybertip_filed.finish(harbour, number=number)
    assert (Filing.objects.get().state, VaultObject.objects.get().state) == ("expired", "erased")
    assert not vault.path_of(held.id).exists()
    assert not FiledDocument.objects.exists()


def test_an_hour_after_the_last_change_where_that_is_later(harbour, run_due):
    start = clock.now()
    with clock.standing_at(start):
        number = opened(harbour)
    with clock.standing_at(start + timedelta(hours=23, minutes=50)):
        upload(harbour, number)
    states = []
    for hours, minutes in ((24, 1), (24, 49), (24, 51)):
        with clock.standing_at(start + timedelta(hours=hours, minutes=minutes)):
            run_due()
            states.append(Filing.objects.get().state)
    assert states == ["open", "open", "expired"]


def test_a_finished_filing_stays(harbour, run_due):
    number = opened(harbour)
    upload(harbour, number)
    cybertip_filed.finish(harbour, number=number)
    with clock.standing_at(clock.now() + timedelta(days=60)):
        cybertip_filed.expire(Filing.objects.get().id, None)
    assert Filing.objects.get().state == "finished"
    assert FiledDocument.objects.count() == 1
    assert reports.report_by_reference(SYSTEM, number) == Filing.objects.get().report


def test_a_refused_document_is_forgotten_after_a_month(harbour):
    cybertip_filed.open_report(harbour, original=b"\xff no report")
    step = Step.objects.get(journey="cybertip_filed", name="forget")
    assert step.due_at > clock.now() + timedelta(days=29)
    cybertip_filed.forget(step.subject, None)
    assert not FiledDocument.objects.exists()


def test_what_a_report_says_becomes_its_facts(harbour):
    number = opened(harbour)
    file = upload(harbour, number, b"another pattern")
    details = (
        f"<fileDetails><reportId>{number}</reportId><fileId>{file}</fileId>"
        "<locationOfFile>https://pages.example/f</locationOfFile><fileViewedByEsp>true</fileViewedByEsp>"
        "<publiclyAvailable>true</publiclyAvailable><fileAnnotations><viral/><generativeAi/></fileAnnotations>"
        f"<industryClassification>B2</industryClassification><originalFileHash hashType='SHA-1'>{'A' * 40}"
        "</originalFileHash><ipCaptureEvent><ipAddress>2001:db8::1</ipAddress></ipCaptureEvent></fileDetails>"
    )
    cybertip_filed.describe(harbour, original=details.encode())
    cybertip_filed.finish(harbour, number=number)
    kept = reports.report(SYSTEM, reports.report_by_reference(SYSTEM, number))
    facts = kept.facts
    assert (facts.concern, facts.escalated, facts.at_risk) == (Concern.EXTORTION, True, True)
    profile = "quay talk:https://pages.example/u/1"
    assert facts.accounts == ("quay talk:u-1", "quay talk:somebody", profile, "other place:u-9")
    assert (facts.mails, facts.phones) == (("u1@pages.example",), ("+415550100",))
    assert (facts.ips, facts.prior) == (("192.0.2.1", "2001:db8::1"), ("100001",))
    assert facts.hashes == (f"sha1:{'a' * 40}",)
    assert (facts.victim_known, facts.suspect_known, facts.generated) == (True, True, True)
    (said,) = facts.files
    assert (said.name, said.viewed, said.public, said.viral, said.label) == (file, True, True, True, "B2")
    assert kept.urls == ("https://pages.example/f",)
    assert "a test message of the chat" in kept.words


def test_a_report_without_files_and_addresses_is_read_by_people(harbour, run_due):
    from tutela_node.review.models import QueueEntry

    number = opened(harbour)
    cybertip_filed.finish(harbour, number=number)
    run_due()
    assert QueueEntry.objects.filter(item=reports.report_by_reference(SYSTEM, number)).exists()


def test_a_report_that_names_more_than_is_read_is_a_report(harbour):
    many = b"".join(b"<url>https://pages.example/%d</url>" % number for number in range(10_500))
    pages = b"<internetDetails><webPageIncident>" + many + b"</webPageIncident></internetDetails>"
    original = REPORT.replace(b"<internetDetails>", pages + b"<internetDetails>", 1)
    number = cybertip_filed.open_report(harbour, original=original).number
    cybertip_filed.finish(harbour, number=number)
    kept = reports.report(SYSTEM, reports.report_by_reference(SYSTEM, number))
    assert len(kept.urls) == 10_000
    assert reports.original(SYSTEM, kept.id) == original
