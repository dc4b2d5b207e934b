"""The tag files of the bag (BagIt 1.0, RFC 8493), all of them a function of the record.

Rules:
- `tagmanifest-sha256.txt` covers the record, `bagit.txt`, `bag-info.txt` and the manifest, and so the whole package
- `package.json.sig` is a signed note whose text is the tag manifest: one signature by a package key covers everything
- a reader writes the tag files again from the record and compares
"""

import hashlib

from tutela.packages.record import PackageRecord

RECORD, SIGNATURE = "package.json", "package.json.sig"
TAG_MANIFEST = "tagmanifest-sha256.txt"
BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def tag_files(record: PackageRecord) -> dict[str, bytes]:
    """`bagit.txt`, `bag-info.txt`, `manifest-sha256.txt` and `tagmanifest-sha256.txt`, in archive order."""
    files = {"bagit.txt": BAGIT, "bag-info.txt": _bag_info(record), "manifest-sha256.txt": _manifest(record)}
    covered = {**files, RECORD: record.to_bytes()}
    lines = (f"{hashlib.sha256(covered[name]).hexdigest()}  {name}\n" for name in sorted(covered))
    return {**files, TAG_MANIFEST: "".join(lines).encode()}


def _bag_info(record: PackageRecord) -> bytes:
    size = sum(member.size for member in record.members)
    lines = {
        "Bag-Software-Agent": "tutela",
        "Bagging-Date": record.created_at[:10],
        "External-Identifier": record.id,
        "Payload-Oxum": f"{size}.{len(record.members)}",
        "Source-Organization": record.facts.organisation,
    }
    return "".join(f"{name}: {value}\n" for name, value in lines.items()).encode()


def _manifest(record: PackageRecord) -> bytes:
    return "".join(f"{member.sha256}  {member.path}\n" for member in record.members).encode()
