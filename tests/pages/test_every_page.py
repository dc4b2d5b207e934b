"""Every page of every desk, as many people would meet it: nothing that a machine can find is wrong with it.

Each page is looked at twice, in English and in Arabic, once light and once dark, once wide and once narrow; the pairs
change from page to page. The public start and the queue are looked at in all four languages.
"""

import pytest
from pages.looking import Way
from pages.walks import ADDRESS, WRONG_CODE, api, chosen, desk, entered, opened, public, second_step, sent, typed
from pages.walks import with_code as status
from pages.walks import with_question as asked
from pages.walks import with_reply as replied

pytestmark = pytest.mark.system
PAIRS = (
    (Way(), Way(language="ar", scheme="dark", width=390)),
    (Way(scheme="dark", width=390), Way(language="ar")),
    (Way(width=390), Way(language="ar", scheme="dark")),
    (Way(scheme="dark"), Way(language="ar", width=390)),
)
FOUR = tuple(Way(language=language, width=390) for language in ("en", "fr", "es", "ar"))
FIRST = (typed("address", ADDRESS),)
PUBLIC = {
    "start": public(""),
    "start 13-17": public("?voice=13-17"),
    "start 8-12": public("?voice=8-12"),
    "address": public("go"),
    "address 8-12": public("go?voice=8-12"),
    "wrong address": public("go", typed("address", "https://two words.example")),
    "thing": public("go", *FIRST),
    "place": public("go", *FIRST, chosen),
    "words": public("go", *FIRST, chosen, chosen),
    "receipt": public("go", *FIRST, chosen, chosen, sent),
    "happening": public("go?way=own"),
    "happening 13-17": public("go?way=someone&voice=13-17"),
    "who reads it": public("go?way=own", chosen),
    "who reads it 8-12": public("go?way=own&voice=8-12", chosen),
    "receipt 8-12": public("go?voice=8-12&way=own", chosen, sent, chosen, typed("words", "since May")),
    "code": public("back"),
    "unknown code": public("back", typed("code", WRONG_CODE)),
    "status": status,
    "status, asked": asked,
    "status, replied": replied,
    "someone's place": public("go?way=someone", chosen, sent),
    "me": public("me"),
    "me 8-12": public("me?voice=8-12"),
    "own": public("own"),
    "someone": public("someone?voice=13-17"),
    "talk": public("talk"),
    "now": public("now"),
    "now 8-12": public("now?voice=8-12"),
    "privacy": public("privacy"),
    "accessibility": public("accessibility"),
    "law": public("law"),
    "nowhere": public("nowhere"),
}
PROVIDER = {
    "notice": api("notice_sent"),
    "notice, wrong": api("notice_sent", "", sent),
    "notice, answered": api("notice_answered"),
    "notice, correcting": api("notice_answered", "&change=1"),
    "notice, held": api("notice_held_known"),
    "notice, unknown": api(f"/notice/{'0' * 32}"),
}
DOOR = {
    "sign in": desk("/sign-in/login/"),
    "sign in, wrong": desk("/sign-in/login/", entered(login="mira@hotline.example", password="another sentence")),
    "second step": second_step,
}
OLGA = {
    "how you sign in": desk("/sign-in/mfa/"),
    "password": desk("/sign-in/password/change/"),
    "keys": desk("/sign-in/mfa/webauthn/"),
    "app off": desk("/sign-in/mfa/totp/deactivate/"),
    "codes": desk("/sign-in/mfa/recovery-codes/"),
    "new codes": desk("/sign-in/mfa/recovery-codes/generate/"),
    "sign out": desk("/sign-in/logout/"),
}
MIRA = {
    "app on": desk("/sign-in/mfa/totp/activate/"),
    "queue": desk("/"),
    "queue, filtered": desk("/?q=harbour"),
    "queue, nothing fits": desk("/?q=nothing+like+it"),
    "item": desk("/item/{open}/"),
    "item, exact": desk("/item/{exact}/"),
    "item, mirrored": desk("/item/{mirrored}/"),
    "item, heard": desk("/item/{heard}/"),
    "item, seen and heard": desk("/item/{both}/"),
    "item, late": desk("/item/{late}/"),
    "item, claimed by a colleague": desk("/item/{claimed}/"),
    "item, second person": desk("/item/{second}/"),
    "item, decided": desk("/item/{decided}/"),
    "item, words": desk("/item/{words}/"),
    "item, words of a case": desk("/item/{words_case}/"),
    "item, archive": desk("/item/{archive}/"),
    "item, inside of an archive": desk("/item/{member}/"),
    "item, view open": desk("/item/{look}/", opened),
    "search": desk("/search/"),
    "search, found": desk("/search/", entered(text="img4.harbour.example")),
    "search, wrong": desk("/search/", entered(text=" ")),
    "triage": desk("/triage/"),
    "triage, narrowed": desk("/triage/?concern=extortion&days=7"),
    "triage, nothing fits": desk("/triage/?concern=trafficking"),
    "triage, closed": desk("/triage/?over=1"),
    "report": desk("/triage/report/{triage}"),
    "report, not read": desk("/triage/report/{triage_problem}"),
    "sort a case": desk("/triage/case/{triage_case}/sort"),
    "sort a case, wrong": desk("/triage/case/{triage_case}/sort", entered(why="a school's address")),
    "find a report": desk("/triage/search"),
    "find a report, found": desk("/triage/search", entered(text="kite27@mail.example")),
    "find a report, wrong": desk("/triage/search", entered(text=" ")),
    "providers": desk("/providers/"),
    "provider": desk("/providers/{provider}"),
    "lists": desk("/lists/"),
    "import result": desk("/lists/import/{import}/"),
    "imports": desk("/lists/imports/"),
    "import, running": desk("/lists/import/{importing}/?still=1"),
    "list": desk("/lists/list/{list}/"),
    "list of own pictures": desk("/lists/list/{own}/"),
    "entry of own pictures": desk("/lists/entry/{own_entry}/"),
    "quarantine": desk("/lists/quarantine/{flood}/"),
    "find an entry": desk("/lists/entries/"),
    "entry": desk("/lists/entry/{listed}/"),
    "entry of an exchange": desk("/lists/entry/{exchanged}/"),
    "subscriptions": desk("/lists/subscriptions/"),
    "subscription": desk("/lists/subscription/{subscription}/"),
    "copies": desk("/lists/copies/"),
    "copy": desk("/lists/copy/{copy_built}/"),
    "blocking": desk("/blocking/"),
    "blocking, proposed": desk("/blocking/listing/{listing_proposed}/"),
    "blocking, refused": desk("/blocking/listing/{listing_refused}/"),
    "propose": desk("/blocking/propose/"),
    "releases": desk("/blocking/releases/"),
    "evidence": desk("/evidence/"),
    "exhibits": desk("/evidence/exhibits/"),
    "log": desk("/evidence/custody/"),
    "package": desk("/evidence/package/{package_proposed}/"),
    "referred": desk("/reports/"),
    "referred, one": desk("/reports/referral/{referred}/"),
    "ask a reporter": desk("/reports/report/{referred}/ask"),
    "ask a reporter, wrong": desk("/reports/report/{referred}/ask", entered(text=" ")),
    "a report that was asked": desk("/triage/report/{referred}"),
    "in quarantine": desk("/reports/quarantine/"),
    "begun and finished": desk("/reports/figures/"),
    "write down": desk("/reports/enter/"),
    "write one down": desk("/reports/enter/{entry}/"),
    "write one down, wrong": desk("/reports/enter/{entry}/", entered(address="two words.example")),
    "removal": desk("/removal/"),
    "removal of an address": desk("/removal/address/{sighting}/"),
    "removal, contact waits": desk("/removal/address/{sighting_waiting}/"),
    "nothing here": desk("/item/00000000-0000-0000-0000-000000000007/"),
    "not for this role": desk("/lists/import/"),
}
NOOR = {
    "import": desk("/lists/import/"),
    "withdraw an entry": desk("/lists/withdraw/"),
    "quarantine, to decide": desk("/lists/quarantine/{flood}/"),
    "change a list": desk("/lists/list/{list}/"),
    "change a list, wrong": desk("/lists/list/{list}/", entered(reason="short")),
    "find an entry, wrong": desk("/lists/entries/", entered(value="not a fingerprint")),
    "see a fingerprint": desk("/lists/entry/{listed}/reveal/"),
    "which exchange": desk("/lists/subscriptions/new/"),
    "subscribe": desk("/lists/subscriptions/new/ncmec/"),
    "subscription, failing": desk("/lists/subscription/{subscription_failing}/"),
    "copies, to propose": desk("/lists/copies/"),
    "propose a copy": desk("/lists/list/{national}/copy/"),
    "propose a copy of own pictures": desk("/lists/list/{own}/copy/"),
    "propose a copy, wrong": desk("/lists/list/{national}/copy/", entered(reason="short")),
    "decide on a copy": desk("/lists/copy/{copy_proposed}/"),
    "withdraw, wrong": desk("/lists/withdraw/", entered(number="E-4711", reason="a test card of a broadcaster")),
    "decide": desk("/blocking/listing/{listing_proposed}/"),
    "withdraw a listing": desk("/blocking/listing/{listing_approved}/"),
    "propose a package": desk("/evidence/propose/"),
    "decide on a package": desk("/evidence/package/{package_proposed}/"),
    "package is ready": desk("/evidence/package/{package_built}/"),
    "contact to approve": desk("/removal/address/{sighting_waiting}/"),
    "correct a trace": desk("/removal/address/{sighting}/correct/"),
}
PAVEL = {
    "police, triage": desk("/triage/"),
    "police, report": desk("/triage/report/{triage}"),
    "police, evidence": desk("/evidence/"),
    "police, removal": desk("/removal/"),
    "police, referred": desk("/reports/"),
    "police, to take": desk("/reports/referral/{referred}/"),
    "police, to answer": desk("/reports/referral/{taken}/"),
    "police, answered": desk("/reports/referral/{answered}/"),
    "hold": desk("/removal/hold/"),
    "hold, wrong": desk("/removal/hold/", entered(reason="An operation runs, number 2026-411.")),
}
CAST = {"olga": OLGA, "mira": MIRA, "noor": NOOR, "pavel": PAVEL}


def cases(pages, name=""):
    """Each page with its two ways; the pairs go round."""
    for number, (title, walk) in enumerate(pages.items()):
        for way in PAIRS[number % len(PAIRS)]:
            yield title, walk, way, name


def grouped():
    """Those who look the same way follow each other: they share a window."""
    found = [*cases({**PUBLIC, **PROVIDER, **DOOR}), *(each for name in CAST for each in cases(CAST[name], name))]
    for way in FOUR:
        found += [("start", PUBLIC["start"], way, ""), ("queue", MIRA["queue"], way, "mira")]
    unique = {(title, way, name): (title, walk, way, name) for title, walk, way, name in found}
    for title, walk, way, name in sorted(unique.values(), key=lambda each: (each[3], str(each[2]))):
        yield pytest.param(walk, way, name, id=f"{title}-{way}")


@pytest.mark.parametrize(("walk", "way", "name"), list(grouped()))
def test_nothing_is_wrong_with_a_page(same_window, node, walk, way, name):
    seen = same_window(way, name)
    walk(seen.page, node, way.language)
    assert not seen.problems()
