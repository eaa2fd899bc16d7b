"""What `dhakacart fix` edits: everything that a check complains of and a program can put right."""

from collections.abc import Callable
from dataclasses import dataclass

from dhakacart.operations.check_context import Context
from dhakacart.operations.checks import complaints_of
from dhakacart.operations.generated import OPENAPI_FILE, current_openapi, generate
from dhakacart.operations.node import npm_command
from dhakacart.operations.programs import venv_program


@dataclass(frozen=True)
class Fix:
    """A named edit; `apply` returns what is left to do by hand ("" for nothing)."""

    name: str
    apply: Callable[[Context], str]


def _ruff(*arguments: str) -> Callable[[Context], str]:
    return lambda context: complaints_of([venv_program("ruff"), *arguments], folder=context.root)


def _generate(context: Context) -> str:
    if (context.shop / "manage.py").exists():
        (context.storefront / OPENAPI_FILE).write_text(current_openapi(context))
    if (context.storefront / "node_modules").exists():
        generate(context.storefront, context.node_environment())
    return ""


def _eslint(context: Context) -> str:
    if not (context.storefront / "node_modules").exists():
        return ""
    command = npm_command("run", "--silent", "lint", "--", "--fix")
    return complaints_of(command, folder=context.storefront, environment=context.node_environment())


FIXES = [
    Fix("ruff check --fix", _ruff("check", "--fix", "--quiet", ".")),
    Fix("ruff format", _ruff("format", "--quiet", ".")),
    Fix("OpenAPI and the storefront's types", _generate),
    Fix("eslint --fix", _eslint),
]
