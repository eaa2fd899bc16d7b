"""Keeping pictures: content-addressed, and nothing but a drawing."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from xml.etree import ElementTree as ET

from catalog.errors import UnsafePicture
from catalog.models import Picture

MAXIMUM_PICTURE_BYTES = 32 * 1024
MAXIMUM_SIDE = 10_000  # pixels
_SVG = "{http://www.w3.org/2000/svg}"
_ELEMENTS = frozenset(
    {"svg", "g", "defs", "title", "desc", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}
    | {
        "text",
        "tspan",
        "linearGradient",
        "radialGradient",
        "stop",
        "clipPath",
        "mask",
        "use",
        "symbol",
        "pattern",
    }
    | {"filter", "feGaussianBlur", "feOffset", "feMerge", "feMergeNode"}
)
# Presentation attributes are CSS: url(...) in any case, quoted or not; an escape could hide one, so none is taken.
_REFERENCE = re.compile(r"url\s*\(\s*[\"']?(.?)", re.IGNORECASE | re.DOTALL)
_DECLARATION = re.compile(rb"<!(?!--)|<\?(?!xml\s)")


@dataclass(frozen=True)
class Drawing:
    """An SVG and what a screen reader says of it. ``width`` and ``height`` in CSS pixels."""

    content: bytes
    width: int
    height: int
    alt_en: str
    alt_bn: str

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def check_svg(content: bytes) -> None:
    """See that bytes are an SVG that only draws.

    Raises:
        UnsafePicture: malformed, in UTF-16, above ``MAXIMUM_PICTURE_BYTES``, with a declaration (entities), an
            element or an attribute that could run or load something, or inline style.
    """
    # In UTF-16, whose ASCII characters hold NULs, the pattern would not see a declaration.
    if len(content) > MAXIMUM_PICTURE_BYTES or b"\0" in content or _DECLARATION.search(content):
        raise UnsafePicture
    try:
        root = ET.fromstring(content)  # noqa: S314 - no DTD gets here, so no entities; bounded in size
    except (ET.ParseError, ValueError) as error:
        raise UnsafePicture from error
    if root.tag != f"{_SVG}svg":
        raise UnsafePicture
    for element in root.iter():
        if not element.tag.startswith(_SVG) or element.tag.removeprefix(_SVG) not in _ELEMENTS:
            raise UnsafePicture
        for name, value in element.attrib.items():
            local = name.rpartition("}")[2].lower()
            leaves = (local == "href" and not value.startswith("#")) or any(
                first != "#" for first in _REFERENCE.findall(value)
            )
            if local.startswith("on") or local == "style" or leaves or "\\" in value:
                raise UnsafePicture


def view_box(content: bytes) -> tuple[int, int]:
    """Width and height of an SVG's ``viewBox``.

    Raises:
        UnsafePicture: see ``check_svg``; or it has none, or one of no or of monstrous size.
    """
    check_svg(content)
    parts = ET.fromstring(content).get("viewBox", "").replace(",", " ").split()  # noqa: S314 - checked above
    try:
        _, _, width, height = (round(float(part)) for part in parts)
    except (ValueError, OverflowError) as error:
        raise UnsafePicture from error
    if not (0 < width <= MAXIMUM_SIDE and 0 < height <= MAXIMUM_SIDE):
        raise UnsafePicture
    return width, height


def store_drawings(drawings: Iterable[Drawing]) -> None:
    """Keep the drawings that are not kept yet; one query.

    Raises:
        UnsafePicture: see ``check_svg``.
    """
    by_digest = {drawing.digest: drawing for drawing in drawings}
    for drawing in by_digest.values():
        check_svg(drawing.content)
    Picture.objects.bulk_create(
        (
            Picture(digest=digest, content=drawing.content, width=drawing.width, height=drawing.height)
            for digest, drawing in by_digest.items()
        ),
        ignore_conflicts=True,
    )
