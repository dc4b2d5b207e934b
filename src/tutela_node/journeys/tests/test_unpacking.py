"""Archives and documents that were reported: what lies inside is known, decided and told like everything else."""

import io
import os
import tarfile
import zipfile
from email.message import EmailMessage

import pikepdf
import py7zr
import pytest
import rars

from tutela.scanning import Reason
from tutela_node.evidence import fsck, vault
from tutela_node.evidence.models import VaultObject
from tutela_node.hashlists import queries as matches
from tutela_node.intake import queries as reports
from tutela_node.intake.models import Report
from tutela_node.journeys import unpacked
from tutela_node.journeys.models import Step
from tutela_node.journeys.steps import begin
from tutela_node.journeys.tests.conftest import picture
from tutela_node.journeys.tests.test_reporting import failed, import_table, later
from tutela_node.journeys.tests.test_stories import report_file
from tutela_node.material import inside_queries as inside
from tutela_node.material import queries as items
from tutela_node.material.models import Inside, Item
from tutela_node.review import queries as review

pytestmark = pytest.mark.django_db


def zipped(files, *, deflate=False):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def sent(actor, data, reference="a-1"):
    """The container and what lies inside of it, of a report that a provider sent; the report."""
    report = report_file(actor, data, reference).report
    return container_of(report), report


def container_of(report):
    return reports.items_of_report(report)[0]


def inside_of(container):
    return [(each.name, each.item) for each in inside.inside_of(container, limit=1000)]


def left_out(container):
    return dict(inside.contents_of(container).left_out)


def orphans():
    return {each.place for each in fsck.fsck() if each.message == "no row names it"}


def weighed(report):
    return [why for why, _ in Report.objects.get(id=report).reasons]


def test_a_picture_in_an_archive_is_an_item_of_the_report(harbour, run_due):
    container, report = sent(harbour, zipped({"a.jpg": picture(1), "words.txt": b"words"}))
    run_due()
    ((name, item),) = inside_of(container)
    assert (name, left_out(container)) == ("a.jpg", {"other_kind": 1})
    assert reports.items_of_report(report) == (container, item)
    assert "pdq" in items.item(item).fingerprints
    assert review.is_queued(item)
    assert review.is_queued(container)
    assert failed() == []


def test_a_known_picture_in_an_archive_makes_the_report_say_so(harbour, noor, run_due):
    import_table(noor, picture(1))
    _, report = sent(harbour, zipped({"a.jpg": picture(1)}))
    run_due()
    assert "known_file" in weighed(report)


def in_pdf():
    made = io.BytesIO()
    with pikepdf.new() as pdf:
        name, said = pikepdf.Name, {"Width": 480, "Height": 360, "BitsPerComponent": 8}
        pdf.Root.Drawn = pdf.make_stream(picture(1), Subtype=name.Image, Filter=name.DCTDecode, **said)
        pdf.add_blank_page()
        pdf.save(made)
    return made.getvalue()


def in_mail():
    mail = EmailMessage()
    mail["From"] = mail["To"] = "somebody@mail.example"
    mail["Subject"] = "a test message"
    mail.set_content("words")
    mail.add_attachment(zipped({"a.jpg": picture(1)}), maintype="application", subtype="zip", filename="a.zip")
    return mail.as_bytes()


def in_7z():
    made = io.BytesIO()
    with py7zr.SevenZipFile(made, "w") as archive:
        archive.writef(io.BytesIO(picture(1)), "a.jpg")
    return made.getvalue()


def in_rar(version, **how):
    made = rars.RarBuilder(format=version, **how)
    made.add_bytes(b"words " * 900, "words.txt")
    made.add_bytes(picture(1), "a.jpg")
    return made.to_bytes()


@pytest.mark.parametrize(
    "data",
    [
        *(in_pdf(), in_mail(), in_7z()),
        zipped({"[Content_Types].xml": b"<?xml ?>", "word/media/1.jpg": picture(1)}),
        *(in_rar("rar50"), in_rar("rar40", solid=True), zipped({"a.rar": in_rar("rar50", store=True)})),
    ],
    ids=["pdf", "mail", "7z", "docx", "rar", "old rar", "rar in zip"],
)
def test_a_known_picture_is_found_in_whatever_holds_it(harbour, noor, run_due, data):
    import_table(noor, picture(1))
    container, report = sent(harbour, data)
    run_due()
    ((_, item),) = inside_of(container)
    assert matches.best_match(item)["closeness"] == "exact"
    assert "known_file" in weighed(report)


def test_the_same_member_twice_is_one_item_at_two_places(harbour, run_due):
    before = orphans()
    container, report = sent(harbour, zipped({"a.jpg": picture(1), "copy/a.jpg": picture(1), "b.jpg": picture(2)}))
    run_due()
    (first, one), (second, two), (_, other) = inside_of(container)
    assert (first, second) == ("a.jpg", "copy/a.jpg")
    assert one == two != other
    assert set(reports.items_of_report(report)) == {container, one, other}
    assert vault.path_of(items.item(one).object_id).exists()
    assert orphans() == before


def test_a_member_that_is_here_already_is_the_item_we_have(harbour, run_due):
    known, _ = sent(harbour, picture(1))
    run_due()
    container, report = sent(harbour, zipped({"a.jpg": picture(1)}), "a-2")
    run_due()
    assert inside_of(container) == [("a.jpg", known)]
    assert known in reports.items_of_report(report)
    assert (Item.objects.count(), VaultObject.objects.count()) == (2, 2)


def test_an_archive_inside_an_archive_and_a_mail_are_looked_into(harbour, run_due):
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w:gz") as archive:
        entry = tarfile.TarInfo("b.jpg")
        entry.size = len(picture(2))
        archive.addfile(entry, io.BytesIO(picture(2)))
    container, _ = sent(harbour, zipped({"in.zip": zipped({"a.jpg": picture(1)}), "in.tgz": tar.getvalue()}))
    run_due()
    assert [name for name, _ in inside_of(container)] == ["in.zip/a.jpg", "in.tgz/b.jpg"]


def test_an_archive_that_is_sent_again_brings_its_members(harbour, run_due):
    data = zipped({f"{seed}.jpg": picture(seed) for seed in range(3)})
    container, first = sent(harbour, data)
    run_due()
    _, second = sent(harbour, data, "a-2")
    run_due()
    assert set(reports.items_of_report(second)) == set(reports.items_of_report(first))
    assert len(reports.items_of_report(second)) == 4
    assert Inside.objects.filter(container=container).count() == 3


def test_two_reports_of_an_archive_before_it_was_looked_into_both_get_its_members(harbour, run_due):
    data = zipped({"a.jpg": picture(1)})
    _, first = sent(harbour, data)
    _, second = sent(harbour, data, "a-2")
    run_due()
    assert len(reports.items_of_report(first)) == len(reports.items_of_report(second)) == 2


def test_a_repeated_step_does_nothing_twice(harbour, run_due):
    _, report = sent(harbour, zipped({"a.jpg": picture(1)}))
    run_due()
    begin("report_received", report, "gather:again")
    Step.objects.filter(name="unpack").update(state="due")
    run_due()
    assert len(reports.items_of_report(report)) == 2
    assert (Inside.objects.count(), Item.objects.count(), failed()) == (1, 2, [])


def test_a_large_archive_is_taken_in_pieces(harbour, run_due):
    drawn = {f"{number}.png": b"\x89PNG\r\n\x1a\n" + bytes([number]) for number in range(unpacked.PIECE + 20)}
    container, report = sent(harbour, zipped(drawn))
    run_due()
    assert [name for name, _ in inside_of(container)] == list(drawn)
    assert len(set(reports.items_of_report(report))) == len(drawn) + 1
    assert Step.objects.filter(subject=container, name__startswith="unpack").count() == 2
    assert Step.objects.filter(subject=report, name__startswith="weigh:").count() < 20
    assert failed() == []


def test_what_is_too_much_is_left_out_and_said(harbour, national, run_due):
    national("[unpack]\nmembers = 2")
    container, _ = sent(harbour, zipped({f"{seed}.jpg": picture(seed) for seed in range(5)}))
    run_due()
    assert (len(inside_of(container)), left_out(container)) == (2, {"too_many": 1})


def test_ten_thousand_members_cost_what_the_profile_allows(harbour, run_due):
    files = {f"{number}.txt": b"words" for number in range(9_998)}
    container, _ = sent(harbour, zipped({**files, "a.jpg": picture(1), "b.jpg": picture(2), "c.jpg": picture(3)}))
    run_due()
    assert [name for name, _ in inside_of(container)] == ["a.jpg", "b.jpg"]
    assert left_out(container) == {"other_kind": 9_998, "too_many": 1}


def test_a_bomb_ends_at_its_bounds(harbour, national, run_due):
    national("[unpack]\nbytes = 10_000_000\nmember_bytes = 3_000_000")
    png = b"\x89PNG\r\n\x1a\n"
    container, _ = sent(harbour, zipped({"large.png": png + bytes(30_000_000), **{
        f"{number}.png": png + bytes([number]) + bytes(2_000_000) for number in range(20)
    }}, deflate=True))  # fmt: skip
    run_due()
    assert len(inside_of(container)) <= 5
    assert left_out(container) == {"too_large": 1, "too_many": 1}
    assert failed() == []


def encrypted():
    """An archive whose members say that they are encrypted."""
    data = bytearray(zipped({"a.jpg": picture(1)}))
    data[6] |= 1
    data[data.rindex(b"PK\1\2") + 8] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (encrypted(), "encrypted"),
        (zipped({"a.jpg": picture(1)})[:9000], "damaged"),
        (b"an old **ACE**", "not_decoded"),
    ],
)
def test_what_cannot_be_read_is_said_and_goes_its_way(harbour, run_due, data, reason):
    container, _ = sent(harbour, data)
    run_due()
    assert reason in left_out(container)
    assert review.is_queued(container)
    assert failed() == []


def test_a_volume_says_that_there_are_others(harbour, run_due, tmp_path):
    made = rars.RarBuilder(format="rar50", store=True, volume_size=30_000)
    made.add_bytes(picture(1), "a.jpg")
    made.add_bytes(bytes(40_000), "b")
    first, *_ = made.write_volumes(str(tmp_path / "a.rar"))
    container, _ = sent(harbour, first.read_bytes())
    run_due()
    assert left_out(container)["other_volume"] >= 1
    assert review.is_queued(container)


def test_where_only_hashes_may_be_kept_no_bytes_stay(harbour, national, run_due):
    national('[capture]\nmode = "hash_only"')
    container, _ = sent(harbour, zipped({"a.jpg": picture(1), "b.jpg": picture(2)}))
    run_due()
    assert len(inside_of(container)) == 2
    assert {each.state for each in VaultObject.objects.all()} == {"erased"}
    assert all("pdq" in items.item(item).fingerprints for _, item in inside_of(container))


def test_a_kill_between_reading_and_keeping_leaves_orphans_and_no_more(harbour, run_due):
    """What the killed worker had read is sealed and named by no row; the next one reads it again."""
    container, _ = sent(harbour, zipped({"a.jpg": picture(1), "b.jpg": picture(2)}))
    before, lost = orphans(), unpacked.read_piece(container)
    run_due()
    assert (len(lost.found), len(inside_of(container)), Item.objects.count()) == (2, 2, 3)
    assert orphans() - before == {f"vault file {each.received.object_id.hex}" for each in lost.found}


def test_what_can_never_be_read_goes_its_way(harbour, run_due):
    container, _ = sent(harbour, zipped({"a.jpg": picture(1)}))
    os.unlink(vault.path_of(items.item(container).object_id))
    begin("report_received", container, "unpack")
    run_due()
    assert left_out(container) == {str(Reason.LOST): 1}


def test_a_report_with_many_members_is_weighed_soon(harbour, noor, run_due):
    import_table(noor, picture(35))
    _, report = sent(harbour, zipped({f"{seed}.jpg": picture(seed) for seed in range(36)}))
    run_due()
    with later(10):
        run_due()
    assert "known_file" in weighed(report)


def test_logos_in_two_documents_tie_no_reports_together(harbour, run_due):
    _, first = sent(harbour, zipped({"logo.jpg": picture(1), "a.jpg": picture(2)}))
    _, second = sent(harbour, zipped({"logo.jpg": picture(1), "b.jpg": picture(3)}), "a-2")
    run_due()
    assert Report.objects.get(id=first).bundle_id != Report.objects.get(id=second).bundle_id
