"""Members of one container: what is given, what it may cost, and a process that is lost over it or taken over by it."""

import contextlib
import gzip
import io
import json
import os
import signal
import time
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.errors import Unavailable
from tutela.media import Kind
from tutela.scanning import Allowance, Member, Reason, Unpacking
from tutela.scanning.containers import bounds, pdfs, rars, refused, zips
from tutela.scanning.unpacking import SHOWN, is_container, reason_of

PNG = b"\x89PNG\r\n\x1a\n"
PLENTY = Allowance()
FEW = Allowance(members=3, member_bytes=1 << 20, all_bytes=8 << 20, depth=2, seconds=30.0)


def shown(seed: int, size: int = 64) -> bytes:
    """Octets that claim to be a picture, and are not decoded here."""
    return PNG + bytes([seed]) * size


def zipped(files: dict[str, bytes], *, deflate: bool = False) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def looked(data: bytes, allowance: Allowance = PLENTY, kinds: frozenset[Kind] = SHOWN) -> list[Member]:
    with Unpacking(io.BytesIO(data), allowance=allowance, kinds=kinds) as unpacking:
        return list(unpacking.members())


def kill(unpacking: Unpacking) -> None:
    child = unpacking.child_id
    assert child
    os.kill(child, signal.SIGKILL)


def said(members: list[Member]) -> list[tuple[str, bool, Reason | None]]:
    return [(each.name, each.data is not None, each.reason) for each in members]


def test_members_are_given_with_those_of_containers_inside() -> None:
    inner = zipped({"b.png": shown(2), "words.txt": b"words"})
    found = looked(zipped({"a.png": shown(1), "in.zip": inner, "c.png": shown(3)}))
    assert said(found) == [
        ("a.png", True, None),
        ("in.zip", False, None),
        ("in.zip/b.png", True, None),
        ("in.zip/words.txt", False, Reason.OTHER_KIND),
        ("c.png", True, None),
    ]
    assert [each.number for each in found] == [1, 2, 3, 4, 5]
    assert (found[2].data, found[2].size) == (shown(2), len(shown(2)))


@pytest.mark.parametrize(
    ("data", "is_one"),
    [
        (zipped({"a.png": shown(1)}), True),
        (gzip.compress(b"words", mtime=0), True),
        (zipped({"[Content_Types].xml": b"<?xml ?>"}), False),
        (zipped({"mimetype": b"application/epub+zip"}), False),
        (b"<html><img src='data:image/png;base64,iVBORw0KGgo='></html>", False),
        (shown(1) + zipped({"a.png": shown(1)}), False),
        (b"", False),
    ],
)
def test_an_archive_is_files_put_together_and_nothing_else(data: bytes, is_one: bool) -> None:
    with Unpacking(io.BytesIO(data)) as unpacking:
        assert unpacking.is_archive is is_one


def test_all_kinds_are_given_where_nobody_chose() -> None:
    data = zipped({"words.txt": b"words"})
    with Unpacking(io.BytesIO(data)) as unpacking:
        assert [each.data for each in unpacking.members()] == [b"words"]


def test_what_is_no_container_holds_nothing() -> None:
    assert not is_container(shown(1), shown(1))
    assert looked(shown(1)) == looked(b"") == []


def test_more_members_than_allowed_are_left_out() -> None:
    found = looked(zipped({f"{number}.png": shown(number) for number in range(9)}), FEW)
    assert said(found)[2:] == [("2.png", True, None), ("$rest", False, Reason.TOO_MANY)]


def test_a_member_that_is_too_large_costs_itself_alone() -> None:
    found = looked(zipped({"large.png": shown(1, 2 << 20), "small.png": shown(2)}), FEW)
    assert said(found) == [("large.png", False, Reason.TOO_LARGE), ("small.png", True, None)]


def test_a_bomb_ends_at_the_octets_of_all() -> None:
    began = time.monotonic()
    found = looked(
        zipped({f"{n}.png": PNG + bytes(1_000_000) for n in range(50)}, deflate=True), Allowance(all_bytes=5 << 20)
    )
    assert found[-1].reason is Reason.TOO_MANY
    assert sum(len(each.data or b"") for each in found) <= 5 << 20
    assert time.monotonic() - began < 10


def test_levels_end_where_they_are_allowed_to() -> None:
    data = zipped({"p.png": shown(1)})
    for level in range(3):
        data = zipped({f"{level}.zip": data})
    assert said(looked(data, FEW))[-1] == ("2.zip/1.zip", False, Reason.TOO_DEEP)


def test_a_container_that_is_too_large_is_not_held() -> None:
    found = looked(zipped({"a.png": shown(1, 5000)}), Allowance(container_bytes=1000))
    assert said(found) == [("$rest", False, Reason.TOO_LARGE)]


def test_damage_is_said_and_raises_nothing() -> None:
    whole = zipped({"a.png": shown(1, 4000), "b.png": shown(2, 4000)})
    found = looked(whole[:6000])
    assert found[-1].reason is Reason.DAMAGED
    assert found[1].data == shown(1, 4000)


def test_a_process_that_is_lost_costs_the_container_that_it_was_in() -> None:
    """Members are larger than a pipe holds: the process waits at the one that was not read."""
    large = 300_000
    inner = zipped({"b.png": shown(2, large), "c.png": shown(3, large), "d.png": shown(4, large)})
    data = zipped({"a.png": shown(1, large), "in.zip": inner, "e.png": shown(5, large), "f.png": shown(6, large)})
    found = []
    with Unpacking(io.BytesIO(data), kinds=SHOWN) as unpacking:
        for member in unpacking.members():
            found.append(member)
            if member.name == "in.zip/b.png":
                kill(unpacking)
    assert said(found) == [
        ("a.png", True, None),
        ("in.zip", False, None),
        ("in.zip/b.png", True, None),
        ("$rest", False, Reason.LOST),
        ("e.png", True, None),
        ("f.png", True, None),
    ]


def test_a_container_can_be_taken_in_pieces() -> None:
    data = zipped({"a.png": shown(1), "in.zip": zipped({"b.png": shown(2), "c.png": shown(3)}), "d.png": shown(4)})
    with Unpacking(io.BytesIO(data), kinds=SHOWN, after=3) as rest:
        assert said(list(rest.members())) == [("in.zip/c.png", True, None), ("d.png", True, None)]
    with Unpacking(io.BytesIO(data), kinds=SHOWN, after=2, closed=(2,)) as rest:
        assert said(list(rest.members())) == [("d.png", True, None)]
        assert rest.closed == (2,)


def test_a_process_that_is_lost_outside_of_any_costs_the_rest() -> None:
    found = []
    with Unpacking(io.BytesIO(zipped({f"{n}.png": shown(n, 300_000) for n in range(4)})), kinds=SHOWN) as unpacking:
        for member in unpacking.members():
            found.append(member)
            if member.name == "0.png":
                kill(unpacking)
    assert said(found) == [("0.png", True, None), ("$rest", False, Reason.LOST)]


def test_the_seconds_of_a_container_end_it() -> None:
    found = looked(zipped({"a.png": shown(1)}), Allowance(seconds=0.0))
    assert said(found) == [("$rest", False, Reason.LOST)]


def test_nothing_is_left_behind() -> None:
    before = len(os.listdir("/proc/self/fd"))
    with Unpacking(io.BytesIO(zipped({f"{n}.png": shown(n, 300_000) for n in range(4)})), kinds=SHOWN) as unpacking:
        next(unpacking.members())
        child = unpacking.child_id
    assert child
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_stream_that_breaks_raises_what_it_raises() -> None:
    class Broken(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise Unavailable("the disk is gone")

    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(Unavailable):
        Unpacking(Broken())  # type: ignore[arg-type]  # raw files read as binary ones do
    assert len(os.listdir("/proc/self/fd")) == before


def test_every_problem_of_a_reader_has_its_reason() -> None:
    assert reason_of("") is None
    assert reason_of(bounds.ENCRYPTED) is Reason.ENCRYPTED
    assert reason_of(bounds.TOO_DEEP.format(4)) is Reason.TOO_DEEP
    assert reason_of(bounds.TOO_MUCH) is Reason.TOO_MANY
    assert reason_of(pdfs.TOO_MANY_PIXELS.format(5)) is Reason.TOO_LARGE
    assert {reason_of(each) for each in (bounds.UNKNOWN_CODING, bounds.UNDECODED, pdfs.UNKNOWN)} == {Reason.NOT_DECODED}
    assert {reason_of(each) for each in (bounds.VOLUMES, rars.EARLIER, rars.LATER)} == {Reason.OTHER_VOLUME}
    assert {reason_of(each) for each in (bounds.DAMAGED, zips.OVERLAP, zips.BAD_CHECKSUM)} == {Reason.DAMAGED}
    (told,) = refused.members(io.BytesIO(b"an old **ACE**"), None)  # type: ignore[arg-type]  # it spends nothing
    assert reason_of(told.problem) is Reason.NOT_DECODED


class Scripted:
    """A process that was taken over: it says what it likes."""

    def __init__(self, frames: list[bytes]) -> None:
        self._frames, self.id = iter(frames), 0

    def frame(self, _: float, *, most: int) -> bytes:
        found = next(self._frames, None)
        if found is None or len(found) > most:
            raise EOFError
        return found

    def end(self) -> None:
        """Nothing runs."""


class TakenOver(Unpacking):
    """Each process of it says the same."""

    def __init__(self, frames: list[bytes]) -> None:
        super().__init__(io.BytesIO(b""), allowance=FEW, kinds=SHOWN)
        self._frames = frames

    def _start(self, skip: int) -> Scripted:  # type: ignore[override]  # it stands for a process
        self._within = []
        return Scripted(self._frames)


def told(frames: list[bytes]) -> list[Member]:
    with TakenOver(frames) as unpacking:
        return list(unpacking.members())


MEMBER = {"number": 1, "name": "a.png", "size": 5, "problem": "", "octets": True, "holds": False}


@pytest.mark.parametrize(
    "changed",
    [{"number": 0}, {"number": True}, {"name": 5}, {"problem": None}, {"size": -1}, {"size": 1 << 70}, {"size": "5"}],
)
def test_a_frame_that_is_no_member_loses_the_process(changed: dict[str, object]) -> None:
    assert said(told([json.dumps(MEMBER | changed).encode(), shown(1), b"{}"])) == [("$rest", False, Reason.LOST)]


def test_members_are_never_given_twice_or_out_of_their_kind() -> None:
    frame = json.dumps(MEMBER).encode()
    assert said(told([frame, shown(1), frame, shown(1), b"{}"]))[1:] == [("$rest", False, Reason.LOST)]
    assert said(told([frame, b"words", b"{}"])) == [("a.png", False, Reason.OTHER_KIND)]
    assert told([json.dumps(MEMBER | {"name": "\ud800" * 20_000}).encode(), shown(1), b"{}"])[0].name[:2] == "??"


def test_a_process_that_is_always_lost_is_not_started_for_ever() -> None:
    found = told([json.dumps({"in": 1}).encode()])
    assert 1 < len(found) < 20
    assert {each.reason for each in found} == {Reason.LOST}


FRAMES = st.one_of(
    st.binary(max_size=40),
    st.just(b"{}"),
    st.builds(
        lambda key, number: json.dumps({key: number}).encode(), st.sampled_from(["in", "out"]), st.integers(-1, 4)
    ),
    st.builds(lambda number: json.dumps(MEMBER | {"number": number}).encode(), st.integers(-1, 5)),
    st.just(shown(1)),
)


@settings(max_examples=300, deadline=None)
@given(frames=st.lists(FRAMES, max_size=12))
def test_fuzz_whatever_the_process_says_is_members_in_order(frames: list[bytes]) -> None:
    found = [each for each in told(frames) if each.name != "$rest"]
    assert len(found) <= FEW.members
    assert all(isinstance(each.name, str) and (each.data or PNG).startswith(PNG) for each in found)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 20_000), octets=st.binary(min_size=1, max_size=8))
def test_fuzz_a_changed_archive_ends_and_never_raises(at: int, octets: bytes) -> None:
    made = bytearray(zipped({"a.png": shown(1, 4000), "in.zip": zipped({"b.png": shown(2, 4000)})}, deflate=True))
    at %= len(made)
    made[at : at + len(octets)] = octets
    with contextlib.suppress(Unavailable):
        assert len(looked(bytes(made))) < 20
