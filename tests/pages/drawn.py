"""Pictures for the tests of pages: smooth patterns in every mode and size that a browser may meet."""

import io
import zlib
from collections.abc import Iterator

import numpy as np
from pages.profiles import wide_profile
from PIL import Image

SIZES = ((5, 5), (64, 64), (300, 400), (512, 512), (513, 700), (1000, 1500), (2049, 3001), (3000, 4000))
MODES = (("PNG", "L"), ("PNG", "P"), ("PNG", "1"), ("PNG", "I;16"), ("JPEG", "CMYK"), ("JPEG", "L"), ("GIF", "P"))
PLAIN = (("BMP", "1"), ("WEBP", "RGB"), ("BMP", "RGB"), ("AVIF", "RGB"))
SEEN = ("LA", "RGBA")
TINTED = (("JPEG", "RGB"), ("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("WEBP", "RGB"), ("WEBP", "RGBA"))


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
        yield f"gamma {gamma}, RGBA", with_gamma(file_of(in_mode(drawn, "RGBA"), "PNG"), gamma)
    yield "progressive", file_of(pattern(3000, 4000, 9), progressive=True, subsampling=0)
    for turn in range(1, 9):
        noted = Image.Exif()
        noted[274] = turn
        yield f"turned {turn}", file_of(pattern(1201, 1603, 6), exif=noted.tobytes())
        yield f"large, turned {turn}", file_of(pattern(3001, 2503, 6), exif=noted.tobytes())


def profiled() -> Iterator[tuple[str, bytes]]:
    """Pictures whose colours are not sRGB: the kit heeds the profile where there is neither alpha nor a palette."""
    drawn, wide = pattern(900, 1200, 5), wide_profile()
    for kind, mode in (
        ("JPEG", "RGB"),
        ("PNG", "RGB"),
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("WEBP", "RGB"),
        ("WEBP", "RGBA"),
    ):
        yield f"{kind} {mode}, wide colours", file_of(in_mode(drawn, mode), kind, icc_profile=wide)
    clear = file_of(drawn, "PNG", icc_profile=wide, transparency=(10, 20, 30))
    yield "PNG RGB with one clear colour, wide colours", clear


def dithered() -> Iterator[tuple[str, bytes]]:
    """Pictures made of dots, which the kit blurs a little: 1 bit, and the palette of 216 colours."""
    for height, width in ((150, 200), (480, 500), (900, 1200), (1500, 2000), (2000, 8300)):
        drawn = pattern(height, width, height)
        yield f"{width} x {height}, 1 bit", file_of(drawn.convert("1"), "PNG")
        yield f"{width} x {height}, fixed palette", file_of(drawn.convert("P"), "PNG")
        yield f"{width} x {height}, fixed palette, GIF", file_of(drawn.convert("P"), "GIF")
        yield f"{width} x {height}, palette of its own, GIF", file_of(drawn.quantize(200), "GIF")
    both = pattern(300, 400, 2).convert("P")
    yield "fixed palette with one clear colour, GIF", file_of(both, "GIF", transparency=3)
    yield "fixed palette with one clear colour, PNG", file_of(both, "PNG", transparency=3)
    yield "black and white as a palette", file_of(both.convert("1").convert("RGB").quantize(2), "PNG", bits=1)
    moving = [pattern(300, 400, seed).convert("P") for seed in (1, 2, 3)]
    yield "moving, fixed palette, GIF", file_of(moving[0], "GIF", save_all=True, append_images=moving[1:])


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
