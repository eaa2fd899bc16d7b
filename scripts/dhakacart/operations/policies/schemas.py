"""Whether Kubernetes would understand the manifests: its own schemas, strictly, for each version that we support.

They come from the package kubernetes-validate, so nothing is asked of the network; the kinds of cert-manager and KEDA
are in custom_resources.yaml.
"""

import importlib.util
import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from referencing import Registry, Resource

from dhakacart.operations.manifests import Object, title_of
from dhakacart.operations.problem import ProblemError
from dhakacart.operations.yaml_documents import load_yaml

# The oldest and the newest that we support; between them fields are only added.
VERSIONS = ("1.35", "1.37")
_CUSTOM = Path(__file__).with_name("custom_resources.yaml")
_DEFINITIONS = "_definitions.json"


def violations(objects: list[Object], *, version: str = VERSIONS[0]) -> list[str]:
    """`Deployment/web: spec.template...: why`. Raises ProblemError without the package of schemas."""
    found = []
    seen = set()
    for one in objects:
        identity = (one.get("apiVersion"), one.get("kind"), _metadata(one).get("namespace"), title_of(one))
        if identity in seen:
            found.append(f"{title_of(one)}: is there twice")
        seen.add(identity)
        validator = _validator(version, str(one.get("apiVersion", "")), str(one.get("kind", "")))
        if validator is None:
            found.append(
                f"{title_of(one)}: Kubernetes {version} knows no {one.get('apiVersion')} {one.get('kind')}"
            )
            continue
        errors = sorted(validator.iter_errors(one), key=lambda error: error.json_path)
        found += [f"{title_of(one)}: {_explain(error)}" for error in errors]
    return found


def _metadata(thing: Object) -> Object:
    metadata: Object = thing.get("metadata") or {}
    return metadata


def _explain(error: ValidationError) -> str:
    where = error.json_path.removeprefix("$.")
    return f"{where}: {error.message[:300]}"


@cache
def _validator(version: str, api: str, kind: str) -> Draft202012Validator | None:
    group, _, number = api.rpartition("/")
    if own := _custom(f"{api} {kind}"):
        return Draft202012Validator(own)
    prefix = f"{group.partition('.')[0]}-" if group else ""
    path = _folder(version) / f"{kind.lower()}-{prefix}{number}.json"
    if not path.is_file():
        return None
    return Draft202012Validator(json.loads(path.read_text()), registry=_registry(version))


@cache
def _folder(version: str) -> Path:
    package = importlib.util.find_spec("kubernetes_validate")
    if package is None or package.origin is None:
        raise ProblemError(
            "there are no schemas of Kubernetes", hint="make install (package kubernetes-validate)"
        )
    return Path(package.origin).parent / "kubernetes-json-schema" / f"v{version}.0-local-strict"


@cache
def _registry(version: str) -> "Registry[Any]":
    """All definitions of a version: 1.5 MB, so they are read once."""
    definitions = Resource.from_contents(json.loads((_folder(version) / _DEFINITIONS).read_text()))
    registry: Registry[Any] = definitions @ Registry()
    return registry


def _custom(name: str) -> Object | None:
    """The schema of a whole object of cert-manager's or KEDA's; None for other kinds."""
    known = _custom_resources()
    if name not in known or name.startswith("$"):
        return None
    api, _, kind = name.partition(" ")
    return {
        "$defs": known["$defs"],
        "type": "object",
        "required": ["apiVersion", "kind", "metadata", "spec"],
        "additionalProperties": False,
        "properties": {
            "apiVersion": {"const": api},
            "kind": {"const": kind},
            "metadata": {"type": "object", "required": ["name"]},
            "spec": known[name],
        },
    }


@cache
def _custom_resources() -> dict[str, Any]:
    known: dict[str, Any] = _closed(load_yaml(_CUSTOM.read_text()))
    return known


def _closed(schema: Any) -> Any:
    """With additionalProperties false for each object that lists its properties."""
    if isinstance(schema, list):
        return [_closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items()}
    if schema.get("type") == "object" and "properties" in schema:
        closed.setdefault("additionalProperties", False)
    return closed
