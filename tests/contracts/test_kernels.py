"""A compiled loop calls none of another file.

What is kept of it on disk is renewed when its own file changes, and not when one does from which it takes another: it
would go on with the old one.
"""

import ast

import source


def _compiled(tree: ast.Module) -> list[ast.FunctionDef]:
    return [each for each in tree.body if isinstance(each, ast.FunctionDef) and _is_compiled(each)]


def _is_compiled(function: ast.FunctionDef) -> bool:
    return any(isinstance(each, ast.Name) and each.id == "compiled" for each in function.decorator_list)


def _imported(tree: ast.Module) -> set[str]:
    kinds = (ast.Import, ast.ImportFrom)
    return {name.asname or name.name for each in ast.walk(tree) if isinstance(each, kinds) for name in each.names}


def _called(function: ast.FunctionDef, imported: set[str]) -> set[str]:
    """What it calls of other files: `cells` of `cells(…)`, where that is imported, and of `kernels.cells(…)`."""
    found = set()
    for each in ast.walk(function):
        match each:
            case ast.Call(func=ast.Name(id=name)) if name in imported:
                found.add(name)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=module), attr=name)) if module in imported:
                found.add(name)
    return found


def test_loops_that_call_each_other_are_in_one_file():
    trees = {path: ast.parse(path.read_text("utf-8")) for path in source.files()}
    loops = {each.name for tree in trees.values() for each in _compiled(tree)}
    assert len(loops) > 20
    abroad = [
        f"{source.name(path)}: {each.name} calls {name}"
        for path, tree in trees.items()
        for each in _compiled(tree)
        for name in _called(each, _imported(tree)) & loops
    ]
    assert not abroad
