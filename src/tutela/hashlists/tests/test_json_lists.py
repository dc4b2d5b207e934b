"""StopNCII, Tech Against Terrorism and VICS documents: whole, cut, hostile, and written again."""

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.errors import Invalid, Limited
from tutela.hashlists import FORMATS, ListEntry, MediaKind, Problem, sniff, stopncii, tat, vics

PDQ, MD5 = "0f" * 32, "ab" * 16
RECORD = {"lastModtimestamp": 1625167804, "hashValue": PDQ, "hashStatus": "Active", "signalType": "ImagePDQ"}
RESULT = {"hash_digest": MD5.upper(), "algorithm": "MD5", "file_type": "mp4", "deleted": False, "id": 7}
MEDIUM = {"MediaID": 1, "Category": 1, "MD5": MD5.upper(), "MimeType": "image/png"}
CONTEXT = {"@odata.context": "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Media"}
SAMPLES = {
    "stopncii": {"nextPageToken": "t", "hasMoreRecords": True, "hashRecords": [RECORD]},
    "tat": {"next": None, "results": [RESULT]},
    "vics": {**CONTEXT, "value": [MEDIUM]},
}


def read(name, document):
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return list(FORMATS[name].read(io.BytesIO(data)))


def entries(found):
    return [each for each in found if isinstance(each, ListEntry)]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_document_is_told_by_its_content_and_read(name):
    assert sniff(json.dumps(SAMPLES[name]).encode()).name == name
    (entry,) = read(name, SAMPLES[name])
    assert entry.hashes[0][1] in (PDQ, MD5)


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("name", SAMPLES)
def test_a_byte_order_mark_is_honoured(name, mark):
    data = json.dumps(SAMPLES[name]).encode(mark)
    assert sniff(data[:4096]).name == name
    assert len(entries(read(name, data))) == 1


@pytest.mark.parametrize(("status", "deleted"), [("Withdrawn", True), ("Deleted", True), ("Received", False)])
def test_a_withdrawn_record_is_a_deleted_entry(status, deleted):
    (entry,) = read("stopncii", {"hashRecords": [{**RECORD, "hashStatus": status}]})
    assert entry.deleted is deleted


def test_a_page_keeps_its_paging_and_what_is_said_of_a_record():
    said = {"hashRegions": ["DE"], "caseNumbers": {"c1": "Active"}}
    said["CSPFeedbacks"] = [
        {"source": "a", "feedbackValue": "Blocked", "tags": ["Nude"]},
        {"feedbackValue": "NotBlocked"},
    ]
    page = stopncii.Page(io.BytesIO(json.dumps({"nextSetTimestamp": 5, "hashRecords": [{**RECORD, **said}]}).encode()))
    (entry,) = list(page)
    assert page.outer.values["nextSetTimestamp"] == 5
    assert entry.tags == ("region:DE", "Nude", "case:c1")
    assert (entry.feedback[0].affirmative, entry.feedback[0].negative) == (1, 1)
    assert entry.timestamp.isoformat() == "2021-07-01T19:30:04+00:00"


def test_a_signal_of_another_sort_is_kept_as_text():
    (entry,) = read("stopncii", {"hashRecords": [{**RECORD, "signalType": "ImagePhotoDNA", "hashValue": "abc+/="}]})
    assert (entry.hashes, entry.kind) == ((("pdna", "abc+/="),), MediaKind.IMAGE)


def test_a_deleted_result_needs_no_hash():
    (entry,) = read("tat", {"results": [{"id": 9, "deleted": True, "hash_digest": None}]})
    assert (entry.id, entry.deleted, entry.hashes) == ("9", True, ())


def test_vics_media_inside_cases_and_alone_are_read_with_scheme_flags_and_other_hashes():
    rich = {
        **MEDIUM,
        "Series": "S",
        "VictimIdentified": "true",
        "Tags": "a, b",
        "DateUpdated": "2026-11-21T10:00:00.0000000Z",
    }
    rich["AlternativeHashes"] = [
        {"HashName": "SHA256", "HashValue": "CD" * 32},
        {"HashName": "PhotoDNA", "HashValue": None},
    ]
    case = {
        **CONTEXT,
        "value": [{"CaseID": "c", "ContactName": "n", "Media": [rich, MEDIUM]}, {"CaseID": "d", "Media": []}],
    }
    first, second = read("vics", case)
    assert first.tags == ("victim-identified", "series:S", "a", "b")
    assert dict(first.hashes)["sha256"] == "cd" * 32
    assert (first.classification.scheme, first.classification.code) == ("vics-us", "1")
    assert second.place == "value.item.Media 2"


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("bad", [None, 1, "x", [], {}, {"id": [1], "MediaID": {}, "hashValue": 5, "signalType": []}])
def test_a_bad_object_is_a_problem_with_its_place_and_the_next_is_read(name, bad):
    document = {**SAMPLES[name]}
    array = next(key for key, value in document.items() if isinstance(value, list))
    document[array] = [bad, *document[array]]
    found = read(name, document)
    assert len(entries(found)) == 1
    assert any(isinstance(each, Problem) and each.place.startswith(f"{array} 1") for each in found)


@pytest.mark.parametrize("name", SAMPLES)
def test_what_stands_before_a_cut_is_kept(name):
    data = json.dumps(SAMPLES[name]).encode()
    array = next(key for key, value in SAMPLES[name].items() if isinstance(value, list))
    twice = json.dumps({**SAMPLES[name], array: SAMPLES[name][array] * 2}).encode()
    found = read(name, twice[: len(data) + 10])
    assert len(entries(found)) == 1
    assert found[-1].place.startswith("before byte")


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("data", [b"", b"{}", b"nonsense", b'{"values": 1}', b"\x80\x04]", b'{"a":' * 2000])
def test_what_is_none_of_the_format_is_refused(name, data):
    with pytest.raises((Invalid, Limited)):
        read(name, data)


def test_depth_size_and_a_long_text_are_bounded():
    deep = b'{"value":[{"MD5":' + b"[" * 50 + b"]" * 50 + b"}]}"
    with pytest.raises(Limited, match="deeper"):
        read("vics", deep)
    many = {"value": [{"MediaID": 1, "x": list(range(30_000))}, MEDIUM]}
    assert [type(each) for each in read("vics", many)] == [Problem, ListEntry]
    with pytest.raises(Limited, match="MiB"):
        read("vics", b'{"value":[{"Comments":"' + b"a" * (40 * 1024 * 1024) + b'"}]}')


@pytest.mark.parametrize(("name", "write"), [("stopncii", stopncii.write), ("tat", tat.write), ("vics", vics.write)])
def test_what_is_written_is_read_again(name, write):
    before = entries(read(name, SAMPLES[name]))
    out = io.BytesIO()
    left_out = write(before, out)
    after = entries(read(name, out.getvalue()))
    assert [each.hashes for each in after] == [each.hashes for each in before]
    assert not [key for key in left_out if "values" in key]


def test_both_versions_of_vics_are_written_and_others_refused():
    entry = ListEntry(
        id="5", hashes=(("md5", MD5), ("pdna", "xyz")), kind=MediaKind.VIDEO, tags=("distributed", "series:S")
    )
    for version in ("1.3", "2.0"):
        out = io.BytesIO()
        vics.write([entry], out, version=version)
        (again,) = read("vics", out.getvalue())
        assert (again.id, again.hashes, again.kind, again.tags) == (entry.id, entry.hashes, entry.kind, entry.tags)
    with pytest.raises(Invalid, match="version"):
        vics.write([], io.BytesIO(), version="9")


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_spoilt_documents_never_break_a_reader(name, data):
    whole = bytearray(json.dumps(SAMPLES[name]).encode())
    for at in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=6)):
        whole[at] = data.draw(st.integers(0, 255))
    try:
        for each in read(name, bytes(whole[: data.draw(st.integers(0, len(whole)))])):
            assert isinstance(each, ListEntry | Problem)
    except (Invalid, Limited):
        pass


def test_memory_is_bounded_on_a_long_stream():
    import tracemalloc

    class Endless(io.RawIOBase):
        def __init__(self):
            self.left = 40_000
            self.pending = b'{"value":['

        def readable(self):
            return True

        def read(self, size=-1):
            while len(self.pending) < size and self.left:
                self.left -= 1
                self.pending += json.dumps(MEDIUM).encode() + (b"," if self.left else b"]}")
            part, self.pending = self.pending[:size], self.pending[size:]
            return part

    tracemalloc.start()
    count = sum(isinstance(each, ListEntry) for each in vics.read(Endless()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 40_000
    assert peak < 8 * 1024 * 1024
