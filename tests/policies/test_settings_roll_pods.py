"""A change of a setting rolls the pods that read it: another ConfigMap, by another name, in their templates."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dhakacart.operations.kustomize import copy_of_manifests, kustomize, overlays, parse
from dhakacart.operations.manifests import Object, kind_is, name_jobs, workloads
from dhakacart.operations.paths import Checkout
from dhakacart.operations.policies.declared import IMAGES
from dhakacart.operations.release import RELEASED, made_up_release, write_release

ROOT = Checkout.here().root
# edge takes the public address from it.
READERS = {"shop": {"web", "worker", "beat", "migrate", "edge"}, "edge": {"edge"}}
# Of development alone.
ALSO_IN_LOCAL = {"shop": {"seed", "simulator"}, "edge": set()}


def rendered_with(overlay: str, change: Callable[[Path], object]) -> list[Object]:
    """The overlay as it is after a change in its folder."""
    with copy_of_manifests(ROOT) as copy:
        folder = copy / "k8s" / "overlays" / overlay
        if overlay in RELEASED:
            write_release(copy, overlay, made_up_release(sorted(IMAGES)))
        change(folder)
        return name_jobs(parse(kustomize(folder, root=copy)))


def config_map(objects: list[Object], name: str) -> str:
    """Its name with the hash."""
    names = [one["metadata"]["name"] for one in kind_is(objects, "ConfigMap")]
    [found] = [one for one in names if one.rpartition("-")[0] == name]
    return found


def templates(objects: list[Object]) -> dict[str, str]:
    """Service -> its pods' template as text."""
    return {one.service: json.dumps(one.template, sort_keys=True) for one in workloads(objects)}


def set_one_value(path: Path, name: str) -> None:
    """Another value of one variable, which has to be there."""
    lines = path.read_text().splitlines()
    [line] = [one for one in lines if one.startswith(f"{name}=")]
    lines[lines.index(line)] = f"{line}0"
    path.write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize(("config", "variable"), [("shop", "LOG_LEVEL"), ("edge", "")])
@pytest.mark.parametrize("overlay", overlays(ROOT))
def test_one_value_rolls_those_who_read_it(overlay: str, config: str, variable: str) -> None:
    """Another name, which every reader's pods have instead of the old one; nobody else's pods change."""

    def change(folder: Path) -> None:
        path = folder / f"{config}.env"
        first = next(line for line in path.read_text().splitlines() if line and not line.startswith("#"))
        set_one_value(path, variable or first.partition("=")[0])

    before, after = rendered_with(overlay, lambda _: None), rendered_with(overlay, change)
    old, new = config_map(before, config), config_map(after, config)
    assert old != new
    assert old not in json.dumps(after)

    were, are = templates(before), templates(after)
    readers = READERS[config] | (ALSO_IN_LOCAL[config] if overlay == "local" else set())
    assert {service for service in are if are[service] != were[service]} == readers
    assert all(are[service] == were[service].replace(old, new) for service in readers)


def test_a_job_that_reads_it_is_another_job() -> None:
    """It cannot be changed, so that migrate runs anew with the new settings."""

    def jobs(objects: list[Object]) -> set[str]:
        return {one["metadata"]["name"] for one in kind_is(objects, "Job")}

    before = jobs(rendered_with("staging", lambda _: None))
    after = jobs(rendered_with("staging", lambda folder: set_one_value(folder / "shop.env", "LOG_LEVEL")))

    assert before
    assert not before & after


@pytest.mark.parametrize("overlay", overlays(ROOT))
def test_the_same_values_roll_nobody(overlay: str) -> None:
    """The pair: what only adds a comment gives the same names and the same pods."""

    def comment(folder: Path) -> None:
        path = folder / "shop.env"
        path.write_text("# A comment.\n" + path.read_text())

    assert rendered_with(overlay, comment) == rendered_with(overlay, lambda _: None)
