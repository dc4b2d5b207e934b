"""The files of a release: the zone, its detached signature, the public key; written before any row names them.

Rules:
- the signature is Ed25519 over the zone's bytes, which `openssl pkeyutl -verify -rawin` checks with `public.pem`
- files and folder are fsynced; `latest` points to the newest named release and is moved in one step
- what is written twice because a worker died is another folder; the row names one of them
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from tutela.errors import TutelaError
from tutela.feeds import Entry, Zone, next_serial, render_zone
from tutela.sealing import public_pem, verify_ed25519
from tutela_node.blocking import queries
from tutela_node.blocking.queries import KEY, SIGNATURE, ZONE
from tutela_node.foundation import keys, profile
from tutela_node.foundation.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A release on disk that is not named yet. `domains` is what it holds, to be compared when it is named."""

    folder: str
    serial: int
    sha256: str
    domains: tuple[str, ...]


def write() -> Written:
    """Renders and signs the list as it stands now into a new folder."""
    domains = queries.live_domains()
    latest = queries.latest_release()
    serial = next_serial(latest.serial if latest else 0)
    rule = profile.current().blocking
    zone = render_zone(
        Zone(
            origin=rule.origin,
            serial=serial,
            primary_ns=rule.primary_ns,
            contact=rule.contact,
            entries=tuple(Entry(domain) for domain in domains),
        )
    )
    signer = keys.signer("release")
    name = new_id().hex
    folder = root() / name
    folder.mkdir(parents=True, mode=0o755)
    for file, content in ((ZONE, zone), (SIGNATURE, signer.sign(zone)), (KEY, public_pem(signer.public))):
        _write(folder / file, content)
    _fsync(folder)
    return Written(folder=name, serial=serial, sha256=hashlib.sha256(zone).hexdigest(), domains=domains)


def check() -> Iterator[tuple[str, str]]:
    """What does not hold of the named releases, as (place, message): missing files, another digest, a bad signature."""
    for release in queries.every_release():
        place = f"release {release.number}"
        try:
            zone = (release.folder / ZONE).read_bytes()
            signature = (release.folder / SIGNATURE).read_bytes()
            verify_ed25519(keys.signer("release").public, zone, signature)
        except FileNotFoundError:
            yield place, "its files are not there"
        except TutelaError as error:
            yield place, str(error)
        else:
            if hashlib.sha256(zone).hexdigest() != release.sha256:
                yield place, "the zone is not the one that was named"


def point_latest() -> None:
    """Makes `latest` the newest named release; safe to repeat, and done again when a worker starts."""
    newest = queries.latest_release()
    if newest is None:
        return
    link = root() / f".latest-{new_id().hex}"
    link.symlink_to(newest.folder.name)
    os.replace(link, root() / "latest")


def root() -> Path:
    return Path(settings.TUTELA.data) / "releases"


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())


def _fsync(folder: Path) -> None:
    for path in (folder, folder.parent):
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
