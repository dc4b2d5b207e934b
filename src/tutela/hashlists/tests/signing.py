"""What the tests of signed lists share: a publisher, headers, entries of every shape."""

import io
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from tutela.custody import VerifierKey, verifier_key
from tutela.hashlists import (
    Admission,
    Classification,
    Feedback,
    ListEntry,
    MediaKind,
    SignedHeader,
    Source,
    sign,
)
from tutela.sealing import Ed25519Signer, key_id

SIGNER = Ed25519Signer.from_seed("hotline.example", bytes(range(32)))
KEY: VerifierKey = verifier_key(SIGNER)
CREATED = datetime(2026, 11, 21, 10, tzinfo=UTC)
names = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)
times = st.datetimes(timezones=st.just(UTC))
pairs = st.lists(st.sampled_from([("md5", "ab" * 16), ("pdq", "f0" * 32), ("pdna", "A,1=")]), min_size=1, max_size=3)
entries = st.builds(
    ListEntry,
    id=names,
    hashes=pairs.map(tuple),
    kind=st.none() | st.sampled_from(MediaKind),
    classification=st.none() | st.builds(Classification, scheme=names, code=names),
    source=st.none() | st.builds(Source, id=names, name=names),
    timestamp=st.none() | times,
    feedback=st.lists(st.builds(Feedback, algorithm=st.just("md5"), negative=st.integers(0, 9)), max_size=2).map(tuple),
    expires=st.none() | st.dates(date(1990, 1, 1), date(2050, 1, 1)),
    tags=st.lists(names, max_size=3).map(tuple),
    admitted=st.none() | st.builds(Admission, id=names, at=times),
)
lists = st.lists(entries, max_size=5, unique_by=lambda each: each.key).map(
    lambda found: sorted(found, key=lambda each: each.key)
)


def header(**given: Any) -> SignedHeader:
    base: dict[str, Any] = {"name": "demo", "number": 7, "created": CREATED}
    return SignedHeader(**base | {"publisher": SIGNER.name, "key": key_id(SIGNER.public)} | given)


def entry(number: int, **given: Any) -> ListEntry:
    digest = f"{number:032x}"
    return ListEntry(**{"id": f"{number:06}", "hashes": (("md5", digest),), "kind": MediaKind.IMAGE} | given)


def signed(*given_entries: ListEntry, **given: Any) -> bytes:
    out = io.BytesIO()
    sign(given_entries, out, header=header(**given), signer=SIGNER)
    return out.getvalue()
