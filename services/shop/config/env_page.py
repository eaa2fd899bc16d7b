"""The environment contract as a page of the documentation: what ``python -m config.env`` prints."""

from enum import EnumType
from typing import Any, get_args

from pydantic.fields import FieldInfo

from config.env import SECRET_NAMES, Env

KINDS = {
    "str": "text",
    "int": "whole number",
    "bool": "true or false",
    "Path": "path",
    "list": "list",
    "AnyHttpUrl": "http(s) address",
    "RedisDsn": "redis(s) address",
}


def _kind(name: str, field: FieldInfo) -> str:
    if name in SECRET_NAMES:
        return "text"
    annotation: Any = field.annotation
    choices = list(annotation) if isinstance(annotation, EnumType) else get_args(annotation)
    if choices and all(isinstance(choice, str) for choice in choices):
        return ", ".join(map(str, choices))
    if type(None) in choices:
        annotation = choices[0]
    limits = [
        str(limit) for kind in ("ge", "le") for m in field.metadata if (limit := getattr(m, kind, None))
    ]
    return f"{KINDS[annotation.__name__]}{', ' * bool(limits)}{' to '.join(limits)}"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    default: Any = field.default
    return (
        f"`{str(default).lower() if isinstance(default, bool) else default}`"
        if default or default is False
        else "none"
    )


def page() -> str:
    """The contract as a page of Markdown."""
    rows = [
        "# The environment contract",
        "Made by `python -m config.env > ../../docs/reference/environment.md` in `services/shop`; do not edit. A test holds it current.",
        "",
        "An empty variable counts as one that is not set. A secret is a file of that name in `SECRETS_DIR`, and refused as a",
        "variable. A missing or malformed value stops the process with exit status 78 and one line that names it.",
        "",
        "| name | given as | type | default | what it is for |",
        "|---|---|---|---|---|",
    ]
    for name, field in Env.model_fields.items():
        shown, given = (name, "secret file") if name in SECRET_NAMES else (name.upper(), "variable")
        rows.append(
            f"| `{shown}` | {given} | {_kind(name, field)} | {_default(field)} | {field.description} |"
        )
    return "\n".join(rows)
