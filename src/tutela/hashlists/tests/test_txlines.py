"""Lines of signals: hashes are read, frames told apart, pickles and words refused."""

import io

import pytest

from tutela.errors import Invalid
from tutela.hashlists import FORMATS, ListEntry, MediaKind, Problem, Purpose, sniff

PDQ, MD5, SHA1 = "0f" * 32, "ab" * 16, "cd" * 20


def read(data, name="threatexchange"):
    return list(FORMATS[name].read(io.BytesIO(data)))


@pytest.mark.parametrize("data", [f"pdq {PDQ}\n", f"video_md5\t{MD5}\n", f"signal_type,signal,x\npdq,{PDQ},y\n"])
def test_lines_are_told_by_their_content_and_read(data):
    assert sniff(data.encode()).name == "threatexchange"
    (entry,) = read(data.encode())
    assert entry.hashes[0][1] in (PDQ, MD5)


def test_a_video_is_its_frames_of_good_quality_once_each():
    frames = f'vpdq ["{PDQ},100,0.0", "{PDQ},90,1.0", "{"f0" * 32},49,2.0", "bad", "{"ff" * 32},60,3.0"]'
    found = read(frames.encode())
    assert [each.id for each in found if isinstance(each, ListEntry)] == ["1/0", "1/4"]
    assert all(each.kind is MediaKind.VIDEO for each in found if isinstance(each, ListEntry))
    assert [each.place for each in found if isinstance(each, Problem)] == ["line 1, frame 3"]


def test_words_and_bad_lines_are_problems_and_the_rest_is_read():
    found = read(f"url http://x.example/\npdq zz\n\n# a note\nmd5 {MD5}\nonlyone\n".encode())
    assert [type(each) for each in found] == [Problem, Problem, ListEntry, Problem]
    assert found[2].id == "5"


@pytest.mark.parametrize("start", [b"\x80\x04\x95", b"\x80\x02}"])
def test_a_pickle_is_refused(start):
    for ask in (lambda: sniff(start + b"x" * 50), lambda: read(start + b"x" * 50)):
        with pytest.raises(Invalid, match="pickle"):
            ask()


def test_reference_data_are_known_good():
    columns = '"SHA-1","MD5","CRC32","FileName","FileSize","ProductCode","OpSystemCode","SpecialCode"'
    old = f'{columns}\n"{SHA1.upper()}","{MD5.upper()}","0","a.dll",1,2,"x",""\n'
    new = f"sha256,sha1,md5,crc32,file_name\n{'ef' * 32},{SHA1},{MD5},0,a.dll\n"
    for data, name in ((old, "nsrl"), (new, "nsrl3")):
        form = sniff(data.encode())
        assert (form.name, form.purpose) == (name, Purpose.KNOWN_GOOD)
        (entry,) = read(data.encode(), name)
        assert dict(entry.hashes)["md5"] == MD5


def test_what_is_written_is_read_again():
    entry = ListEntry(id="x", hashes=(("pdq", PDQ), ("md5", MD5), ("sha1", SHA1)), kind=MediaKind.VIDEO)
    out = io.BytesIO()
    left_out = FORMATS["threatexchange"].write([entry], out, None)
    assert left_out == {"sha1 values": 1}
    assert [each.hashes[0] for each in read(out.getvalue())] == [("pdq", PDQ), ("md5", MD5)]
