"""Sounds among listed sounds: what is found again after a change, what is found wrongly, and how quickly.

    ./bench sounds [--entries 1000 10000 100000] [--every 2] [--json]

Rules:
- every sound is generated (`soundmaking.py`), changed, coded, decoded and fingerprinted as a reported file is
- the oracle compares every alignment whole; what it finds alike and `Sounds` does not is `lost`
- a film shares parts with nothing, so that two different sounds that are alike are a false match
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from io import BytesIO
from itertools import combinations
from typing import Any

import numpy as np
import soundmaking as made
from rich.console import Console
from rich.table import Table
from soundmaking import RATE, Samples, band, beside, coded, decoded, quicker

from tutela.matching import Sounds, items_of_text
from tutela.matching.soundkernels import exact
from tutela.matching.sounds import ABOVE_CHANCE, ALIKE, Sound, by_chance, sound_of
from tutela.media.audio import perceive_sound

Change = Callable[[Samples], bytes]
HISS = np.random.default_rng(5).normal(0, 1, 60 * RATE)


def mp3(samples: Samples, bits: int = 64_000) -> bytes:
    return coded(samples, "libmp3lame", "mp3", bits)


CHANGES: dict[str, Change] = {
    "MP3, 128 kbit/s": lambda whole: mp3(whole, 128_000),
    "MP3, 32 kbit/s": lambda whole: mp3(whole, 32_000),
    "AAC, 24 kbit/s": lambda whole: coded(whole, "aac", "adts", 24_000),
    "Opus, 16 kbit/s": lambda whole: coded(whole, "libopus", "ogg", 16_000),
    "MP3, then Opus, 24 kbit/s": lambda whole: coded(decoded(mp3(whole)), "libopus", "ogg", 24_000),
    "20 dB quieter, AAC": lambda whole: coded(whole * 0.1, "aac", "adts", 64_000),
    "as over a telephone": lambda whole: mp3(band(whole, 300, 3400)),
    "hiss, 10 dB below": lambda whole: mp3(beside(whole, HISS, 10)),
    "hiss, 5 dB below": lambda whole: mp3(beside(whole, HISS, 5)),
    "music, 12 dB below": lambda whole: mp3(beside(whole, made.music(901), 12)),
    "the middle half": lambda whole: mp3(whole[int(len(whole) * 0.31) : int(len(whole) * 0.81)]),
    "ten seconds of it": lambda whole: mp3(whole[int(len(whole) * 0.17) :][: 10 * RATE]),
    "five seconds of it": lambda whole: mp3(whole[int(len(whole) * 0.17) :][: 5 * RATE]),
    "1 % quicker": lambda whole: mp3(quicker(whole, 1.01)),
    "4 % quicker (film to television)": lambda whole: mp3(quicker(whole, 25 / 24)),
}


def heard(data: bytes) -> Sound:
    text = perceive_sound(BytesIO(data)).audio
    return sound_of(items_of_text(text or "AQAAAA", "sound"))


def truth(one: Sound, other: Sound) -> float:
    """What the oracle finds, 0 when they are not alike."""
    least = max(ALIKE, float(by_chance(one.often[None], other.often)[0]) + ABOVE_CHANCE)
    return exact((one.items, one.tells), (other.items, other.tells), least)


def filled(sounds: Iterable[tuple[str, Sound]]) -> Sounds:
    """Those that can be compared."""
    held = Sounds()
    for name, sound in sounds:
        if np.count_nonzero(sound.tells) >= 24:
            held.add(sound.items, name)
    return held


def found_again(listed: dict[str, Sound], every: int) -> tuple[list[dict[str, Any]], dict[str, int]]:
    held, rows = filled(listed.items()), []
    lost = {"pairs": 0, "alike by the oracle": 0, "of these lost": 0, "told as less": 0}
    names = [f"{kind} {seed}" for kind, (_, count) in made.KINDS.items() for seed in range(0, count, every)]
    wholes = {name: made.KINDS[name.split()[0]][0](int(name.split()[1])) for name in names if "flat" not in name}
    for title, change in CHANGES.items():
        row: dict[str, Any] = {"change": title} | {kind: 0 for kind in made.KINDS if kind != "flat"}
        shares = []
        for name, whole in wholes.items():
            asked = heard(change(whole))
            told = {str(hit.entry): hit.share for hit in held.match(asked.items)}
            row[name.split()[0]] += name in told
            shares += [told[name]] if name in told else []
            for other, sound in listed.items():
                share = truth(sound, asked)
                lost["pairs"] += 1
                lost["alike by the oracle"] += share > 0
                lost["of these lost"] += share > 0 and other not in told
                lost["told as less"] += 0 < told.get(other, 0) < share - 1e-5
        row["bits equal, % (median)"] = round(100 * statistics.median(shares)) if shares else "–"
        rows.append(row)
    of = {kind: sum(name.startswith(kind) for name in wholes) for kind in made.KINDS if kind != "flat"}
    return [{"change": "of", **of, "bits equal, % (median)": ""}, *rows], lost


def found_wrongly(listed: dict[str, Sound]) -> list[dict[str, Any]]:
    """Pairs of different sounds: how many are alike, by all items (as `share_of` compares) and by what tells."""
    from tutela.matching import share_of

    rows: dict[str, dict[str, Any]] = {}
    for (one, first), (other, second) in combinations(listed.items(), 2):
        kinds = " and ".join(sorted({one.split()[0], other.split()[0]}))
        row = rows.setdefault(kinds, {"kinds": kinds, "pairs": 0, "by all items": 0, "by what tells": 0})
        row["pairs"] += 1
        row["by all items"] += share_of(first.items, second.items) >= ALIKE
        row["by what tells"] += truth(first, second) > 0
    return list(rows.values())


def speed(listed: dict[str, Sound], counts: list[int]) -> list[dict[str, Any]]:
    """Sounds of two minutes, each like none of the others, asked by one thread."""
    random, rows = np.random.default_rng(1), []
    long = [sound for sound in listed.values() if len(sound.items) > 900 and np.count_nonzero(sound.tells) > 800]
    for count in counts:
        held, began = Sounds(), time.perf_counter()
        for number in range(count):
            rolled = np.roll(long[number % len(long)].items, int(random.integers(0, 900)))
            held.add(rolled ^ np.uint32(random.integers(0, 2**32) & random.integers(0, 2**32)), number)
        added = time.perf_counter() - began
        held.match(long[0].items)
        took = []
        for asked in long[:5]:
            began = time.perf_counter()
            held.match(asked.items)
            took.append(time.perf_counter() - began)
        each = statistics.median(took)
        rows.append(
            {"entries": f"{count:,}", "added in, s": round(added, 1), "one question, ms": round(1000 * each, 1)}
        )
        rows[-1]["entries a second"] = f"{count / each:,.0f}"
    began = time.perf_counter()
    for number in range(300):
        one, other = long[number % len(long)], long[(number + 1) % len(long)]
        exact((one.items, one.tells), (other.items, other.tells), ALIKE)
    each = (time.perf_counter() - began) / 300
    rows.append({"entries": "every alignment whole", "added in, s": "", "one question, ms": ""})
    rows[-1]["entries a second"] = f"{1 / each:,.0f}"
    return rows


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./bench sounds")
    parser.add_argument("--entries", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--every", type=int, default=2, help="change each so many-th sound of a kind")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    listed = {
        f"{kind} {seed}": heard(coded(make(seed), "pcm_s16le", "wav", 0))
        for kind, (make, count) in made.KINDS.items()
        for seed in range(count)
    }
    again, lost = found_again(listed, asked.every)
    tables = {
        "Found again, of each kind": again,
        "The oracle beside the samples": [lost],
        "Different sounds that are alike": found_wrongly(listed),
        "How quickly": speed(listed, asked.entries),
    }
    if asked.json:
        print(json.dumps(tables))
        return 0
    for title, rows in tables.items():
        table = Table(*rows[0], title=title)
        for row in rows:
            table.add_row(*map(str, row.values()))
        Console(width=120).print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
