"""Steps 9 and 10: the police get a package that proves itself, the reporter gets an answer."""

import pyrage

from tutela_node.desks.cli.demo.cast import MIRA, TIMO, Case, until
from tutela_node.desks.cli.demo.visitor import Visitor

REASON = "The police investigate the account that uploaded this picture."
PAVEL = "pavel@police.exampleland.example"


def release(case: Case) -> None:
    """Mira proposes, Timo approves, the police fetch an age file and verify it without the node."""
    mira = case.stage.sign_in(MIRA)
    number = mira.open("/evidence/exhibits/").find(f"//tr[contains(., '{case.reference}')]/th")
    mira.open("/evidence/propose/")
    item = mira.find(
        f"//label[contains(., '{number}')]//input/@value | //input[@id=//label[contains(., '{number}')]/@for]/@value"
    )
    mira.submit(
        "//main//form[.//input[@type='checkbox']]", {"items": item, "legal_basis": "XA-PC-184", "reason": REASON}
    )
    package, path = mira.find("//h1//*[contains(@class,'ref')]"), mira.url
    own = bool(mira.open(path).all("//form[contains(@action,'/approve')]//button[not(@disabled)]"))
    case.stage.sign_in(TIMO).open(path).submit("//form[contains(@action,'/approve')]")
    pavel = case.stage.sign_in(PAVEL)
    fetch = until("the package", lambda: _fetch_form(pavel, path), 60)
    sealed = case.folder / "package.age"
    sealed.write_bytes(pavel.take(fetch))
    policy, key = case.folder / "policy.json", case.folder / "police.key"
    case.stage.tutela("node", "policy", str(policy))
    key.write_text(case.stage.secrets.police_key + "\n")
    key.chmod(0o600)
    said = _verify(case, "package.age", "--identity", str(key))
    broken = _broken(case)
    ok = said["exit"] == 0 and broken["exit"] == 1 and not own
    case.lines.tell(
        9, ok, package=package, proposer_could_approve=own, file=sealed.name, verified=said, one_byte_changed=broken
    )


def answer(case: Case) -> None:
    """The reporter comes back with the code alone."""
    visitor: Visitor = case.stage.public().come_back(case.code)
    sentence = " ".join(visitor.find("//main//h1").split())
    steps = [" ".join(each.split()) for each in visitor.all("//main//ol[contains(@class,'steps')]//strong")]
    case.lines.tell(10, len(steps) >= 3, code=case.code, reads=sentence, steps=steps, cookies=visitor.cookies())


def _verify(case: Case, file: str, *more: str) -> dict[str, object]:
    words = ("package", "verify", str(case.folder / file), "--policy", str(case.folder / "policy.json"), *more)
    done = case.stage.tutela(*words, check=False)
    told = (done.stdout if done.returncode == 0 else done.stderr).strip()
    return {"exit": done.returncode, "says": told.splitlines()[-1] if told else ""}


def _broken(case: Case) -> dict[str, object]:
    """The same package opened, with one byte in the middle changed: verification says where."""
    identity = pyrage.x25519.Identity.from_str(case.stage.secrets.police_key)
    plain = bytearray(pyrage.decrypt((case.folder / "package.age").read_bytes(), [identity]))
    (case.folder / "package.tar").write_bytes(plain)
    plain[len(plain) // 2] ^= 1
    (case.folder / "package-changed.tar").write_bytes(plain)
    return _verify(case, "package-changed.tar")


def _fetch_form(visitor: Visitor, path: str) -> str | None:
    form = "//form[contains(@action,'/fetch')]"
    return form if visitor.open(path).page.xpath(form) else None
