"""Steps 4 to 6: two people decide, the bytes become evidence, the fingerprint finds what was altered."""

import io
import time

from PIL import Image

from tutela_node.desks.cli.demo.cast import MIRA, TIMO, Case, altered, until
from tutela_node.desks.cli.demo.reporting import found_item, known_as, send_file
from tutela_node.desks.cli.demo.visitor import Stuck, Visitor


def decide(case: Case) -> None:
    """Mira claims, opens one view and decides; Timo decides for himself; after the pause there is a verdict."""
    mira = case.stage.sign_in(MIRA)
    mira.open(case.item)
    shown_unasked = len(mira.all("//main//img"))
    mira.submit("//form[contains(@action,'/claim')]")
    seen = _look(mira)
    first = _assess(mira, case.item)
    timo = case.stage.sign_in(TIMO).open(case.item)
    hidden = "shows once you have decided" in timo.text()
    _look(timo)
    second = _assess(timo, case.item)
    verdict = until("the verdict", lambda: _verdict(mira, case.item), 150, 1.0)
    case.lines.tell(
        4,
        shown_unasked == 0 and bool(seen["grey"]) and hidden,
        pictures_shown_before_asking=shown_unasked,
        view=seen,
        second_person_saw_the_first_code=not hidden,
        assessments=[first, second],
        verdict=verdict,
    )


def exhibit(case: Case) -> None:
    """The exhibit has a number, and every step of the story is a leaf under a signed checkpoint."""
    mira = case.stage.sign_in(MIRA)
    number = until("the exhibit", lambda: _exhibit(mira, case.reference), 30)
    kinds = until("the log", lambda: _kinds(mira, case.reference), 30)
    wanted = {"item.fingerprinted", "item.viewed", "assessment.made", "verdict.reached", "exhibit.made"}
    checkpoint = mira.open("/evidence/custody/").find("//pre")
    case.lines.tell(5, wanted <= set(kinds), exhibit=number, events=kinds, checkpoint=checkpoint.splitlines()[:3])


def rematch(case: Case) -> None:
    """The same picture, resized and recompressed, is known within a second; also when it is reported as a file."""
    copy = altered(case.reported)
    prints = case.hashes(copy, "altered.jpg")
    question = {"pdq": prints["pdq"], "quality": prints["pdq_quality"]}
    with case.stage.api() as api:
        until("the admission", lambda: _known(api, question), 30, 1.0)
        started = time.monotonic()
        answer = api.post("/api/v1/match", json=question).json()["class"]
        took = time.monotonic() - started
    sent = send_file(case, copy, "HH-3")
    mira = case.stage.sign_in(MIRA)
    item = until("the altered copy", lambda: found_item(mira, prints["sha256"]), 30)
    said = until("its match", lambda: known_as(mira, item), 30)
    ok = answer == "near" and took < 1.0
    case.lines.tell(6, ok, api_answers=answer, seconds=round(took, 3), report=sent["report"], workbench_says=said)


def _look(visitor: Visitor) -> dict[str, object]:
    """Opens one view and fetches the picture that the page then shows."""
    visitor.submit("//form[contains(@action,'/look')]")
    address = visitor.find("//main//img/@src")
    image = Image.open(io.BytesIO(visitor.fetch(address)))
    return {"address": address, "size": image.size, "grey": image.mode == "L"}


def _assess(visitor: Visitor, item: str) -> str:
    form = "//form[@id='verdict']"
    visitor.submit(form, {"code": "A", "ground": "own_view"})
    visitor.open(item)
    for address in visitor.all("//form[contains(@action,'/withdraw')]/@action"):
        return address.split("/")[-2]
    raise Stuck(f"shows no assessment: {visitor.text()[:300]}", place=item)


def _verdict(visitor: Visitor, item: str) -> str | None:
    decided = visitor.open(item).all("//aside[@id='decide']//dl//dd")
    is_decided = "Decided" in visitor.all("//aside[@id='decide']//h2")
    return " ".join(" ".join(decided).split()) if is_decided else None


def _exhibit(visitor: Visitor, reference: str) -> str | None:
    rows = visitor.open("/evidence/exhibits/").all(f"//tr[contains(., '{reference}')]/th")
    return rows[0] if rows else None


def _kinds(visitor: Visitor, reference: str) -> list[str] | None:
    kinds = visitor.open(f"/evidence/custody/?item={reference}").all("//tbody/tr/td[1]")
    return kinds if "exhibit.made" in kinds else None


def _known(api: object, question: dict[str, str]) -> str | None:
    answer: str = api.post("/api/v1/match", json=question).json()["class"]  # type: ignore[attr-defined]  # httpx.Client
    return answer if answer != "none" else None
