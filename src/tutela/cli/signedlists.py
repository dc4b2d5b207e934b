"""`tutela lists key | secret | sign | verify | diff | apply | canaries`: lists of ours that are signed (format 2).

Rules:
- whom to trust comes from the reader's side: `--publisher`, or the reader's own key file; never from the list
- every copy that goes out has its recipient in it, and canaries that follow from the secret; keys never go into a list
- what is written appears at once and whole, readable by its owner only
- exit codes: 0 fine, 1 what was to be verified does not hold (or canaries were found), 2 usage, 3 could not be read
"""

import json
import signal
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from tutela.cli.keyfiles import new_secret, new_signer, read_secret, read_signer
from tutela.cli.listcopies import Edition, earlier_copies, write_copies
from tutela.cli.listfiles import Seen, appearing, is_signed, opened_list, placed
from tutela.cli.listwords import figures, parsed_title
from tutela.custody import VerifierKey, verifier_key
from tutela.errors import Conflict, Invalid, VerificationFailed
from tutela.hashlists import (
    HEAD,
    USUAL,
    Change,
    Delta,
    Marking,
    Problem,
    Purpose,
    Signed,
    SignedHeader,
    SignedList,
    Watch,
    apply_delta,
    checked_recipient,
    compared,
    in_order,
    make_delta,
    verified_entries,
    verify,
    verify_delta,
    who_leaked,
)
from tutela.hashlists.entry import time_text
from tutela.hashlists.signed_header import DELTA
from tutela.sealing import key_id

FOUND = 1
app = typer.Typer(no_args_is_help=True)

ListFile = Annotated[Path, typer.Argument(metavar="LIST", help="A signed list.")]
KeyFile = Annotated[Path, typer.Option("--key", metavar="FILE", help="The publisher's key file.")]
Publisher = Annotated[
    list[str], typer.Option("--publisher", metavar="KEY", help="A verifier key, name+hash+base64; may be repeated.")
]
Earlier = Annotated[
    list[str] | None, typer.Option("--publisher", metavar="KEY", help="An earlier key of ours, for the copies before.")
]
Recipients = Annotated[list[str] | None, typer.Option("--recipient", metavar="NAME", help="May be repeated.")]
Secret = Annotated[Path | None, typer.Option(metavar="FILE", help="The secret from which the canaries follow.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command("key")
def make_key(
    name: Annotated[str, typer.Argument(help="The publisher's name, such as hotline.example.")],
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The key file to make.")],
) -> None:
    """Make a publisher's signing key in FILE and print the verifier key that goes to recipients."""
    typer.echo(str(new_signer(name, path)))


@app.command("secret")
def make_secret(path: Annotated[Path, typer.Argument(metavar="FILE", help="The secret file to make.")]) -> None:
    """Make a secret for canaries in FILE. It never leaves the publisher."""
    new_secret(path)


@app.command("sign")
def sign_list(
    source: Annotated[Path, typer.Argument(metavar="IN", help="The list itself, in any format; not a copy.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The copy; with several recipients, a folder.")],
    key: KeyFile,
    recipient: Recipients = None,
    secret: Secret = None,
    canaries: Annotated[int, typer.Option(help="How many canaries are in each copy; 0 for none.")] = USUAL,
    previous: Annotated[Path | None, typer.Option(help="The copy before, or the folder of the copies before.")] = None,
    publisher: Earlier = None,
    title: Annotated[str, typer.Option(metavar="NAME[:NUMBER[:TIME]]", help="Default: the next of --previous.")] = "",
    scheme: Annotated[str, typer.Option(help="The classification scheme of the entries.")] = "",
    purpose: Annotated[Purpose | None, typer.Option(help="What the list is for; default: known, or as before.")] = None,
    expires: Annotated[str, typer.Option(metavar="DAY", help="First day on which it must not be used.")] = "",
    own_ids: Annotated[
        bool, typer.Option("--own-ids", help="Keep the ids; else canaries give all opaque ones.")
    ] = False,
    form: Annotated[str | None, typer.Option("--from", metavar="F", help="The format of IN.")] = None,
    as_json: AsJson = False,
) -> None:
    """Sign the list IN, one copy for each recipient."""
    recipients = [checked_recipient(each) for each in recipient or []]
    if recipients and canaries and secret is None:
        raise typer.BadParameter("copies for recipients need --secret, or --canaries 0", param_hint="--secret")
    signer = read_signer(key)
    before = earlier_copies(previous, [verifier_key(signer), *_keys(publisher or [])])
    last = next((each.signed for each in before.values()), None)
    own = header_of_list(source)
    if own is not None and own.recipient:
        raise Invalid("a copy for a recipient, with its canaries; sign the list itself", place=str(source))
    header = SignedHeader(
        **_title(title, source, last.header if last else None),
        publisher=signer.name,
        key=key_id(signer.public),
        scheme=scheme or (last.header.scheme if last else ""),
        purpose=purpose or (last.header.purpose if last else Purpose.KNOWN),
        previous=last.content if last else "",
        expires=_day(expires, "--expires") if expires else None,
    )
    marking = Marking(secret=read_secret(secret), name=header.name) if secret else None
    edition = Edition(header=header, signer=signer, marking=marking, canaries=canaries, own_ids=own_ids)
    seen = Seen(source)
    _clear_up_when_ended()
    with opened_list(source, form, is_told=True) as read:
        made = write_copies(seen.entries(read), out, edition, recipients=recipients, before=before)
    for each in made:
        _say({"signed": str(out), **_described(each)}, as_json=as_json)


def _title(title: str, source: Path, last: SignedHeader | None) -> dict[str, Any]:
    name, number, moment = parsed_title(title)
    given = number if number is not None else last.number + 1 if last else 1
    if last and (given <= last.number or name not in ("", last.name)):
        raise Conflict(f"a version after {last.number} of the list {last.name} was expected", place="--title")
    return {"name": name or (last.name if last else source.stem), "number": given, "created": moment}


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("expected a day, such as 2027-01-31", param_hint=option) from None


@app.command("verify")
def verify_list(
    path: ListFile,
    publisher: Publisher,
    recipient: Annotated[str | None, typer.Option(metavar="NAME", help="Whom the copy must be for.")] = None,
    day: Annotated[str, typer.Option("--on", metavar="DAY", help="The day of use; default: today, in UTC.")] = "",
    as_json: AsJson = False,
) -> None:
    """Verify a signed list or a delta whole; exit code 1 and the place when something does not hold."""
    keys = _keys(publisher)
    on = _day(day, "--on") if day else datetime.now(UTC).date()
    with placed(path), path.open("rb") as stream:
        if f'"format":"{DELTA}"'.encode() in stream.peek(HEAD).split(b"\n", 1)[0]:
            _say({"verified": "delta", **_described_delta(verify_delta(stream, publishers=keys))}, as_json=as_json)
            return
        signed = verify(stream, publishers=keys, recipient=recipient, on=on)
        for each in verified_entries(stream, signed):
            if isinstance(each, Problem):
                raise VerificationFailed(each.message, place=each.place)
    _say({"verified": "list", **_described(signed)}, as_json=as_json)


def _keys(texts: list[str]) -> list[VerifierKey]:
    return [VerifierKey.parse(text) for text in texts]


@app.command("diff")
def diff_lists(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The earlier list, in any format.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The later list, in any format.")],
    out: Annotated[
        Path | None, typer.Option(metavar="DELTA", help="Write the change, signed, for a recipient.")
    ] = None,
    key: Annotated[Path | None, typer.Option(metavar="FILE", help="The publisher's key file, with --out.")] = None,
    publisher: Earlier = None,
    as_json: AsJson = False,
) -> None:
    """Count what changed from one version to the next, or write it as a signed delta."""
    if out is None:
        _say(_counted(old, new), as_json=as_json)
        return
    if key is None:
        raise typer.BadParameter("a delta is signed: give --key", param_hint="--key")
    signer = read_signer(key)
    keys = [verifier_key(signer), *_keys(publisher or [])]
    with ExitStack() as files:
        pair = [(stream := files.enter_context(each.open("rb")), _verified(each, stream, keys)) for each in (old, new)]
        target = files.enter_context(appearing(out))
        delta = make_delta(pair[0], pair[1], target, signer=signer)
    _say({"written": str(out), **_described_delta(delta)}, as_json=as_json)


def _clear_up_when_ended() -> None:
    """So that folders with lines of a list in them are removed then too."""
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))


def _verified(path: Path, stream: BinaryIO, keys: list[VerifierKey]) -> Signed:
    with placed(path):
        return verify(stream, publishers=keys)


def _counted(old: Path, new: Path) -> dict[str, object]:
    _clear_up_when_ended()
    room = Path(tempfile.gettempdir())
    with ExitStack() as open_:
        lines = []
        for path in (old, new):
            read = open_.enter_context(opened_list(path, is_told=True))
            lines.append(open_.enter_context(in_order(Seen(path).entries(read), room)).lines())
        counts = Counter(change for change, _, _ in compared(*lines))
    names = {Change.ADD: "added", Change.CHANGE: "changed", Change.WITHDRAW: "withdrawn"}
    return {"old": str(old), "new": str(new), **{name: counts[change] for change, name in names.items()}}


@app.command("apply")
def apply_to(
    base: Annotated[Path, typer.Argument(metavar="BASE", help="The copy before.")],
    delta: Annotated[Path, typer.Argument(metavar="DELTA", help="What changed since, for the same recipient.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The new copy.")],
    publisher: Publisher,
    as_json: AsJson = False,
) -> None:
    """Make the new copy of a list from the copy before and a delta, byte for byte as its publisher signed it."""
    keys = _keys(publisher)
    with base.open("rb") as stream, delta.open("rb") as change, placed(delta), appearing(out) as target:
        signed = apply_delta((stream, _verified(base, stream, keys)), change, target, publishers=keys)
    _say({"written": str(out), **_described(signed)}, as_json=as_json)


@app.command("canaries")
def find_canaries(
    path: Annotated[Path, typer.Argument(metavar="LIST", help="A list that was found, in any format.")],
    secret: Annotated[Path, typer.Option(metavar="FILE", help="The secret from which the canaries follow.")],
    recipient: Annotated[list[str], typer.Option(metavar="NAME", help="Who had copies; may be repeated.")],
    name: Annotated[str, typer.Option(help="The list's name; needed when it was found in another format.")] = "",
    canaries: Annotated[int, typer.Option(help="How many canaries are in each copy.")] = USUAL,
    form: Annotated[str | None, typer.Option("--from", metavar="F", help="The format of LIST.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say whose copies a found list holds canaries of, and how many; exit code 1 when there are any."""
    named = name or _own_name(path)
    if not named:
        raise typer.BadParameter("give the name of the list", param_hint="--name")
    watch = Watch(Marking(secret=read_secret(secret), name=named), recipient, canaries)
    with opened_list(path, form, is_told=True) as read:
        found = who_leaked(watch, Seen(path).entries(read))
    _say({"list": str(path), "name": named, "of": canaries, "canaries": found}, as_json=as_json)
    if found:
        raise typer.Exit(FOUND)


def _own_name(path: Path) -> str:
    header = header_of_list(path)
    return header.name if header else ""


def header_of_list(path: Path) -> SignedHeader | None:
    """The header of a list of format 2; None for any other. Raises Invalid for a bad one."""
    with placed(path), path.open("rb") as stream:
        return SignedList(stream).header if is_signed(stream.peek(HEAD)) else None


def _described(signed: Signed) -> dict[str, object]:
    return {
        **described_header(signed.header),
        "entries": signed.entries,
        "digest": signed.digest,
        "content": signed.content,
    }


def described_header(header: SignedHeader) -> dict[str, object]:
    """What a list says of itself, for JSON."""
    said = {**asdict(header), "created": time_text(header.created)}
    return said | {"expires": header.expires.isoformat() if header.expires else ""}


def _described_delta(delta: Delta) -> dict[str, object]:
    counts = {name: getattr(delta, name) for name in ("added", "changed", "withdrawn")}
    return {**described_header(delta.target), "base": delta.base, **counts}


def _say(said: dict[str, object], *, as_json: bool) -> None:
    typer.echo(json.dumps(said) if as_json else figures(said))
