"""A node in production behind a real nginx with the example configuration: what people and programs outside meet.

The proxy's whole folder is watched: what it writes of a visitor, even for a moment, is seen.
"""

import ssl
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from journeys.house import until
from journeys.proxied import SECONDS, behind, raw, stopped
from journeys.test_filing_large import REPORT

from tests.simulators.proxy import find_nginx, host_of
from tests.simulators.watching import Watched
from tutela_node.desks.cli.exampleland.people import PROVIDER

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_nginx() is None, reason="nginx is not installed; on Debian: apt-get install nginx-light"),
]
TIMO = "timo@hotline.exampleland.example"
MIRA = "mira@hotline.exampleland.example"
WORDS = "a test message that lies nowhere in the clear"
HERE, THERE = "127.0.0.77", "127.0.0.78"
FORM = "//form[@id='q']"
SIGN_IN = "//form[.//input[@type='password']]"
OLD = [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1]


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """Whatever these tests do, the proxy writes nothing of it: no log, no body, no address."""
    with behind(tmp_path_factory.mktemp("proxied")) as running, Watched(running.proxy.folder) as seen:
        yield running
        assert not seen.touched()


def written(folder, text):
    """The files below a folder that hold a text."""
    return [path for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


def test_a_report_goes_through_and_nothing_is_kept_of_its_visitor(house):
    with house.visitor(source=HERE) as visitor:
        visitor.open("/en/go")
        visitor.submit(FORM, {"address": "https://host.example/item/1"})
        for _ in range(2):
            name = visitor.find(f"{FORM}//input[@type='radio']/@name")
            visitor.submit(FORM, {name: visitor.find(f"{FORM}//input[@type='radio']/@value")})
        visitor.submit(FORM, {"words": WORDS})
        code = " ".join(visitor.all("//*[contains(@class,'code')]/span"))
        visitor.come_back(code)
    assert "received" in visitor.text().lower()
    assert visitor.cookies() == []
    assert not written(house.data.parent, WORDS)
    assert not written(house.data.parent, HERE)


def test_a_body_of_a_page_stays_in_memory_up_to_the_largest(house):
    most = 1024 * 1024
    with house.client("public") as client:
        form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": house.proxy.url("public")}
        fits = client.post("/en/go", content=b"words=" + b"a" * (most - 6), headers=form)
        too_large = client.post("/en/go", content=b"words=" + b"a" * most, headers=form)
        in_pieces = client.post("/en/go", content=iter([b"words=", *[b"a"] * 2000]), headers=form)
    assert (fits.status_code, too_large.status_code, in_pieces.status_code) == (200, 413, 411)
    assert "write it shorter" in too_large.text


def test_staff_sign_in_over_tls_and_their_cookies_stay_there(house):
    with house.visitor("workbench") as visitor:
        visitor.open("/sign-in/login/")
        visitor.submit(SIGN_IN, {"login": MIRA, "password": house.secrets.passwords[MIRA]})
        assert not visitor.page.xpath("//input[@name='password']")
        kept = {each.name: each.secure for each in visitor.jar()}
    assert kept == {"desk": True, "desk_csrf": True, "desk_language": True}
    plain = f"http://{host_of('workbench')}:{house.proxy.plain}"
    with house.client("workbench") as client:
        there = client.get(f"{plain}/sign-in/login/")
        posted = client.post(f"{plain}/sign-in/login/", data={"login": MIRA})
    assert (there.status_code, posted.status_code) == (302, 400)
    assert there.headers["Location"] == f"{house.proxy.url('workbench')}/sign-in/login/"
    assert "Set-Cookie" not in {**there.headers, **posted.headers}


def test_who_guesses_passwords_slows_down_nobody_else(house):
    """Also when every guess claims to come from somewhere else."""
    with house.visitor("workbench", source=THERE) as guesser:
        for turn in range(12):
            guesser.claims(f"203.0.113.{turn}")
            guesser.open("/sign-in/login/")
            guesser.submit(SIGN_IN, {"login": f"nobody{turn}@hotline.example", "password": "not the one"})
        assert "Too many failed" in guesser.text()
    with house.visitor("workbench", source=HERE) as visitor:
        visitor.open("/sign-in/login/")
        visitor.submit(SIGN_IN, {"login": MIRA, "password": house.secrets.passwords[MIRA]})
        assert not visitor.page.xpath("//input[@name='password']")


def test_a_provider_files_a_report_with_a_file(house):
    with house.provider() as provider:
        opened = provider.post("/ispws/submit", content=REPORT)
        number = said(opened.text, "reportId")
        waits = {"Expect": "100-continue"}
        sent = provider.post("/ispws/upload", data={"id": number}, files={"file": ("a.bin", b"12345")}, headers=waits)
        done = provider.post("/ispws/finish", data={"id": number})
    assert said(sent.text, "hash") == "827ccb0eea8a706c4c34a16891f84e7b"
    assert f"<fileId>{said(sent.text, 'fileId')}</fileId>" in done.text


def test_every_form_of_a_report_is_taken(house):
    with house.machine() as machine:
        words = {"report": (None, '{"urls": ["https://host.example/item/2"], "reference": "P-1"}')}
        form = machine.post("/api/v1/reports", files={**words, "file": ("a.bin", b"a test file")})
        plain = machine.post("/api/v1/reports", json={"urls": ["https://host.example/item/3"]})
        table = machine.post(
            "/api/v1/reports/csv", content="url\nhttps://host.example/4\n", headers={"Content-Type": "text/csv"}
        )
        xarf = machine.post("/api/v1/reports/xarf", json={"xarf_version": "4.0.0"})
        until("four reports", SECONDS, lambda: len(machine.get("/api/v1/reports").json()["reports"]) >= 4)
    assert [each.status_code for each in (form, plain, table, xarf)] == [201, 201, 201, 202]


@pytest.mark.parametrize("door", ["/ispws/status", "/api/v1/reports"])
def test_credentials_are_refused_without_tls_whatever_a_client_claims(house, door):
    claims = [{}, {"X-Forwarded-Proto": "https"}, {"X-Forwarded-Ssl": "on"}, {"X-Forwarded-Protocol": "ssl"}]
    auth = (PROVIDER, house.secrets.token) if "ispws" in door else None
    token = {} if auth else {"Authorization": f"Bearer {house.secrets.token}"}
    plain = f"http://{host_of('api')}:{house.proxy.plain}{door}"
    direct = f"http://127.0.0.1:{house.proxy.desks['api']}{door}"
    host = {"Host": f"{host_of('api')}:{house.proxy.tls}"}
    with house.client("api", auth=auth, headers=token) as client:
        through = [client.get(plain, headers=claim) for claim in claims]
    beside = [httpx.get(direct, headers={**host, **token, **claim}, auth=auth, trust_env=False) for claim in claims]
    assert {each.status_code for each in through} == {403}
    assert all("HTTPS alone" in each.text for each in (*through, beside[0]))
    assert [each.status_code for each in beside] == [403, 200, 403, 403]  # whoever is on this machine may claim one


def test_over_tls_what_a_client_claims_is_thrown_away(house):
    claims = {
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Ssl": "off",
        "X-Forwarded-Protocol": "http",
        "Forwarded": "p=http",
    }
    spelt = {"X_Forwarded_Proto": "http", "X-Forwarded-Host": "other.example"}
    with house.provider() as provider:
        assert provider.get("/ispws/status", headers={**claims, **spelt}).status_code == 200


def test_a_look_up_goes_through_and_never_without_tls(house):
    question = {"sha256": "0" * 64}
    token = {"Authorization": f"Bearer {house.secrets.token}"}
    with house.client("matcher", headers=token) as client:
        asked = client.post("/v1/match", json=question)
        plain = client.post(f"http://{host_of('matcher')}:{house.proxy.plain}/v1/match", json=question)
    direct = f"http://127.0.0.1:{house.proxy.desks['matcher']}/v1/match"
    beside = httpx.post(direct, json=question, headers=token, trust_env=False)
    assert (asked.status_code, plain.status_code, beside.status_code) == (200, 403, 403)


def test_old_tls_is_refused_and_http_2_is_offered(house):
    context = house.proxy.trust()
    context.set_alpn_protocols(["h2"])
    with context.wrap_socket(raw(house, "public", bare=True), server_hostname=host_of("public")) as line:
        assert line.selected_alpn_protocol() == "h2"
    context = house.proxy.trust()
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="deprecated"):
        context.minimum_version, context.maximum_version = OLD
    with raw(house, "public", bare=True) as line, pytest.raises(ssl.SSLError):
        context.wrap_socket(line, server_hostname=host_of("public"))


def test_a_host_that_is_not_ours_gets_no_certificate_and_no_answer(house):
    with raw(house, "public", bare=True) as line, pytest.raises(ssl.SSLError):
        house.proxy.trust().wrap_socket(line, server_hostname="other.example")
    with raw(house, "public") as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: other.example\r\n\r\n")
        assert line.recv(100) == b""


def test_only_the_public_desk_asks_no_browser_to_remember_it(house):
    paths = {"public": "/en/", "workbench": "/sign-in/login/", "api": "/health", "matcher": "/health"}
    found = {}
    for desk, path in paths.items():
        with house.client(desk) as client:
            found[desk] = client.get(path).headers.get("Strict-Transport-Security", "")
    assert found == {
        "public": "",
        "workbench": "max-age=31536000",
        "api": "max-age=31536000",
        "matcher": "max-age=31536000",
    }


def test_whether_a_desk_is_ready_is_told_inside_alone(house):
    for desk in ("public", "workbench", "api"):
        with house.client(desk) as client:
            assert [client.get(path).status_code for path in ("/ready", "/health")] == [404, 200]


def test_a_list_that_staff_import_passes_through(house):
    rows = b"".join(b"%032x,B1\n" % each for each in range(60_000, 120_000))
    fields = {"name": "Partner table", "format": "csv", "mapping": "md5 = md5\nlabel = classification"}
    with house.visitor("workbench") as timo:
        timo.open("/sign-in/login/")
        timo.submit(SIGN_IN, {"login": TIMO, "password": house.secrets.passwords[TIMO]})
        timo.open("/lists/import/")
        form = "//main//form[.//input[@type='file']]"
        timo.submit(form, fields, files={"file": ("partner.csv", b"md5,label\n" + rows)})
        assert timo.url.startswith(f"{house.proxy.url('workbench')}/lists/import/")
        assert timo.all("//dl[contains(@class,'figures')]//dd")
    assert len(rows) > 2_000_000


def said(text, name):
    return text.partition(f"<{name}>")[2].partition("<")[0]


def waits(house, desk, path, times=20):
    """Seconds that an honest visitor waits for a page, longest last."""
    found = []
    with house.client(desk, source=THERE) as client:
        for _ in range(times):
            began = time.monotonic()
            assert client.get(path).status_code in (200, 401)
            found.append(time.monotonic() - began)
    return sorted(found)


def test_two_hundred_stalled_visitors_hold_nobody_up(house, record_property):
    head = f"POST /en/go HTTP/1.1\r\nHost: {host_of('public')}:{house.proxy.tls}\r\n"
    body = f"{head}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\nwords=a"
    before = waits(house, "public", "/en/")
    lines = [raw(house, "public", source=f"127.0.1.{each % 10 + 1}") for each in range(200)]
    try:
        for turn, line in enumerate(lines):
            line.sendall((head if turn % 2 else body).encode())
        time.sleep(1)
        meanwhile = waits(house, "public", "/en/")
    finally:
        for line in lines:
            line.close()
    record_property("waits", f"{before[-1]:.3f} s before, {meanwhile[-1]:.3f} s meanwhile")
    print(f"longest wait {before[-1]:.3f} s before, {meanwhile[-1]:.3f} s meanwhile")
    assert meanwhile[-1] < 2


@pytest.mark.parametrize("password", ["", "wrong"])
@pytest.mark.parametrize("path", ["/ispws/upload", "/ispws/submit"])
def test_stalled_uploads_leave_threads_for_others(house, path, password):
    """Uploads pass through, so each holds a thread: twelve of sixteen at most."""
    user = httpx.BasicAuth(PROVIDER, password or house.secrets.token)._auth_header
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host_of('api')}:{house.proxy.tls}\r\nAuthorization: {user}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 50000\r\n\r\n--x\r\n"
    )
    lines = [raw(house, "api", source="127.0.2.1") for _ in range(100)]
    try:
        for line in lines:
            line.sendall(head.encode())
        time.sleep(1)
        meanwhile = waits(house, "api", "/ispws/status")
    finally:
        for line in lines:
            line.close()
    print(f"longest wait {meanwhile[-1]:.3f} s beside 100 stalled uploads")
    assert meanwhile[-1] < 2


def test_a_desk_that_stands_still_holds_up_no_other_and_answers_later(house):
    with house.client("public") as client, ThreadPoolExecutor(1) as pool:
        with stopped(house.worker_of("public")):
            asked = pool.submit(client.get, "/en/go")
            meanwhile = waits(house, "api", "/ispws/status")
            assert not asked.done()
        assert asked.result().status_code == 200
    assert meanwhile[-1] < 2


@pytest.mark.parametrize("path", ["/ispws/upload", "/ispws/submit", "/api/v1/reports"])
def test_refused_credentials_are_told_while_the_body_comes(house, path):
    with house.client("api", headers={"Authorization": "Bearer tut_wrong"}) as client:
        told = {client.post(path, content=b"a" * 40_000_000).status_code for _ in range(5)}
    assert told == {401}
