"""Steps 1 to 3: lists come in, reports come in, files are known by their fingerprints."""

import json

from tutela_node.desks.cli.demo.cast import LISTED_SEED, OTHER_SEED, PATH, REPORTED_SEED, TIMO, Case, drawn, until
from tutela_node.desks.cli.demo.visitor import Visitor

PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2"><images count="{count}" maxTimestamp="{at}">
{images}</images></queryResult>
"""
IMAGE = """<image><member id="42">Example Member</member><timestamp>2026-11-20T09:00:00Z</timestamp><id>{id}</id>
<classification>{code}</classification><fingerprints>{prints}</fingerprints></image>
"""
DELETED = """<deletedImage><member id="42">Example Member</member><id>{id}</id>
<timestamp>2026-11-20T10:00:00Z</timestamp></deletedImage>
"""
COLUMNS = "fingerprint md5 = md5\nlabel = classification"
CSV = "fingerprint md5,label\n{md5},B1\nnot a hash,B1\n{third},B2\n"


def import_lists(case: Case) -> None:
    """Timo imports an NCMEC page with a deleted entry, and a partner's table with one corrupt row."""
    case.listed = drawn(LISTED_SEED)
    known = case.hashes(case.listed, "listed.jpg")
    other = case.hashes(drawn(OTHER_SEED), "other.jpg")
    timo = case.stage.sign_in(TIMO)
    first = _page([_image("image1", "A1", known), _image("image2", "B2", {"md5": other["md5"]})])
    name = "NCMEC, Example Member"
    ncmec = _import(timo, name=name, format="ncmec", file=("page1.xml", first))
    later = _import(timo, name=name, format="", file=("page2.xml", _page([DELETED.format(id="image2")])))
    table = CSV.format(md5=known["md5"], third="0" * 31 + "1").encode()
    csv = _import(timo, name="Partner table", format="csv", file=("partner.csv", table), mapping=COLUMNS)
    ok = ncmec["added"] == 4 and later["withdrawn"] == 1 and csv["added"] == 2 and csv["problems"] >= 1
    case.lines.tell(1, ok, ncmec=ncmec, ncmec_next_page=later, csv=csv)


def report(case: Case) -> None:
    """Somebody reports an address without an account; Harbour Hosting reports a file with its token."""
    case.reported = case.stage.world.host.show(PATH, REPORTED_SEED)
    visitor = case.stage.public().open("/en/go")
    visitor.submit("//form[@id='q']", {"address": case.address})
    visitor.submit("//form[@id='q']", _first_choice(visitor))
    visitor.submit("//form[@id='q']", _first_choice(visitor))
    visitor.submit("//form[@id='q']", {"words": "A link in a chat led there."})
    case.code = " ".join(visitor.all("//*[contains(@class,'code')]/span"))
    sent = send_file(case, case.listed, "HH-1")
    case.sent["HH-1"] = sent["report"]
    case.lines.tell(2, len(case.code) >= 20, code=case.code, provider_report=sent["report"], cookies=visitor.cookies())


def match(case: Case) -> None:
    """Both pictures are captured, fingerprinted and matched; the very same file again is recognised."""
    from tutela_node.desks.cli.demo.cast import MIRA

    mira = case.stage.sign_in(MIRA)
    prints = case.hashes(case.reported, "reported.jpg")
    case.item = until("the capture", lambda: found_item(mira, prints["sha256"]), 60)
    listed = case.hashes(case.listed, "listed.jpg")
    provider_item = until("the provider's item", lambda: found_item(mira, listed["sha256"]), 60)
    known = until("the match", lambda: known_as(mira, provider_item), 30)
    again = send_file(case, case.listed, "HH-2")
    case.reference = mira.open(case.item).find("//main//h1//*[contains(@class,'ref')]")
    case.lines.tell(
        3,
        bool(again["duplicate"]),
        item=case.reference,
        sha256=prints["sha256"],
        pdq=prints["pdq"],
        pdq_quality=prints["pdq_quality"],
        provider_file_matches=known,
        same_file_again_is_duplicate=again["duplicate"],
    )


def found_item(visitor: Visitor, text: str) -> str | None:
    """The path of the item that a search finds, if it finds one."""
    visitor.open("/search/").submit("//main//form", {"text": text})
    links = visitor.all("//main//table//a[contains(@href,'/item/')]/@href")
    return links[0] if links else None


def send_file(case: Case, data: bytes, reference: str) -> dict[str, str]:
    """A provider's report over the API; answers what the API answered."""
    told = {"report": (None, json.dumps({"context": {"account": "example-7"}, "reference": reference}))}
    with case.stage.api() as api:
        answer = api.post("/api/v1/reports", files={**told, "file": ("upload.jpg", data, "image/jpeg")})
        answer.raise_for_status()
    sent: dict[str, str] = answer.json()
    return sent


def _import(visitor: Visitor, *, name: str, format: str, file: tuple[str, bytes], mapping: str = "") -> dict[str, int]:
    visitor.open("/lists/import/")
    fields = {"name": name, "format": format, "trusted": "on", "mapping": mapping}
    visitor.submit("//main//form[.//input[@type='file']]", fields, files={"file": file})
    names = ("read", "added", "withdrawn", "quarantined", "problems")
    figures = visitor.all("//dl[contains(@class,'figures')]//dd")
    return dict(zip(names, map(int, figures), strict=True))


def _page(images: list[str]) -> bytes:
    return PAGE.format(count=len(images), at="2026-11-20T10:00:00Z", images="".join(images)).encode()


def _image(id: str, code: str, hashes: dict[str, str]) -> str:
    prints = "".join(f"<{name}>{hashes[name]}</{name}>" for name in ("md5", "sha1", "pdq") if name in hashes)
    return IMAGE.format(id=id, code=code, prints=prints)


def _first_choice(visitor: Visitor) -> dict[str, str]:
    name, value = visitor.find("//form[@id='q']//input[@type='radio']/@name"), ""
    value = visitor.find("//form[@id='q']//input[@type='radio']/@value")
    return {name: value}


def known_as(visitor: Visitor, item: str) -> str | None:
    """What the page of an item says of the entry that it matches, if it matches one."""
    known = visitor.open(item).all("//*[contains(@class,'known')]//strong")
    return " ".join(known[0].split()) if known else None
