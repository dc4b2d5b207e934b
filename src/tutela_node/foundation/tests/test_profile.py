"""The national profile: every wrong file says which file, table and key, and what would be right."""

from datetime import date

import pytest

from tutela_node.foundation import profile
from tutela_node.foundation.errors import Forbidden, Invalid, Missing

LAW = '[[legal_bases]]\nid = "L"\ntitle = "Law"\ncovers = ["capture"]\nvalid_from = 2024-01-01\n'


@pytest.fixture
def write(tmp_path):
    def run(text, name="own.toml", base="XA"):
        path = tmp_path / name
        path.write_text((f'extends = "{base}"\n' if base else "") + text, "utf-8")
        return str(path)

    return run


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("[review]\nassesors = 2", "review: assesors", "known are scheme, assessors"),
        ("reveiw = 1", "reveiw", "known are code"),
        ('[review]\nassessors = "2"', "review: assessors", "a whole number"),
        ("[review]\nassessors = true", "review: assessors", "a whole number"),
        ("[review]\nassessors = 0", "review: assessors", "1 or more"),
        ("[review]\ndaily_views = -1", "review: daily_views", "0 or more"),
        ("[capture]\nseconds = 0", "capture: seconds", "1 or more"),
        ('[capture]\nmode = "all"', "capture: mode", "one of off, hash_only, seal"),
        ("[triage]\nnow_from = 101", "triage: now_from", "100 or less"),
        ("[triage]\nnow_from = 45", "triage: now_from", "more than soon_from, which is 45"),
        ("[triage]\nsoon_from = 20", "triage: soon_from", "more than usual_from, which is 20"),
        ('[triage]\nversion = ""', "triage: version", "1 to 40 characters"),
        (f'[triage]\nversion = "{"v" * 41}"', "triage: version", "1 to 40 characters"),
        (
            '[triage]\nduplicate_same = ["file", "hat"]',
            "triage: duplicate_same[1]",
            "one of account, mail, phone, file",
        ),
        ("[triage]\nduplicate_days = 1_000_000", "triage: duplicate_days", "3660 or less"),
        ("[triage.points]\nviral = -101", "triage: points: viral", "-100 or more"),
        ("[triage.points]\nreceived = 101", "triage: points: received", "100 or less"),
        ("[triage.join_days]\nip = 9999999999", "triage: join_days: ip", "3660 or less"),
        ("[triage.join_most]\nip = -1", "triage: join_most: ip", "0 or more"),
        ("[floods]\nproof_bits = 29", "floods: proof_bits", "28 or less"),
        ("[floods]\nproof_bits = 21", "floods: most_bits", "no less than proof_bits, which is 21"),
        ("[floods]\nslow_seconds = 99999999999", "floods: slow_seconds", "86400 or less"),
        ("[referral]\nanswer_hours = 99999999", "referral: answer_hours", "8784 or less"),
        ("[answers]\noutcome_minutes = 99999999", "answers: outcome_minutes", "527040 or less"),
        ("[own_pictures]\nquality = 101", "own_pictures: quality", "100 or less"),
        ('[own_pictures]\nname = " "', "own_pictures: name", "1 to 120 characters"),
        ("[filing]\nopen_hours = 99999999", "filing: open_hours", "8784 or less"),
        ("[filing]\nmax_bytes = 2000000000000", "filing: max_bytes", "1099511627776 or less"),
        ("review = 3", "review", "must be a table"),
        ('languages = "en"', "languages", "must be a list"),
        ("languages = [1]", "languages[0]", "must be a text"),
        ("[names]\nen = 3", "names", "a table of texts"),
        (LAW.replace("2024-01-01", '"2024-01-01"'), "legal_bases[0]: valid_from", "such as 2026-01-31"),
        (LAW.replace("2024-01-01", "2024-01-01T00:00:00Z"), "legal_bases[0]: valid_from", "such as 2026-01-31"),
        (LAW.replace('title = "Law"', ""), "legal_bases[0]: title", "is missing"),
        (LAW + "valid_until = 2023-12-31", "legal_bases L: valid_until", "before valid_from"),
    ],
)
def test_a_wrong_file_says_where_and_what_would_be_right(write, text, place, says):
    path = write(text)
    with pytest.raises(Invalid) as caught:
        profile.load(path)
    assert caught.value.place == f"{path}: {place}"
    assert says in caught.value.message


def test_what_is_no_toml_says_so(write):
    path = write("mode = ", base="")
    with pytest.raises(Invalid, match="is not TOML") as caught:
        profile.load(path)
    assert caught.value.place == path


def test_a_missing_profile_names_those_that_ship():
    with pytest.raises(Missing, match=r"shipped: .*XA") as caught:
        profile.load("ZZ")
    assert caught.value.place == "ZZ"


def test_a_folder_is_no_profile(tmp_path):
    (tmp_path / "x.toml").mkdir()
    with pytest.raises(Missing, match="cannot be read"):
        profile.load(str(tmp_path / "x.toml"))


def test_a_missing_table_is_named(write):
    path = write('code = "XB"\nversion = "1"\nlanguages = ["en"]\nlegal_bases = []\n[names]\nen = "B"', base="")
    with pytest.raises(Invalid, match="is missing") as caught:
        profile.load(path)
    assert caught.value.place == f"{path}: capture"


def test_an_english_name_is_needed(write):
    bare = "\n".join(line for line in (profile_text().splitlines()) if not line.startswith("en = "))
    with pytest.raises(Invalid, match="English name"):
        profile.load(write(bare, base=""))


def profile_text():
    from tutela_node.foundation.profile.load import SHIPPED

    return (SHIPPED / "XA.toml").read_text("utf-8")


def test_a_profile_extends_another_key_by_key(write):
    own = profile.load(write('code = "XB"\n[review]\nassessors = 3\n'))
    base = profile.load("XA")
    assert (own.code, own.review.assessors) == ("XB", 3)
    assert own.review.daily_views == base.review.daily_views
    assert own.legal_bases == base.legal_bases


def test_profiles_that_extend_each_other_are_refused(write):
    first = write("", "first.toml")
    write("", "second.toml", base=first)
    with pytest.raises(Invalid, match="in a circle"):
        profile.load(write("", "first.toml", base=write("", "second.toml", base=first)))


def test_a_legal_basis_counts_on_its_days_and_no_other():
    known = profile.load("XA")
    assert known.basis_for("block", date(2019, 12, 31)).id == "XA-OLD-7"
    assert known.basis_for("block", date(2020, 1, 1)).id == "XA-PC-184"
    with pytest.raises(Forbidden) as caught:
        known.basis_for("capture", date(2023, 12, 31))
    assert caught.value.place == "capture"


@pytest.mark.parametrize(
    ("id", "act", "day"),
    [
        ("XA-OLD-7", "block", date(2020, 1, 1)),
        ("XA-PC-184", "capture", date(2026, 1, 1)),
        ("XA-NONE", "block", date(2026, 1, 1)),
    ],
)
def test_a_named_basis_must_cover_the_act_on_the_day(id, act, day):
    with pytest.raises(Forbidden) as caught:
        profile.load("XA").basis(id, act, day)
    assert caught.value.place == id


def test_a_name_falls_back_to_english():
    known = profile.load("XA")
    assert (known.name("fr"), known.name("de")) == ("Exemplie", "Exampleland")
