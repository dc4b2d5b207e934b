"""A scan from the outside: its lines, its summary, its exit codes."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tutela.media import fingerprint
from tutela.media.tests.recordings import video

from .conftest import command

Run = Callable[..., tuple[int, list[dict[str, object]], dict[str, object], str]]


def test_every_file_is_one_line_in_order(run: Run, root: Path, listed: Path) -> None:
    code, lines, summary, _ = run(root, "--list", listed)
    names = [str(Path(str(line["path"])).relative_to(root)) for line in lines]
    assert names == sorted(names)
    assert len(names) == 11
    assert (code, summary["files"], summary["matched"]) == (1, 11, 2)
    found = {name: line["matches"] for name, line in zip(names, lines, strict=True) if line["matches"]}
    assert {name: [(each["entry"], each["class"]) for each in matches] for name, matches in found.items()} == {
        name: [(name, "exact"), (name, "near")] for name in ("3.png", "inner/7.png")
    }


def test_the_fingerprints_are_those_of_the_kit(run: Run, root: Path, listed: Path) -> None:
    _, lines, _, _ = run(root, "--list", listed)
    for line in lines:
        if line["sha256"] is not None:
            prints = fingerprint(Path(str(line["path"])).read_bytes())
            expected = (prints.sha256, prints.sha1, prints.md5, prints.size, prints.pdq, prints.pdq_quality)
            assert tuple(line[each] for each in ("sha256", "sha1", "md5", "size", "pdq", "pdq_quality")) == expected


def test_keyframes_alone_are_fewer(run: Run, root: Path, listed: Path, tmp_path: Path) -> None:
    (root / "film.mp4").write_bytes(video(60))
    every = run(root / "film.mp4", "--list", listed)[1][0]
    few = run(root / "film.mp4", "--list", listed, "--keyframes", out=tmp_path / "b.jsonl")[1][0]
    assert 0 < int(str(few["frames"])) < int(str(every["frames"])) == 6


def test_nothing_found_exits_0_and_an_unreadable_file_3(run: Run, root: Path, tmp_path: Path) -> None:
    none = tmp_path / "none.csv"
    none.write_text(f"id,md5\nx,{'0' * 32}\n")
    assert run(root, "--list", none)[0] == 0
    assert run(root / "gone", "--list", none, out=tmp_path / "b.jsonl")[0] == 3


@pytest.mark.skipif(os.getuid() == 0, reason="the administrator may read everything")
def test_a_file_that_may_not_be_read_is_a_line(run: Run, root: Path, listed: Path) -> None:
    (root / "0.png").chmod(0)
    _, lines, summary, _ = run(root, "--list", listed)
    assert (lines[0]["problem"], lines[0]["sha256"], summary["unread"]) == ("Permission denied", None, 1)


def test_names_that_are_no_text_can_be_had_back(run: Run, root: Path, listed: Path) -> None:
    names = [b"line\nfeed", b"\x1b[31m", b"caf\xe9", "\u202etxt".encode(), b'q"\\', b"\xed\xa0\x80"]
    for name in names:
        with open(os.path.join(bytes(root), name), "wb") as stream:
            stream.write(name)
    _, lines, _, _ = run(root, "--list", listed)
    paths = [
        bytes.fromhex(str(each["path_hex"])) if "path_hex" in each else str(each["path"]).encode() for each in lines
    ]
    assert {os.path.join(bytes(root), name) for name in names} <= set(paths)


def test_known_good_files_are_not_decoded_and_the_summary_says_how_much_that_cut(
    run: Run, root: Path, listed: Path, tmp_path: Path
) -> None:
    good = tmp_path / "good.csv"
    digests = [fingerprint((root / name).read_bytes()).sha1 for name in ("0.png", "3.png", "words.txt")]
    good.write_text("id,sha1\n" + "".join(f"g{n},{digest}\n" for n, digest in enumerate(digests)))
    _, lines, summary, _ = run(root, "--list", listed, "--known-good", good)
    by_name = {Path(str(line["path"])).name: line for line in lines}
    assert (by_name["0.png"]["known_good"], by_name["0.png"]["pdq"]) == ([str(good)], None)
    assert by_name["3.png"]["known_good"] == [str(good)]
    assert len(by_name["3.png"]["matches"]) == 2  # a list that is looked for comes first
    assert summary["known_good"] == 2
    assert summary["left_to_look_at"]["lines"] == 9


def test_a_list_may_have_its_own_threshold(run: Run, root: Path, listed: Path) -> None:
    prints = fingerprint((root / "3.png").read_bytes())
    assert prints.pdq is not None
    near = f"{int(prints.pdq, 16) ^ 0b1111111111:064x}"
    listed.write_text(f"id,pdq\nnear,{near}\n")
    assert run(root, "--list", f"{listed}:threshold=9", out=root.parent / "a")[2]["matched"] == 0
    assert run(root, "--list", f"{listed}:threshold=10", out=root.parent / "b")[2]["matched"] == 1


def test_the_table_holds_the_lines(run: Run, root: Path, listed: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    _, lines, _, _ = run(root, "--list", listed, "--parquet", tmp_path / "out.parquet")
    rows = parquet.read_table(tmp_path / "out.parquet").to_pylist()
    assert [row["path"] for row in rows] == [line["path"] for line in lines]
    assert [len(row["matches"]) for row in rows] == [len(line["matches"]) for line in lines]
    assert json.loads(json.dumps(rows[3]["matches"][0]))["class"] == "exact"


def test_the_lists_are_gone_afterwards(run: Run, root: Path, listed: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    run(root, "--list", listed, "--work", work)
    assert not list(work.iterdir())
    assert (tmp_path / "out.jsonl").stat().st_mode & 0o777 == 0o600


def test_the_output_inside_the_root_is_not_scanned(run: Run, root: Path, listed: Path) -> None:
    _, lines, _, _ = run(root, "--list", listed, "--work", root, out=root / "out.jsonl")
    assert len(lines) == 11


@pytest.mark.slow
@pytest.mark.parametrize("threshold", [31, 40])
def test_the_first_scan_after_an_installation_reads_every_picture(
    root: Path, listed: Path, tmp_path: Path, threshold: int
) -> None:
    """Nothing is compiled yet, and the processes that look may not write what they compile."""
    (tmp_path / "compiled").mkdir()
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "compiled")}
    out = tmp_path / "first.jsonl"
    arguments = command(root, "--list", listed, "--out", out, "--threshold", threshold)
    subprocess.run(arguments, env=environment, capture_output=True, check=False)
    lines = [json.loads(line) for line in out.read_bytes().splitlines()]
    assert sum(line["pdq"] is not None for line in lines) == 7
    assert [line["path"] for line in lines if line["problem"]] == [str(root / "broken.jpg"), str(root / "link")]
