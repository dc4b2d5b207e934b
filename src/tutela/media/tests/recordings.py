"""Generated videos and sounds for the tests of this room: moving blotches, tones and noise."""

from io import BytesIO

import av
import numpy as np
import numpy.typing as npt

from tutela.media.tests.drawings import pattern

RATE = 44_100


def video(
    frames: int = 30, *, rate: int = 10, size: tuple[int, int] = (320, 240), form: str = "mp4", sound: bool = False
) -> bytes:
    """A cut across a large pattern, `frames` long."""
    whole = np.asarray(pattern(size[0] + frames * 4, size[1], seed=5))
    out = BytesIO()
    with av.open(out, "w", format=form) as container:
        stream = container.add_stream("mpeg4", rate=rate)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = *size, "yuv420p", 4_000_000
        audio = container.add_stream("aac", rate=RATE, layout="mono") if sound else None
        for number in range(frames):
            shown = np.ascontiguousarray(whole[:, number * 4 : number * 4 + size[0]])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(shown, format="rgb24")))
        container.mux(stream.encode())
        if audio is not None:
            _feed(container, audio, melody(frames / rate))
    return out.getvalue()


def sound(
    samples: npt.NDArray[np.float32], *, codec: str = "libmp3lame", form: str = "mp3", bits: int = 128_000
) -> bytes:
    """Mono samples between -1 and 1, as a file."""
    out = BytesIO()
    with av.open(out, "w", format=form) as container:
        stream = container.add_stream(codec, rate=RATE, layout="mono")
        if bits:
            stream.bit_rate = bits
        _feed(container, stream, samples)
    return out.getvalue()


def melody(seconds: float, seed: int = 1) -> npt.NDArray[np.float32]:
    """Chords that change four times a second, with overtones and a little noise."""
    random = np.random.default_rng(seed)
    at = np.arange(int(seconds * RATE)) / RATE
    made = random.normal(0, 0.01, len(at))
    for beat in range(int(seconds * 4) + 1):
        inside = (at >= beat / 4) & (at < (beat + 1) / 4)
        for pitch in 220 * 2 ** (random.integers(0, 30, 3) / 12):
            for overtone in (1, 2, 3):
                made[inside] += np.sin(2 * np.pi * pitch * overtone * at[inside]) / overtone
    return (made / np.abs(made).max() * 0.8).astype(np.float32)


def _feed(container: av.container.OutputContainer, stream: av.AudioStream, samples: npt.NDArray[np.float32]) -> None:
    size = 1024
    for number, start in enumerate(range(0, len(samples) - size, size)):
        frame = av.AudioFrame.from_ndarray(samples[start : start + size].reshape(1, -1), format="fltp", layout="mono")
        frame.sample_rate, frame.pts = RATE, number * size
        container.mux(stream.encode(frame))
    container.mux(stream.encode())
