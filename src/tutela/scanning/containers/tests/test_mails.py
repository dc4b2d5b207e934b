"""Mail: attachments, messages inside messages, mailboxes, hostile headers."""

import base64
import os
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.scanning.containers import mails
from tutela.scanning.containers.bounds import REST
from tutela.scanning.containers.tests.samples import drawn, looked, mailed, mutated, zipped
from tutela.scanning.options import Options

CUTS = st.lists(st.tuples(st.integers(0, 10_000_000), st.binary(max_size=6)), min_size=1, max_size=6)


def _box(*messages: EmailMessage) -> bytes:
    return b"".join(b"From a@site.example Mon Jan  1 00:00:00 2026\n" + bytes(each) + b"\n" for each in messages)


def test_attachments_are_members_and_looked_into() -> None:
    found = looked(bytes(mailed({"a.png": drawn(1), "été.zip": zipped({"b.png": drawn(2)})})))
    assert {each.name: each.data for each in found if each.name != "été.zip"} == {
        "a.png": drawn(1),
        "été.zip/b.png": drawn(2),
    }


def test_a_message_inside_a_message_is_gone_into() -> None:
    inner = mailed({"a.png": drawn(1)})
    found = looked(bytes(mailed({"b.png": drawn(2)}, inner)))
    assert [(each.name, each.data) for each in found] == [("b.png", drawn(2)), ("$part/3/a.png", drawn(1))]


def test_a_picture_in_the_text_has_a_number_or_its_address() -> None:
    made = mailed({})
    made.add_related(drawn(1), "image", "png", cid="<1>")
    made.add_related(drawn(2), "image", "png", headers=["Content-Location: http://site.example/2.png"])
    names = [each.name for each in looked(bytes(made))]
    assert names == ["$part/2", "http://site.example/2.png"]


def test_a_mailbox_holds_messages_by_number() -> None:
    found = looked(_box(mailed({"a.png": drawn(1)}), mailed({}), mailed({"b.png": drawn(2)})))
    assert [(each.name, each.data) for each in found] == [
        ("$message/1/a.png", drawn(1)),
        ("$message/3/b.png", drawn(2)),
    ]


def test_a_message_that_is_too_large_costs_itself_alone() -> None:
    box = _box(mailed({"a": os.urandom(40_000)}), mailed({"b.png": drawn(2)}))
    found = looked(box, Options(max_bytes=30_000))
    assert [each.name for each in found] == [f"$message/1/{REST}", "$message/2/b.png"]


@pytest.mark.parametrize(
    "head",
    [
        b'Content-Disposition: attachment; filename="\xff\xfe.png"',
        b"Content-Disposition: attachment; filename*=nocharset'x'%ff%fe",
        b"Content-Disposition: attachment; filename==?nocharset?B?////?=",
        b"Content-Disposition: attachment; filename*0*=x''%ff; filename*99999999999=b",
        b"Content-Type: image/png; name=" + b"x" * 100_000,
        b"Content-Transfer-Encoding: base99",
    ],
)
def test_hostile_headers_lose_no_part(head: bytes) -> None:
    data = b"From: a@site.example\nMIME-Version: 1.0\nContent-Type: image/png\n" + head + b"\n\nwords"
    (part,) = looked(data)
    assert part.data == b"words"
    assert os.fsencode(part.name)


def test_parts_inside_parts_end_at_a_depth() -> None:
    head = b"From: a@site.example\nMIME-Version: 1.0\n"
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(80))
    assert [each.problem for each in looked(head + deep + b"\n\nwords")] == [mails.TOO_NESTED]
    deeper = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(5000))
    assert [each.name for each in looked(head + deeper)] == [REST]


@pytest.mark.parametrize(
    "data", [b"Note: this\nis text", b"a: b\nc: d\n\n", b"From here on\nSubject: x\n", b"{}\n", b""]
)
def test_other_text_is_no_mail(data: bytes) -> None:
    assert looked(data) == []


@settings(max_examples=150, deadline=None)
@given(cuts=CUTS, end=st.integers(0, 100_000))
def test_fuzz_mail_ends_and_never_raises(cuts: list[tuple[int, bytes]], end: int) -> None:
    one = mailed({"a.png": drawn(1, side=16)}, mailed({"b": b"words"}))
    for data in (bytes(one), _box(one, one)):
        for each in (mutated(data, cuts), data[: end % len(data)]):
            assert len(looked(each)) < 100


@settings(max_examples=150, deadline=None)
@given(noise=st.binary(max_size=300))
def test_fuzz_noise_behind_a_head_ends(noise: bytes) -> None:
    assert len(looked(b"From: a\nTo: b\nContent-Type: multipart/mixed; boundary=x\n" + noise)) < 100


def test_a_field_without_end_hides_no_attachment() -> None:
    """Half a megabyte of quotation marks in one field: the library would be at it for minutes."""
    said = b'Content-Type: multipart/mixed; boundary="x"; name="' + b'\\"; ' * 125_000 + b'"\r\n\r\n'
    part = b"--x\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.b64encode(drawn(1))
    data = b"From: a@site.example\r\nMessage-ID: <1@site.example>\r\n" + said + part + b"\r\n--x--\r\n"
    assert [part.data for part in looked(data)] == [drawn(1)]
