"""What services call an algorithm, to the names of ours."""

from collections.abc import Mapping

from tutela.hashlists.entry import MediaKind, checked_algorithm

_ALIASES: Mapping[str, str] = {
    "photodna": "pdna",
    "photo_dna": "pdna",
    "sha-1": "sha1",
    "sha-256": "sha256",
    "sha-512": "sha512",
    "sha_1": "sha1",
    "sha_256": "sha256",
    "pdqhash": "pdq",
}
_KINDS = {"image": MediaKind.IMAGE, "photo": MediaKind.IMAGE, "video": MediaKind.VIDEO}
_IMAGE_TYPES = frozenset({"jpg", "jpeg", "png", "gif", "webp", "bmp", "tif", "tiff", "heic", "heif", "avif", "jfif"})
_VIDEO_TYPES = frozenset({"mp4", "mov", "avi", "mkv", "webm", "wmv", "flv", "mpg", "mpeg", "m4v", "3gp", "ts"})


def named_algorithm(text: str) -> str:
    """The name of an algorithm as it stands in our entries. Raises Invalid."""
    name = checked_algorithm(text)
    return _ALIASES.get(name, name)


def split_signal(text: str) -> tuple[str, MediaKind | None]:
    """Such as `ImagePDQ` or `video_md5`: the algorithm and what it was made from. Raises Invalid."""
    lowered = text.strip().lower()
    for prefix, kind in _KINDS.items():
        rest = lowered.removeprefix(prefix).lstrip("_-")
        if lowered.startswith(prefix) and rest and lowered not in _ALIASES:
            return named_algorithm(rest), kind
    return named_algorithm(text), None


def kind_of_type(text: str) -> MediaKind | None:
    """What a MIME type or an ending of a file's name says."""
    lowered = text.strip().lower()
    head, slash, _ = lowered.partition("/")
    if slash:
        return _KINDS.get(head)
    ending = lowered.lstrip(".")
    if ending in _IMAGE_TYPES:
        return MediaKind.IMAGE
    return MediaKind.VIDEO if ending in _VIDEO_TYPES else None
