"""Copies of manifests, and how tests reach into them."""

import copy
from collections.abc import Callable
from pathlib import Path

import yaml

from dhakacart.operations.manifests import Object

SOUND = yaml.safe_load((Path(__file__).parent / "sound.yaml").read_text())


class Manifests:
    """A copy of rendered objects that a test may break."""

    def __init__(self, objects: list[Object]) -> None:
        # One by one: YAML's anchors would make a change of one show in others.
        self.objects: list[Object] = [copy.deepcopy(one) for one in objects]

    def __getitem__(self, title: str) -> Object:
        """`Deployment/web`."""
        kind, _, name = title.partition("/")
        [found] = [one for one in self.objects if one["kind"] == kind and one["metadata"]["name"] == name]
        return found

    def spec(self, title: str) -> Object:
        return self[title]["spec"]

    def pod(self, title: str) -> Object:
        return self.spec(title)["template"]["spec"]

    def container(self, title: str) -> Object:
        return self.pod(title)["containers"][0]

    def remove(self, title: str) -> None:
        self.objects.remove(self[title])

    def copy_of(self, title: str, name: str) -> Object:
        """Another object like this one, under another name."""
        another = copy.deepcopy(self[title])
        another["metadata"]["name"] = name
        self.objects.append(another)
        return another


def sound() -> Manifests:
    return Manifests(SOUND)


def assert_only(
    policy: Callable[[list[Object]], list[str]], change: Callable[[Manifests], object], complaint: str
) -> None:
    """`policy` says nothing of the sound shop, and after `change` exactly this (part of a line)."""
    manifests = sound()
    assert policy(manifests.objects) == []

    change(manifests)

    [line] = policy(manifests.objects)
    assert complaint in line
