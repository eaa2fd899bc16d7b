"""Images: ours alone, by digest in staging and production, by a tag that says something elsewhere."""

import re

from dhakacart.operations.manifests import Object, containers, environment_of
from dhakacart.operations.policies.declared import DEVELOPMENT_IMAGES, IMAGES
from dhakacart.operations.release import image_name

_DIGEST = re.compile(r".+@sha256:[0-9a-f]{64}")
_TAG = re.compile(r"[^@]*:(?P<tag>[A-Za-z0-9_][A-Za-z0-9._-]*)")


def violations(objects: list[Object]) -> list[str]:
    """An unknown ENVIRONMENT counts as production."""
    development = environment_of(objects) == "development"
    found = []
    for one in containers(objects):
        image = str(one.spec.get("image", ""))
        name = image_name(image)
        if name not in IMAGES | DEVELOPMENT_IMAGES:
            found.append(f"{one.title}: {image!r} is not built here")
        elif name in DEVELOPMENT_IMAGES and not development:
            found.append(f"{one.title}: {name} is for development only")
        if not development and not _DIGEST.fullmatch(image):
            found.append(f"{one.title}: {image!r} has no digest")
        elif not _DIGEST.fullmatch(image):
            tag = _TAG.fullmatch(image.rpartition("/")[2])
            if tag is None or tag["tag"] == "latest":
                found.append(f"{one.title}: {image!r} has no tag that names a build")
            if one.spec.get("imagePullPolicy") == "Always":
                found.append(f"{one.title}: a local image cannot be pulled, yet imagePullPolicy is Always")
    return found
