"""The worked example of `docs/spec/hashlist-v2.md`, byte for byte."""

import hashlib
import io
from datetime import UTC, date, datetime
from pathlib import Path

from tutela.custody import verifier_key
from tutela.hashlists import (
    Admission,
    Classification,
    ListEntry,
    Marking,
    MediaKind,
    SignedHeader,
    Watch,
    apply_delta,
    make_canaries,
    make_delta,
    sign,
    verify,
)
from tutela.hashlists.canaries import value
from tutela.sealing import Ed25519Signer, key_id

TEXT = (Path(__file__).parents[4] / "docs" / "spec" / "hashlist-v2.md").read_text("utf-8")
SIGNER = Ed25519Signer.from_seed("hotline.example", bytes(range(32)))
MARKING = Marking(secret=bytes(range(32, 64)), name="demo")
AT = datetime(2026, 11, 21, 10, tzinfo=UTC)


def shown(text: str) -> ListEntry:
    """An entry for the digest of a harmless text."""
    return ListEntry(
        id=MARKING.opaque_id(("", "image", text)),
        hashes=(("sha256", hashlib.sha256(text.encode()).hexdigest()),),
        kind=MediaKind.IMAGE,
        classification=Classification(scheme="demo", code="A"),
        expires=date(2031, 11, 21),
        admitted=Admission(id="D7", at=AT),
    )


def copy(number: int, *texts: str, previous: str = "") -> bytes:
    real = sorted(map(shown, texts), key=lambda each: each.key)
    header = SignedHeader(
        name="demo",
        number=number,
        created=AT,
        publisher=SIGNER.name,
        key=key_id(SIGNER.public),
        recipient="harbour.example",
        scheme="demo",
        previous=previous,
        expires=date(2027, 1, 1),
    )
    canaries = make_canaries(MARKING, "harbour.example", [shown("pattern 1")], count=1)
    out = io.BytesIO()
    sign(real, out, header=header, signer=SIGNER, canaries=canaries, content_key=MARKING.content_key)
    return out.getvalue()


def blocks() -> list[bytes]:
    parts = TEXT.split("```")[1::2]
    return [part.removeprefix("\n").encode() for part in parts if part.startswith("\n{")]


def test_the_list_of_the_example_is_the_one_in_the_text() -> None:
    made = copy(7, "pattern 1", "pattern 2")
    assert made == blocks()[0]
    verify(io.BytesIO(made), publishers=[verifier_key(SIGNER)], recipient="harbour.example", on=date(2026, 12, 31))
    assert str(verifier_key(SIGNER)) in TEXT


def test_the_delta_of_the_example_leads_to_the_next_list() -> None:
    first = copy(7, "pattern 1", "pattern 2")
    old = (io.BytesIO(first), verify(io.BytesIO(first), publishers=[verifier_key(SIGNER)]))
    second = copy(8, "pattern 1", "pattern 3", previous=old[1].content)
    new = (io.BytesIO(second), verify(io.BytesIO(second), publishers=[verifier_key(SIGNER)]))
    out, again = io.BytesIO(), io.BytesIO()
    make_delta(old, new, out, signer=SIGNER)
    assert out.getvalue() == blocks()[1]
    apply_delta(old, out, again, publishers=[verifier_key(SIGNER)])
    assert again.getvalue() == second


def test_the_canary_of_the_example_is_the_one_that_the_text_derives() -> None:
    seed = MARKING.seed("harbour.example", 0)
    assert seed.hex() in TEXT
    assert value(seed, "md5") in TEXT
    assert value(seed, "pdq") in TEXT
    assert Watch(MARKING, ["harbour.example"], 1).of_value("sha256", value(seed, "sha256")) is not None
