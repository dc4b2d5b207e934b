"""Sounds that resemble what is compared, all generated: music, talk, film, noise, and what tells nothing.

Rules:
- nothing is recorded: notes, drums, pulses through resonances, noise; the same for a seed
- float samples between -1 and 1, one channel, `RATE` a second
"""

from collections.abc import Callable
from io import BytesIO

import av
import numpy as np
import numpy.typing as npt

RATE = 22_050
Samples = npt.NDArray[np.float32]
LENGTHS = (12, 30, 60, 120)  # seconds
SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 3, 5, 6, 7, 10, 12))


def loud(made: npt.NDArray[np.floating]) -> Samples:
    return (made / (np.abs(made).max() + 1e-9) * 0.7).astype(np.float32)


def music(seed: int) -> Samples:
    """Chords of a scale with overtones, most of them with drums; every fourth is eight seconds again and again."""
    random = np.random.default_rng(seed)
    seconds, beats = int(random.choice(LENGTHS)), int(random.integers(70, 160))
    made = _chords(random, seconds, beats, SCALES[seed % 3])
    if seed % 3:
        made = made / np.abs(made).max() + 0.7 * _drums(random, seconds, beats)
    if seed % 4 == 0:
        made = np.resize(made[: 8 * RATE], len(made))
    return loud(made)


def talk(seed: int) -> Samples:
    """Pulses of a voice through three resonances that change with each syllable, hisses, and pauses."""
    random = np.random.default_rng(1_000 + seed)
    length, at = int(random.choice(LENGTHS)) * RATE, 0
    made, pitch = np.zeros(length), random.uniform(90, 240)
    while at < length:
        count = min(int(random.uniform(0.08, 0.25) * RATE), length - at)
        made[at : at + count] = _syllable(random, count, pitch * random.uniform(0.8, 1.3))
        at += count + (int(random.uniform(0.1, 0.6) * RATE) if random.random() < 0.12 else 0)
    return loud(made + random.normal(0, 0.001, length))


def film(seed: int) -> Samples:
    """A room's faint noise, talk over it, music under a part of it, and silence."""
    random = np.random.default_rng(2_000 + seed)
    length = int(random.choice(LENGTHS[1:])) * RATE
    made = random.normal(0, 0.002, length)
    for part, share in ((talk(500 + seed), 1.0), (music(500 + seed), 0.3)):
        at = int(random.uniform(0, 0.4) * length)
        count = min(len(part), length - at)
        made[at : at + count] += share * part[:count]
    return loud(made)


def noise(seed: int) -> Samples:
    """Noise of four colours that swells and ebbs."""
    random = np.random.default_rng(3_000 + seed)
    length = int(random.choice(LENGTHS[1:])) * RATE
    bands = np.fft.rfft(random.normal(size=length))
    made = np.fft.irfft(bands / np.maximum(np.arange(len(bands)), 1) ** (0, 0.5, 0.75, 1)[seed % 4], length)
    return loud(made * (1 + 0.5 * np.sin(2 * np.pi * np.arange(length) / RATE * random.uniform(0.05, 0.5))))


def flat(seed: int) -> Samples:
    """What tells nothing: silence, hiss, hum, tones, a chord, beeps, clicks, slow sweeps."""
    at = np.arange(60 * RATE) / RATE
    hiss = np.random.default_rng(4_000 + seed).normal(0, 1, len(at))

    def tone(pitch: float) -> npt.NDArray[np.float64]:
        return np.sin(2 * np.pi * pitch * at)

    made = (
        lambda: at * 0,
        lambda: hiss * 1e-4,
        lambda: tone(50),
        lambda: tone(60) + 0.3 * tone(120),
        lambda: tone(440),
        lambda: tone(1000),
        lambda: tone(50) + 0.05 * hiss,
        lambda: tone(220) + tone(277) + tone(330),
        lambda: tone(800) * ((at % 1) < 0.3),
        lambda: ((at * 2) % 1 < 0.001) * 1.0,
        lambda: np.sin(2 * np.pi * (50 * at + 17 * at * at)),
        lambda: np.sin(2 * np.pi * (100 * at + 33 * at * at)),
    )[seed % 12]()
    return loud(made) if np.abs(made).max() > 0.01 else made.astype(np.float32)


KINDS: dict[str, tuple[Callable[[int], Samples], int]] = {
    "music": (music, 40),
    "talk": (talk, 36),
    "film": (film, 24),
    "noise": (noise, 16),
    "flat": (flat, 12),
}


def coded(samples: Samples, codec: str, form: str, bits: int) -> bytes:
    """As a file."""
    out, rate = BytesIO(), 48_000 if codec == "libopus" else RATE
    with av.open(out, "w", format=form) as container:
        stream = container.add_stream(codec, rate=rate, layout="mono")
        assert isinstance(stream, av.AudioStream)
        stream.bit_rate = bits
        size = stream.codec_context.frame_size or 1024
        to = av.AudioResampler(stream.codec_context.format.name, "mono", rate, frame_size=size)
        plain = (np.clip(samples, -1, 1) * 32767).astype(np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(plain, format="s16", layout="mono")
        frame.sample_rate, frame.pts = RATE, 0
        for ready in (*to.resample(frame), *to.resample(None)):
            container.mux(stream.encode(ready))
        container.mux(stream.encode(None))
    return out.getvalue()


def decoded(data: bytes) -> Samples:
    parts, to = [], av.AudioResampler("s16", "mono", RATE)
    with av.open(BytesIO(data)) as container:
        for frame in container.decode(audio=0):
            parts += [ready.to_ndarray().reshape(-1) for ready in to.resample(frame)]
    return np.concatenate(parts).astype(np.float32) / 32768


def band(samples: Samples, low: float, high: float) -> Samples:
    bands = np.fft.rfft(samples)
    pitch = np.fft.rfftfreq(len(samples), 1 / RATE)
    bands[(pitch < low) | (pitch > high)] = 0
    return np.fft.irfft(bands, len(samples)).astype(np.float32)


def beside(samples: Samples, other: npt.NDArray[np.floating], decibels: float) -> Samples:
    """With another sound, so many decibels below it."""
    laid = np.resize(other, len(samples))
    share = np.sqrt(np.mean(samples**2) / np.mean(laid**2) / 10 ** (decibels / 10))
    return ((samples + share * laid) * 0.6).astype(np.float32)


def quicker(samples: Samples, by: float) -> Samples:
    at = np.arange(int(len(samples) / by)) * by
    return np.interp(at, np.arange(len(samples)), samples).astype(np.float32)


def _chords(random: np.random.Generator, seconds: int, beats: int, scale: tuple[int, ...]) -> npt.NDArray[np.float64]:
    made, at, number = np.zeros(seconds * RATE), 0.0, 0
    roots, voices = random.integers(0, 7, 8), int(random.integers(1, 4))
    while at < seconds:
        length = 30 / beats * int(random.choice([1, 1, 2, 4]))
        part = made[int(at * RATE) : int((at + length) * RATE)]
        ticks = np.arange(len(part)) / RATE
        fading = np.exp(-ticks * random.uniform(1, 6))
        for _ in range(voices):
            pitch = 110 * 2 ** ((scale[roots[number // 4 % 8]] + int(random.choice([0, 4, 7, 12, 16, 19]))) / 12)
            for overtone in range(1, 6):
                part += fading * np.sin(2 * np.pi * pitch * overtone * ticks + random.uniform(0, 6)) / overtone
        at, number = at + length, number + 1
    return made


def _drums(random: np.random.Generator, seconds: int, beats: int) -> npt.NDArray[np.float64]:
    made, step, ticks = np.zeros(seconds * RATE), 15 / beats, np.arange(int(0.15 * RATE)) / RATE
    snare, kick = random.random(16) < 0.5, random.random(16) < 0.3
    for number in range(int((seconds - 0.3) / step)):
        part = made[int(number * step * RATE) :][: len(ticks)]
        if snare[number % 16]:
            part += random.normal(0, 0.4, len(ticks)) * np.exp(-ticks * 40)
        if kick[number % 16]:
            part += np.sin(2 * np.pi * (50 + 80 * np.exp(-ticks * 30)) * ticks) * np.exp(-ticks * 15)
    return made


def _syllable(random: np.random.Generator, count: int, pitch: float) -> npt.NDArray[np.float64]:
    bands, at = np.fft.rfft(_source(random, count, pitch)), np.fft.rfftfreq(count, 1 / RATE)
    shape = np.zeros(len(at))
    for low, high in ((250, 900), (800, 2400), (2200, 3400)):
        middle, width = random.uniform(low, high), random.uniform(60, 150)
        shape += 1 / (1 + ((at - middle) / width) ** 2)
    made: npt.NDArray[np.float64] = np.fft.irfft(bands * shape, count) * np.hanning(count)
    return made / (np.abs(made).max() + 1e-9)


def _source(random: np.random.Generator, count: int, pitch: float) -> npt.NDArray[np.float64]:
    if random.random() < 0.25:
        return random.normal(0, 1, count)
    made = np.zeros(count)
    made[np.arange(0, count, RATE / pitch).astype(int)] = 1
    return made
