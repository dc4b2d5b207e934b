"""A veiled preview: small, grey and blurred, so that an analyst sees no more than is needed.

Rules:
- colour, detail and metadata are gone from the bytes, not hidden by the page that shows them
- the preview is made from the luma alone, so it cannot show more than was hashed, and always leaves as JPEG
"""

from io import BytesIO

import numpy as np
from PIL import Image, ImageFilter

from tutela.errors import Invalid
from tutela.media.luma import luma_of_picture
from tutela.media.orientation import orientation_of, upright
from tutela.media.pictures import Limits, decode, decoder_failures

SIDE = 320
BLUR = 6.0
MAX_SIDE = 512
_QUALITY = 70


def render_veiled(data: bytes, *, limits: Limits, side: int = SIDE, blur: float = BLUR) -> bytes:
    """A grey JPEG no side of which is above `side` pixels, blurred by a Gaussian of radius `blur` pixels.

    Turned upright when EXIF says so. Raises Invalid or Limited when `data` cannot be decoded, and Invalid for a `side`
    outside 16 to 512 or a `blur` below 1.
    """
    if not (16 <= side <= MAX_SIDE and blur >= 1):
        raise Invalid(f"side {side}, blur {blur}; expected 16 to {MAX_SIDE}, and 1 or more", place="preview")
    picture, _ = decode(data, limits, side=side)
    with decoder_failures("the picture could not be turned into a preview"):
        luma = np.ascontiguousarray(luma_of_picture(picture).clip(0, 255).astype(np.uint8))
        shape = upright(np.empty((picture.height, picture.width), np.bool_), orientation_of(picture)).shape
        scale = min(1.0, side / max(shape))
        size = (max(1, round(shape[1] * scale)), max(1, round(shape[0] * scale)))
        grey = Image.fromarray(luma).resize(size).filter(ImageFilter.GaussianBlur(blur))
        out = BytesIO()
        grey.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
