"""A publisher signs copies, recipients verify and renew them, a found copy names whose it was: on the command line."""

import json
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from tutela.cli.listfiles import opened_list
from tutela.cli.lists import app
from tutela.cli.match import match_paths
from tutela.errors import Conflict, Invalid, TutelaError, VerificationFailed

matching = Typer()
matching.command()(match_paths)
NAMES = ("harbour.example", "lantern.example")
TITLE = ("--title", "demo:3:2026-01-01T00:00:00Z")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def told(*arguments: object, code: int = 0) -> list[dict[str, object]]:
    result = run(*arguments, "--json")
    assert result.exit_code == code, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def table(path: Path, numbers: range) -> Path:
    path.write_text("id,kind,md5\n" + "".join(f"{number},image,{number:032x}\n" for number in numbers))
    return path


class Publisher:
    """Keys, a list, and the copies of its version 3 for two recipients."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.key, self.secret = folder, folder / "own.key", folder / "own.secret"
        self.public = run("key", "hotline.example", self.key).stdout.strip()
        run("secret", self.secret)
        self.sign(table(folder / "list.csv", range(100)), folder / "v3", *TITLE)

    def sign(self, source: Path, out: Path, *more: object) -> None:
        recipients = [each for name in NAMES for each in ("--recipient", name)]
        told("sign", source, out, "--key", self.key, "--secret", self.secret, *recipients, *more)

    def copy(self, version: str, number: int = 0) -> Path:
        return self.folder / version / f"{NAMES[number]}.tutela"


@pytest.fixture
def own(tmp_path: Path) -> Publisher:
    return Publisher(tmp_path)


def failed(*arguments: object) -> TutelaError:
    error = run(*arguments).exception
    assert isinstance(error, TutelaError)
    return error


def test_a_copy_is_verified_and_described(own: Publisher) -> None:
    (said,) = told("verify", own.copy("v3"), "--publisher", own.public, "--recipient", NAMES[0])
    assert (said["verified"], said["number"], said["entries"], said["recipient"]) == ("list", 3, 132, NAMES[0])
    assert own.copy("v3").stat().st_mode & 0o777 == own.key.stat().st_mode & 0o777 == 0o600
    (info,) = told("info", own.copy("v3"))
    assert (info["signature"], info["entries"], info["kinds"]) == ("unverified", 132, {"image": 132})
    assert told("info", own.copy("v3"), "--publisher", own.public)[0]["signature"] == "verified"


def test_what_does_not_hold_is_refused(own: Publisher) -> None:
    verify = ("verify", own.copy("v3"), "--publisher", own.public)
    assert isinstance(failed(*verify, "--recipient", NAMES[1]), VerificationFailed)
    other = run("key", "hotline.example", own.folder / "other.key").stdout.strip()
    assert isinstance(failed("verify", own.copy("v3"), "--publisher", other), VerificationFailed)
    own.copy("v3").write_bytes(own.copy("v3").read_bytes().replace(b'"image"', b'"video"', 1))
    assert failed(*verify).place.startswith(str(own.copy("v3")))
    assert isinstance(failed("info", own.folder / "list.csv", "--publisher", own.public), VerificationFailed)


def test_a_list_must_not_be_used_after_its_day(own: Publisher) -> None:
    out = own.folder / "short.tutela"
    run("sign", own.folder / "list.csv", out, "--key", own.key, "--expires", "2026-02-01", *TITLE)
    verify = ("verify", out, "--publisher", own.public, "--on")
    assert run(*verify, "2026-01-31").exit_code == 0
    assert failed(*verify, "2026-02-01").place.endswith("expires")
    later = ("--key", own.key, "--title", "demo:4:2026-03-01T00:00:00Z")
    assert told("sign", out, own.folder / "later", *later)[0]["entries"] == 0


def test_a_delta_makes_the_next_copy_and_canaries_stay(own: Publisher) -> None:
    more = ("--previous", own.folder / "v3")
    own.sign(table(own.folder / "next.csv", range(1, 103)), own.folder / "v4", *more)
    delta, made = own.folder / "delta", own.folder / "made"
    (said,) = told("diff", own.copy("v3"), own.copy("v4"), "--out", delta, "--key", own.key)
    assert (said["number"], said["added"], said["changed"], said["withdrawn"]) == (
        4,
        3,
        0,
        1,
    )  # 0 went; 100 to 102 came
    assert told("verify", delta, "--publisher", own.public)[0]["verified"] == "delta"
    told("apply", own.copy("v3"), delta, made, "--publisher", own.public)
    assert made.read_bytes() == own.copy("v4").read_bytes()
    error = failed("apply", own.copy("v3", 1), delta, own.folder / "no", "--publisher", own.public)
    assert "base" in error.place
    assert not (own.folder / "no").exists()


def test_differences_of_any_two_lists_are_counted(own: Publisher) -> None:
    other = table(own.folder / "next.csv", range(50, 120))
    (said,) = told("diff", own.folder / "list.csv", other)
    assert (said["added"], said["changed"], said["withdrawn"]) == (20, 0, 50)


def test_a_found_list_names_whose_copy_it_was(own: Publisher, tmp_path: Path) -> None:
    names = [each for name in NAMES for each in ("--recipient", name)]
    find = ("canaries", "--secret", own.secret, *names)
    assert told(*find, own.copy("v3", 1), code=1)[0]["canaries"] == {NAMES[1]: 32}
    found = tmp_path / "found.csv"
    run("convert", own.copy("v3"), found, "--to", "csv")
    assert told(*find, found, "--name", "demo", code=1)[0]["canaries"] == {NAMES[0]: 32}
    assert told(*find, own.folder / "list.csv", "--name", "demo")[0]["canaries"] == {}
    assert run(*find, found).exit_code == 2


def test_a_copy_is_no_list_to_sign_again(own: Publisher) -> None:
    assert "sign the list itself" in str(failed("sign", own.copy("v3"), own.folder / "out", "--key", own.key))


def test_a_version_goes_on_as_the_one_before(own: Publisher) -> None:
    sign = ("sign", own.folder / "list.csv", "--key", own.key)
    told(*sign, own.folder / "a", *TITLE, "--scheme", "demo", "--purpose", "known_good")
    (said,) = told(*sign, own.folder / "b", "--previous", own.folder / "a")
    assert (said["name"], said["number"], said["scheme"], said["purpose"]) == ("demo", 4, "demo", "known_good")
    assert str(said["previous"]).startswith("sha256:")


def test_a_publisher_goes_on_with_another_key(own: Publisher) -> None:
    old, own.key = own.public, own.folder / "new.key"
    new = run("key", "hotline.example", own.key).stdout.strip()
    own.sign(own.folder / "list.csv", own.folder / "v4", "--previous", own.folder / "v3", "--publisher", old)
    pair, delta = (own.copy("v3"), own.copy("v4")), own.folder / "delta"
    assert isinstance(failed("diff", *pair, "--out", delta, "--key", own.key), VerificationFailed)
    assert told("diff", *pair, "--out", delta, "--key", own.key, "--publisher", old)[0]["added"] == 0
    told("apply", pair[0], delta, own.folder / "made", "--publisher", old, "--publisher", new)
    assert (own.folder / "made").read_bytes() == pair[1].read_bytes()


def test_a_signed_list_is_one_to_match_with(own: Publisher) -> None:
    matched = CliRunner().invoke(matching, ["--list", str(own.copy("v3")), f"md5:{7:032x}"])
    assert matched.exit_code == 1
    assert "signature was not checked" in matched.stderr


def test_ids_in_a_row_leave_no_room_for_canaries(own: Publisher) -> None:
    sign = ("sign", own.folder / "list.csv", own.folder / "out", "--key", own.key, "--recipient", NAMES[0])
    assert isinstance(failed(*sign, "--secret", own.secret, "--own-ids"), Invalid)
    assert run(*sign).exit_code == 2
    assert run(*sign, "--canaries", "0").exit_code == 0
    assert not [each for each in own.folder.iterdir() if each.name.startswith(".")]


def test_versions_grow_and_keys_are_not_replaced(own: Publisher) -> None:
    sign = ("sign", own.folder / "list.csv", own.folder / "out", "--key", own.key, "--previous", own.copy("v3"))
    assert isinstance(failed(*sign, "--title", "demo:3"), Conflict)
    assert isinstance(failed(*sign, "--title", "other:4"), Conflict)
    assert isinstance(failed("key", "hotline.example", own.key), Conflict)
    assert isinstance(failed("secret", own.secret), Conflict)
    own.key.write_text("PRIVATE+KEY+hotline.example+00000000+AAAA\n")
    assert "AAAA" not in str(failed(*sign))


def test_a_signature_that_was_not_checked_is_said_where_a_list_is_read(own: Publisher) -> None:
    result = run("convert", own.copy("v3"), own.folder / "plain", "--to", "native")
    assert "signature was not checked" in result.stderr
    with opened_list(own.folder / "plain") as read:
        assert len(list(read)) == 132
