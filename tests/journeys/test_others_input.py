"""The journey on pictures and lists that nobody here made: a reference set's bridge, a clearing house's pages."""

import csv
import io
import json
import subprocess
import sys
from datetime import timedelta

import pyrage
import pytest

from tutela.custody import parse_policy
from tutela.packages import verify_package
from tutela_node.accounts import actions as accounts
from tutela_node.accounts.models import Organisation
from tutela_node.desks.cli.exampleland.web_host import Route
from tutela_node.evidence import queries as vault
from tutela_node.evidence.policy import policy_json
from tutela_node.foundation import clock
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.hashlists import overview
from tutela_node.hashlists import queries as lists
from tutela_node.intake import queries as reports
from tutela_node.intake.documents import Document
from tutela_node.intake.rules import Channel
from tutela_node.journeys import assessment_made, list_imported, package_released, report_received, viewing
from tutela_node.material import queries as items
from tutela_node.review import queries as review

pytestmark = pytest.mark.django_db
FIELDS = ("sha256", "sha1", "md5", "pdq")
PAGES = ("entries_xml.xml", "entries_xml2.xml", "entries_xml3.xml")
NAME, LAW, REASON = "pictures.example", "XA-PC-184", "The police asked for it."


@pytest.fixture
def bridge(cases):
    return cases / "hashing" / "pdq" / "images" / "bridge-mods"


def table_of(path):
    """What `tutela hash` says of a picture, as a partner would write it into a table."""
    command = [sys.executable, "-m", "tutela.cli.main", "hash", str(path), "--json"]
    told = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    out = io.StringIO()
    csv.writer(out).writerows([(*FIELDS, "classification"), (*(told[name] for name in FIELDS), "B1")])
    return out.getvalue().encode()


def take(actor, name, format, body):
    stream = io.BytesIO(body)
    return list_imported.import_list(actor, name=name, format=format, mapping={}, stream=stream, trusted=True)


@pytest.fixture
def listed(noor, cases, bridge):
    """The original is on a partner's table; the clearing house's sample pages are imported beside it."""
    for page in PAGES:
        assert take(noor, "Clearing house", "ncmec", (cases / "hashing" / "ncmec_v2" / page).read_bytes()).read
    assert take(noor, "Partner table", "csv", table_of(bridge / "aaa-orig.jpg")).added == len(FIELDS)


@pytest.fixture
def shrunk(harbour, world, listed, bridge, run_due):
    """The item that the reported address of the shrunken copy became."""
    world.names.set(NAME, [("A", "127.0.0.1")])
    world.host.routes["/b.jpg"] = Route(body=(bridge / "shrink-a-lot.jpg").read_bytes())
    url = world.host.url("/b.jpg", name=NAME)
    document = Document(channel=Channel.PROVIDER, original=b"{}", urls=(url,), reference="Q-1", repeat="Q-1")
    sent = report_received.provider_report(harbour, document=document)
    run_due()
    (item,) = reports.report(SYSTEM, sent.report).items
    return item


@pytest.fixture
def decided(shrunk, mira, timo, run_due):
    for person in (mira, timo):
        viewing.open_view(person, item=shrunk)
        assessment_made.assess(person, item=shrunk, code="A", ground="own_view", viewed=True)
    with later(61):
        run_due()
    return shrunk


def later(seconds):
    return clock.standing_at(clock.now() + timedelta(seconds=seconds))


def test_the_sample_pages_are_read_once(noor, listed, cases):
    (made,) = [each for each in overview.lists(noor) if each.name == "Clearing house"]
    again = take(noor, "Clearing house", "ncmec", (cases / "hashing" / "ncmec_v2" / PAGES[0]).read_bytes())
    assert (made.live > 0, again.added) == (True, 0)


def test_the_shrunken_copy_is_known_by_the_partners_original(shrunk):
    best = lists.best_match(shrunk)
    assert (best["list_name"], best["closeness"], best["algorithm"]) == ("Partner table", "near", "pdq")
    assert 0 < best["distance"] <= 31


def test_every_other_copy_of_the_bridge_is_known_too(listed, bridge, run_due):
    from tutela.media import fingerprint
    from tutela_node.hashlists import index

    index.load()
    for path in sorted(bridge.glob("[!a]*.jpg")):
        prints = fingerprint(path.read_bytes())
        assert index.ask({"pdq": prints.pdq}, prints.pdq_quality), path.name


def test_it_is_decided_and_packaged_for_the_police(decided, mira, noor, pavel, run_due, bridge, tmp_path):
    identity = pyrage.x25519.Identity.generate()
    police = Organisation.objects.get(id=pavel.organisation).id
    key = accounts.register_recipient_key(SYSTEM, organisation=police, public=str(identity.to_public()), label="Desk")
    with later(62):
        package = package_released.propose(mira, items=(decided,), legal_basis=LAW, recipient=key, reason=REASON)
        package_released.approve(noor, package=package)
        run_due()
    with later(70):  # the package waited until every event about it had its place in the log
        run_due()
    plain = tmp_path / "package.tar"
    plain.write_bytes(pyrage.decrypt(package_released.fetch(pavel, package=package).read_bytes(), [identity]))
    record = verify_package(plain, parse_policy(policy_json())).record
    original = items.item(decided).fingerprints["sha256"][0]
    assert [each.sha256 for each in record.exhibits] == [original]
    assert original in table_of(bridge / "shrink-a-lot.jpg").decode()
    assert review.verdict_of(decided).illegal
    assert vault.exhibit_of(decided)
