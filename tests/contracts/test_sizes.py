"""Files and functions stay small enough to be read at once (design, section 8)."""

import ast

import pytest
import source

MOST_LINES, MOST_IN_FUNCTION, MOST_PARAMETERS = 400, 60, 5


@pytest.mark.parametrize("path", source.files(), ids=source.name)
def test_a_file_is_not_too_long(path):
    assert len(path.read_text("utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", source.files(), ids=source.name)
def test_a_function_is_not_too_long(path):
    long = [
        f"{each.name}: {size} lines"
        for each in source.functions(path)
        if (size := (each.end_lineno or each.lineno) - each.lineno + 1) > MOST_IN_FUNCTION
    ]
    assert not long


@pytest.mark.parametrize("path", source.files(), ids=source.name)
def test_a_function_takes_few_positional_parameters(path):
    many = [
        each.name for each in source.functions(path) if _positional(each) > MOST_PARAMETERS and not _is_command(each)
    ]
    assert not many


@pytest.mark.parametrize("path", source.files(), ids=source.name)
def test_a_module_says_its_job(path):
    tree = ast.parse(path.read_text("utf-8"))
    assert not tree.body or ast.get_docstring(tree), "a module starts with what it is for"


def _is_command(function):
    """Typer reads a command's options from its parameters."""
    return any("command" in ast.unparse(decorator) for decorator in function.decorator_list)


def _positional(function):
    names = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    return len([name for name in names if name not in ("self", "cls")])
