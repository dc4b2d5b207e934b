"""Benign pictures for the benchmarks: photographs of two Python packages, drawn scenes, and what people do to them.

Rules:
- the photographs lie in the peers' environment and are never copied into the project
- everything else is drawn here from a number, so that each run has the same
"""

import io
import random
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, ImageOps
from run import PEER_PYTHON

PACKAGES = PEER_PYTHON.parent.parent / "lib"
PHOTOGRAPHS = (
    "astronaut.png", "brick.png", "camera.png", "chelsea.png", "coffee.png", "coins.png", "grass.png", "gravel.png",
    "hubble_deep_field.jpg", "ihc.png", "moon.png", "motorcycle_left.png", "retina.jpg", "rocket.jpg", "china.jpg",
    "flower.jpg",
)  # fmt: skip
WORDS = "WHEN THE TRAIN IS LATE AGAIN AND NOBODY SAYS WHY THE WHOLE STATION WAITS"


def photographs() -> dict[str, Image.Image]:
    """By name. Ends the run when the packages that hold them are not installed."""
    found = {path.name: path for path in sorted(PACKAGES.rglob("*")) if path.name in PHOTOGRAPHS}
    missing = set(PHOTOGRAPHS) - found.keys()
    if missing:
        raise SystemExit(f"photographs are missing from .venv-bench: {', '.join(sorted(missing))}; start with ./bench")
    return {name: Image.open(found[name]).convert("RGB") for name in PHOTOGRAPHS}


def mosaic(size: tuple[int, int]) -> Image.Image:
    """A large picture of many photographs, to have the detail of a camera's."""
    whole = Image.new("RGB", size)
    tiles = list(photographs().values())
    for number, (x, y) in enumerate((x, y) for y in range(0, size[1], 504) for x in range(0, size[0], 672)):
        whole.paste(tiles[number % len(tiles)].resize((672, 504), Image.Resampling.LANCZOS), (x, y))
    return whole


def strangers(count: int) -> list[Image.Image]:
    """`count` pictures that show different things: tiles of the photographs, then drawn scenes; some have borders."""
    tiles = [tile for photograph in photographs().values() for tile in _tiles(photograph)]
    chance = random.Random(11)
    chance.shuffle(tiles)
    chosen = tiles[: count // 2]
    made = [*chosen, *(scene(number) for number in range(count - len(chosen)))]
    return [_framed(picture, number) for number, picture in enumerate(made)]


def _tiles(photograph: Image.Image, side: int = 144) -> list[Image.Image]:
    width, height = photograph.size
    return [
        photograph.crop((x, y, x + side, y + side)).resize((288, 288), Image.Resampling.BICUBIC)
        for y in range(0, height - side + 1, side)
        for x in range(0, width - side + 1, side)
    ]


def scene(seed: int) -> Image.Image:
    """A sky or a wall, things before it, blur and grain; one in five is a page of lines."""
    chance = random.Random(seed)
    width, height = chance.choice([(640, 480), (480, 640), (600, 600), (720, 405)])
    soft = Image.frombytes("RGB", (4, 3), chance.randbytes(36)).resize((width, height), Image.Resampling.BICUBIC)
    canvas = ImageDraw.Draw(soft)
    if seed % 5 == 0:
        _page(soft, chance)
        return soft
    for _ in range(chance.randint(3, 25)):
        x, y, w, h = (int(chance.uniform(*ends)) for ends in ((-50, width), (-50, height), (20, 300), (20, 300)))
        shape = chance.choice([canvas.ellipse, canvas.rectangle])
        shape((x, y, x + w, y + h), fill=tuple(chance.randbytes(3)))
    grain = np.random.default_rng(seed).normal(0, chance.uniform(0, 20), (height, width, 1))
    shown = np.asarray(soft.filter(ImageFilter.GaussianBlur(chance.uniform(0, 4)))) + grain
    return Image.fromarray(shown.clip(0, 255).astype(np.uint8))


def _page(picture: Image.Image, chance: random.Random) -> None:
    canvas = ImageDraw.Draw(picture)
    canvas.rectangle((0, 0, *picture.size), fill="white")
    font = ImageFont.load_default(chance.randint(12, 40))
    for y in range(20, picture.height - 40, int(font.size * 1.4)):
        words = WORDS.split()
        chance.shuffle(words)
        canvas.text((20, y), " ".join(words[: chance.randint(1, 9)]), fill="black", font=font)


def _framed(picture: Image.Image, number: int) -> Image.Image:
    if number % 6 == 1:
        return letterbox(picture)
    return caption(picture) if number % 6 == 3 else picture


def jpeg(picture: Image.Image, quality: int = 80) -> Image.Image:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return Image.open(io.BytesIO(out.getvalue()))


def letterbox(picture: Image.Image, share: float = 0.12) -> Image.Image:
    return ImageOps.expand(picture, (0, int(picture.height * share)), "black")


def frame(picture: Image.Image) -> Image.Image:
    return ImageOps.expand(picture, int(min(picture.size) * 0.08), "white")


def caption(picture: Image.Image, share: float = 0.18, *, over: bool = False) -> Image.Image:
    """A white bar with words above the picture, or over its foot."""
    width, height = picture.size
    bar = int(height * share)
    shown = Image.new("RGB", (width, height if over else height + bar), "white")
    shown.paste(picture.crop((0, 0, width, height - bar)) if over else picture, (0, 0 if over else bar))
    font = ImageFont.load_default(max(8, bar * 0.4))
    middle = (width // 2, height - bar // 2 if over else bar // 2)
    ImageDraw.Draw(shown).text(middle, WORDS[: int(width / font.size * 1.5)], fill="black", font=font, anchor="mm")
    return shown


def cropped(picture: Image.Image, share: float) -> Image.Image:
    width, height = picture.size
    return picture.crop((int(width * share), int(height * share), int(width * (1 - share)), int(height * (1 - share))))


def logo(picture: Image.Image) -> Image.Image:
    shown = picture.copy()
    width, height = shown.size
    ImageDraw.Draw(shown).ellipse(
        (width * 0.7, height * 0.75, width * 0.95, height * 0.95), fill="red", outline="white"
    )
    return shown


CHANGES: Mapping[str, Callable[[Image.Image], Image.Image]] = {
    "none": lambda picture: picture,
    "JPEG quality 20": lambda picture: jpeg(picture, 20),
    "half size": lambda picture: picture.resize((picture.width // 2, picture.height // 2)),
    "grey": lambda picture: picture.convert("L").convert("RGB"),
    "brighter": lambda picture: ImageChops.add(picture, Image.new("RGB", picture.size, (40, 40, 40))),
    "blurred": lambda picture: picture.filter(ImageFilter.GaussianBlur(2)),
    "mirrored": ImageOps.mirror,
    "turned 90": lambda picture: picture.transpose(Image.Transpose.ROTATE_90),
    "turned 180": lambda picture: picture.transpose(Image.Transpose.ROTATE_180),
    "negative": ImageOps.invert,
    "letterbox": letterbox,
    "frame": frame,
    "caption bar": caption,
    "caption bar over 12 %": lambda picture: caption(picture, 0.12, over=True),
    "cropped 2 % a side": lambda picture: cropped(picture, 0.02),
    "cropped 5 % a side": lambda picture: cropped(picture, 0.05),
    "logo 25 x 20 %": logo,
    "turned 5": lambda picture: picture.rotate(5, Image.Resampling.BICUBIC),
}


def write(picture: Image.Image, path: Path, **options: object) -> Path:
    picture.save(path, **options)
    return path
