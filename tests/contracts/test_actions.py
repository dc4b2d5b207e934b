"""Every write asks for a permission first and is written down last."""

import ast

import pytest
import source

# Public functions of an actions.py that need no `require` or `record`, each with its reason.
WITHOUT = {
    ("providers", "note_report"): "repeats what intake recorded when it weighed the report",
    ("providers", "note_outcome"): "repeats the verdict that review recorded",
    ("intake", "drop_mail"): "the mail role holds no keys: the worker records the mail when it opens it",
    ("intake", "drop"): "the public role holds no keys: the worker records the report when it opens it",
    ("intake", "reply"): "the public role holds no keys: the worker records the reply when it opens it",
}
FILES = sorted((source.SRC / "tutela_node").glob("*/*actions.py"))


@pytest.mark.parametrize("path", FILES, ids=source.name)
def test_an_action_requires_and_records(path):
    tree = ast.parse(path.read_text("utf-8"))
    helpers = {node.name: _calls(node) for node in tree.body if isinstance(node, ast.FunctionDef)}
    for function in tree.body:
        if not isinstance(function, ast.FunctionDef) or function.name.startswith("_"):
            continue
        if (path.parent.name, function.name) in WITHOUT:
            continue
        called = _reach(function.name, helpers)
        assert "require" in called, f"{function.name} asks for no permission"
        assert "record" in called, f"{function.name} is not written down"


@pytest.mark.parametrize("path", FILES, ids=source.name)
def test_an_action_takes_its_actor_first_and_the_rest_by_name(path):
    for function in ast.parse(path.read_text("utf-8")).body:
        if isinstance(function, ast.FunctionDef) and not function.name.startswith("_"):
            if (path.parent.name, function.name) in WITHOUT:
                continue
            assert [each.arg for each in function.args.args] == ["actor"], function.name


def _calls(function):
    return {
        node.func.id for node in ast.walk(function) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def _reach(name, helpers):
    seen, waiting = set(), [name]
    while waiting:
        for called in helpers.get(waiting.pop(), set()):
            if called not in seen:
                seen.add(called)
                waiting.append(called)
    return seen
