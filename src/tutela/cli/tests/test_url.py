"""`tutela url` as a person and as a program uses it."""

import json

from typer.testing import CliRunner

from tutela.cli.url import app

RUN = CliRunner()


def test_canonical_form_on_one_line() -> None:
    answer = RUN.invoke(app, ["canonical", "HTTP://Site.example:80/a/../b#c"])
    assert (answer.exit_code, answer.stdout) == (0, "http://site.example/b\n")


def test_canonical_form_with_its_parts() -> None:
    answer = RUN.invoke(app, ["canonical", "https://a.site.example/x?y", "--json"])
    found = json.loads(answer.stdout)
    assert (found["registrable_domain"], found["query"], found["port"]) == ("site.example", "y", None)


def test_expressions_one_a_line() -> None:
    answer = RUN.invoke(app, ["expressions", "http://a.site.example/x"])
    assert answer.stdout.split() == ["a.site.example/x", "a.site.example/", "site.example/x", "site.example/"]


def test_expressions_for_a_program() -> None:
    answer = RUN.invoke(app, ["expressions", "http://site.example/", "--json"])
    assert json.loads(answer.stdout)["expressions"] == ["site.example/"]


def test_a_bad_line_is_named_and_stops_nothing() -> None:
    answer = RUN.invoke(app, ["canonical", "-"], input=b"a.example\nhttp://\n\nb.example\n")
    assert answer.exit_code == 3
    assert answer.stdout == "http://a.example/\nhttp://b.example/\n"
    assert answer.stderr.startswith("line 2: ")


def test_an_address_that_cannot_be_read() -> None:
    answer = RUN.invoke(app, ["canonical", "javascript:void(0)"])
    assert answer.exit_code == 3
    assert "void" not in answer.stderr
