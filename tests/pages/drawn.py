"""Pictures for the tests of pages: smooth patterns in every mode and size that a browser may meet."""

import io
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image

SIZES = ((5, 5), (64, 64), (300, 400), (512, 512), (513, 700), (1000, 1500), (2049, 3001), (3000, 4000))
MODES = (("PNG", "L"), ("PNG", "P"), ("PNG", "1"), ("PNG", "I;16"), ("JPEG", "CMYK"), ("JPEG", "L"), ("GIF", "P"))
PLAIN = (("BMP", "1"), ("WEBP", "RGB"), ("BMP", "RGB"), ("AVIF", "RGB"))
SEEN = ("LA", "RGBA")


def pattern(height: int, width: int, seed: int) -> Image.Image:
    """Smooth blobs with some grain."""
    random = np.random.default_rng(seed)
    small = Image.fromarray(random.integers(0, 256, (12, 16, 3), dtype=np.uint8))
    grown = np.asarray(small.resize((width, height), Image.Resampling.BICUBIC)).astype(np.float32)
    return Image.fromarray((grown + random.normal(0, 10, grown.shape)).clip(0, 255).astype(np.uint8))


def file_of(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def pictures() -> Iterator[tuple[str, bytes]]:
    """Name and bytes of one picture of each size, mode and orientation."""
    for height, width in SIZES:
        drawn = pattern(height, width, height + width)
        yield f"{width} x {height} PNG", file_of(drawn, "PNG")
        yield f"{width} x {height} JPEG", file_of(drawn, quality=88)
    drawn = pattern(900, 1200, 4)
    for kind, mode in (*MODES, *PLAIN):
        yield f"{kind} {mode}", file_of(in_mode(drawn, mode), kind)
    for mode in SEEN:
        yield f"PNG {mode}", file_of(in_mode(drawn, mode), "PNG")
    yield "WebP RGBA", file_of(in_mode(drawn, "RGBA"), "WEBP")
    for gamma in (45455, 100000):
        yield f"gamma {gamma}", with_gamma(file_of(drawn, "PNG"), gamma)
    yield "progressive", file_of(pattern(3000, 4000, 9), progressive=True, subsampling=0)
    for turn in range(1, 9):
        noted = Image.Exif()
        noted[274] = turn
        yield f"turned {turn}", file_of(pattern(1201, 1603, 6), exif=noted.tobytes())
        yield f"large, turned {turn}", file_of(pattern(3001, 2503, 6), exif=noted.tobytes())


def with_gamma(png: bytes, gamma: int) -> bytes:
    """The PNG with a chunk that says how its samples were encoded, in hundred-thousandths."""
    said = b"gAMA" + gamma.to_bytes(4)
    return png[:33] + (4).to_bytes(4) + said + zlib.crc32(said).to_bytes(4) + png[33:]


def in_mode(drawn: Image.Image, mode: str) -> Image.Image:
    if mode == "I;16":
        return Image.fromarray(np.asarray(drawn.convert("L")).astype(np.uint16) * 257)
    if mode not in SEEN:
        return drawn.convert(mode)
    shown = drawn.convert("L" if mode == "LA" else "RGB")
    shown.putalpha(Image.fromarray((np.add.outer(np.arange(900), np.arange(1200)) % 256).astype(np.uint8)))
    return shown
