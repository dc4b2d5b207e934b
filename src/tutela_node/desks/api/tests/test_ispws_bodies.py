"""Whatever is sent as a body, the answer is a document, never a fault of ours, and nothing is left behind."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tutela.wire.cybertip.answers import Code
from tutela_node.desks.api.tests.callers import token_for
from tutela_node.desks.api.tests.filing import Filer
from tutela_node.desks.api.tests.test_ispws import in_vault

FORM = "multipart/form-data; boundary=x"
URLENCODED = "application/x-www-form-urlencoded"
FILE = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\npattern\r\n'
ID = b'--x\r\nContent-Disposition: form-data; name="id"\r\n\r\n%d\r\n'
END = b"--x--\r\n"


@pytest.fixture
def filer(quay):
    return Filer("Quay Cloud", token_for(quay))


def send(filer, path, body, kind=FORM):
    return filer.read(filer.post(f"/ispws/{path}", body, content_type=kind))


def test_the_fields_of_an_upload_come_in_any_order(filer):
    number = filer.submit().report
    for body in (FILE + ID % number + END, ID % number + FILE + END):
        assert send(filer, "upload", body).code == 0


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (FILE + END, FORM, Code.INVALID_REQUEST),
        (ID % 100001 + END, FORM, Code.MALFORMED_FILE),
        (FILE + FILE + END, FORM, Code.MALFORMED_FILE),
        (FILE.replace(b"pattern", b"") + END, FORM, Code.MALFORMED_FILE),
        (FILE + ID % 100001, FORM, Code.INVALID_REQUEST),
        (FILE[:90], FORM, Code.INVALID_REQUEST),
        (FILE + ID % 7 + END, FORM, Code.NO_SUCH_REPORT),
        (FILE + ID.replace(b"%d", b"a name") + END, FORM, Code.INVALID_REQUEST),
        (b"", FORM, Code.MALFORMED_FILE),
        (b"\r\n", FORM, Code.INVALID_REQUEST),
        (FILE + END, "multipart/form-data", Code.INVALID_REQUEST),
        (b"id=1", URLENCODED, Code.MALFORMED_FILE),
        (b"pattern", "application/octet-stream", Code.MALFORMED_FILE),
    ],
)
def test_an_upload_that_is_none_leaves_nothing(filer, body, kind, code):
    filer.submit()
    before = in_vault()
    assert send(filer, "upload", body, kind).code == code
    assert in_vault() == before


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", URLENCODED),
        (b"id=", URLENCODED),
        (b"id=a", URLENCODED),
        (b"id=%00", URLENCODED),
        (b"id=" + b"1" * 70_000, URLENCODED),
        (b"a=1&" * 300, URLENCODED),
        (FILE + END, FORM),
        (b"{}", "application/json"),
        ("id=١٠٠".encode(), URLENCODED),
    ],
)
def test_a_form_without_a_number_is_refused(filer, body, kind):
    assert send(filer, "finish", body, kind).code == Code.INVALID_REQUEST
    assert filer.status in (400, 413)


def test_a_document_past_the_bound_is_refused(filer):
    assert send(filer, "submit", b"<report>" + b" " * (9 << 20), "text/xml").code == Code.INVALID_REQUEST
    assert filer.status == 413


@pytest.mark.parametrize("limit", [4, 6])
def test_a_file_that_is_too_large_leaves_nothing(filer, settings, tmp_path, limit):
    from tutela_node.desks.api.tests.test_reports import _fields
    from tutela_node.foundation import profile

    small = tmp_path / "small.toml"
    small.write_text(f'extends = "XA"\n[filing]\nmax_bytes = {limit}\n')
    number, before = filer.submit().report, in_vault()
    profile.current.cache_clear()
    settings.TUTELA = type(settings.TUTELA)(**{**_fields(settings.TUTELA), "profile": str(small)})
    try:
        send(filer, "upload", FILE + ID % number + END)
    finally:
        profile.current.cache_clear()
    assert (filer.status, in_vault()) == (413, before)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    path=st.sampled_from(["submit", "upload", "fileinfo", "finish", "retract"]),
    kind=st.sampled_from([FORM, URLENCODED, "text/xml", "", "multipart/form-data; boundary=", "x" * 300]),
    body=st.lists(
        st.sampled_from([FILE, ID % 100001, END, b"--x", b"\r\n", b"id=1", b"<report>"]) | st.binary(max_size=40)
    ),
)
@pytest.mark.django_db
def test_no_body_breaks_the_server(filer, path, kind, body):
    before = in_vault()
    send(filer, path, b"".join(body), kind)
    assert filer.status in (400, 404, 413)
    assert in_vault() == before
