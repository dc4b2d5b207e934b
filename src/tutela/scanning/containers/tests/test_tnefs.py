"""`winmail.dat`: names, files, damage."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.scanning.containers.bounds import DAMAGED_MEMBER
from tutela.scanning.containers.tests.samples import drawn, looked, mailed, mutated

CUTS = st.lists(st.tuples(st.integers(0, 10_000_000), st.binary(max_size=6)), max_size=6)


def _attribute(sort: int, data: bytes, level: int = 2) -> bytes:
    head = bytes([level]) + sort.to_bytes(4, "little") + len(data).to_bytes(4, "little")
    return head + data + (sum(data) % 65536).to_bytes(2, "little")


def _file(name: bytes, data: bytes) -> bytes:
    return _attribute(0x69002, bytes(14)) + _attribute(0x6800F, data) + _attribute(0x18010, name + b"\0")


WINMAIL = b"\x78\x9f\x3e\x22\1\0" + _attribute(0x89006, b"\0\0\1\0", 1) + _file(b"a.png", drawn(1)) + _file(b"", b"x")


def test_attached_files_are_members_also_in_a_message() -> None:
    assert [(each.name, each.data) for each in looked(WINMAIL)] == [("a.png", drawn(1)), ("$part/2", b"x")]
    names = [each.name for each in looked(bytes(mailed({"winmail.dat": WINMAIL})))]
    assert names == ["winmail.dat", "winmail.dat/a.png", "winmail.dat/$part/2"]


def test_what_is_cut_is_given_as_far_as_it_goes() -> None:
    data = WINMAIL[: WINMAIL.index(b"PNG") + 100]
    (part,) = looked(data)
    assert part.problem == DAMAGED_MEMBER
    assert part.data
    assert drawn(1).startswith(part.data)


@settings(max_examples=200, deadline=None)
@given(cuts=CUTS, end=st.integers(0, 9999))
def test_fuzz_it_ends_and_never_raises(cuts: list[tuple[int, bytes]], end: int) -> None:
    for each in (mutated(WINMAIL, cuts), WINMAIL[: end % len(WINMAIL)]):
        assert len(looked(each)) < 100
