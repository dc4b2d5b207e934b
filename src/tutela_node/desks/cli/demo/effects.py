"""Steps 7 and 8: the host is asked to remove, a dedicated domain is blocked and a shared one is not."""

import subprocess
from contextlib import ExitStack
from email.message import EmailMessage
from pathlib import Path
from tempfile import mkdtemp

from tutela_node.desks.cli.demo.cast import MIRA, TIMO, Case, until
from tutela_node.desks.cli.demo.visitor import Visitor
from tutela_node.desks.cli.exampleland.bind import Bind, is_installed
from tutela_node.desks.cli.exampleland.world import DEDICATED, INNOCENT, SHARED

GROUNDS = "Every page found on this domain was assessed; two people agreed on each of them."
EVIDENCE = "Both analysts went through the list of captured addresses: nothing else is on the domain."


def notify(case: Case) -> None:
    """DNS and RDAP name the host; Timo approves the contact that was found; the notice arrives by SMTP."""
    timo = case.stage.sign_in(TIMO)
    traced = until("the trace", lambda: _row(timo, "/removal/", "Harbour Hosting"), 60)
    waiting = until("the contact", lambda: _contact(timo), 30)
    before = len(case.stage.world.mailbox.messages)
    timo.open("/removal/").submit(waiting)
    mail = until("the mail", lambda: _mail(case, before), 60)
    path = case.folder / "notice.eml"
    path.write_bytes(bytes(mail))
    body = mail.get_content() if not mail.is_multipart() else ""
    case.lines.tell(
        7,
        case.address in body,
        trace=traced,
        mail_before_approval=before,
        message_id=str(mail["Message-ID"]),
        to=str(mail["To"]),
        language=str(mail["Content-Language"]),
        mail=path.name,
    )


def block(case: Case) -> None:
    """Mira proposes the shared host and is refused; the dedicated domain is approved by Timo and released."""
    mira = case.stage.sign_in(MIRA)
    refused = _propose(mira, SHARED)
    reason = " ".join(mira.find("//main//*[@role='alert']").split())
    _propose(mira, DEDICATED)
    listing = mira.find("//h1//*[contains(@class,'ref')]")
    path = mira.url
    timo = case.stage.sign_in(TIMO)
    timo.open(path).submit("//form[contains(@action,'/approve')]")
    release = until("the release", lambda: _release(timo), 60)
    folder = case.stage.data / "releases" / "latest"
    _verify(folder)
    asked = _resolve(case, folder)
    ok = refused and asked.get(DEDICATED, "NXDOMAIN") == "NXDOMAIN" and asked.get(INNOCENT, "NOERROR") == "NOERROR"
    case.lines.tell(
        8,
        ok,
        shared_host_refused=reason,
        listing=listing,
        release=release,
        signature="openssl: Signature Verified Successfully",
        resolver=asked or "BIND is not installed: the zone was not loaded",
    )


def _propose(visitor: Visitor, domain: str) -> bool:
    """Answers whether the proposal was turned down."""
    visitor.open("/blocking/propose/")
    visitor.submit(
        "//main//form[.//input[@name='domain']]",
        {
            "domain": domain,
            "grounds": GROUNDS,
            "legal_basis": "XA-PC-184",
            "days": "90",
            "wholly_dedicated": "on",
            "evidence": EVIDENCE,
        },
    )
    return bool(visitor.all("//main//*[@role='alert']"))


def _release(visitor: Visitor) -> dict[str, str] | None:
    cells = visitor.open("/blocking/releases/").all("//tbody/tr[1]/*")
    return dict(zip(("release", "serial", "domains", "when", "sha256"), cells, strict=False)) or None


def _verify(folder: Path) -> None:
    """With openssl, as the operator of a resolver would."""
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "public.pem", "-rawin"]
    files = ["-in", "zone.rpz", "-sigfile", "zone.rpz.sig"]
    subprocess.run([*command, *files], cwd=folder, check=True, capture_output=True)  # noqa: S603  # openssl


def _resolve(case: Case, folder: Path) -> dict[str, str]:
    """What a real BIND that loads the zone answers; empty where BIND is not installed."""
    if not is_installed():
        return {}
    zone = (folder / "zone.rpz").read_bytes()
    origin = zone.split(b"\n", 1)[0].split()[1].decode().rstrip(".")
    with ExitStack() as stack:
        place = Path(mkdtemp(prefix="tutela-bind-"))
        resolver = stack.enter_context(Bind(place, zone, origin, case.stage.world.dns.port))
        names = (DEDICATED, f"www.{DEDICATED}", INNOCENT, SHARED)
        return {name: resolver.query(name).rcode for name in names}


def _row(visitor: Visitor, path: str, wanted: str) -> str | None:
    cells = visitor.open(path).all(f"(//table//tr[contains(., '{wanted}')])[1]/*")
    return " · ".join(" ".join(cell.split()) for cell in cells) or None


def _contact(visitor: Visitor) -> str | None:
    """The form that approves the contact that waits."""
    form = "//form[contains(@action,'/approve')]"
    return form if visitor.open("/removal/").page.xpath(form) else None


def _mail(case: Case, before: int) -> EmailMessage | None:
    messages = case.stage.world.mailbox.messages
    return messages[before] if len(messages) > before else None
