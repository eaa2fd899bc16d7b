"""Small SVG in presentation attributes only: no style, no script, nothing loaded. Coordinates in an 800 x 600 frame."""

from dataclasses import dataclass

WIDTH = 800
HEIGHT = 600
FLOOR = 508.0

Attribute = str | float


@dataclass(frozen=True, slots=True)
class Look:
    """How one product differs from the next: ``body`` and ``accent`` as "#rrggbb", ``shape`` chooses among forms."""

    body: str
    accent: str
    shape: int = 0

    @property
    def is_dark(self) -> bool:
        return sum(_channels(self.body)) < 330

    @property
    def edge(self) -> str:
        """The body where it turns away from the light."""
        return mix(self.body, "#000000", 0.22)

    @property
    def shine(self) -> str:
        """The body where light falls on it."""
        return mix(self.body, "#ffffff", 0.28 if self.is_dark else 0.6)


@dataclass(frozen=True, slots=True)
class Sketch:
    """A device: gradients it needs, its shapes, its shadow (centre, half width) and where a close-up looks."""

    defs: str
    shapes: str
    shadow: tuple[float, float] = (400, 220)
    focus: tuple[float, float] = (400, 260)
    zoom: float = 1.9
    floor: float = FLOOR


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(colour: str, other: str, share: float) -> str:
    """A colour with a share (0 to 1) of another."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _number(value: Attribute) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".rstrip("0").rstrip(".") or "0"


def tag(name: str, *content: str, **attributes: Attribute) -> str:
    """One element; ``stroke_width`` becomes stroke-width. Opacities keep two digits."""
    parts = "".join(
        f' {key.replace("_", "-")}="{value if isinstance(value, str) or "opacity" not in key else f"{value:.2g}"}"'
        if "opacity" in key or key in {"fill", "id"}
        else f' {key.replace("_", "-")}="{_number(value)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{parts}>{''.join(content)}</{name}>" if content else f"<{name}{parts}/>"


def box(  # noqa: PLR0917 - drawn hundreds of times, in SVG's own order
    x: float, y: float, width: float, height: float, fill: str, r: float = 0, **more: Attribute
) -> str:
    """A rectangle with rounded corners."""
    corner: dict[str, Attribute] = {"rx": r} if r else {}
    return tag("rect", x=x, y=y, width=width, height=height, **corner, fill=fill, **more)


def disc(x: float, y: float, r: float, fill: str, **more: Attribute) -> str:
    return tag("circle", cx=x, cy=y, r=r, fill=fill, **more)


def oval(x: float, y: float, rx: float, ry: float, fill: str, **more: Attribute) -> str:
    return tag("ellipse", cx=x, cy=y, rx=rx, ry=ry, fill=fill, **more)


def shape(d: str, fill: str = "none", **more: Attribute) -> str:
    """A path."""
    return tag("path", d=d, fill=fill, **more)


def stroke(d: str, colour: str, width: float, **more: Attribute) -> str:
    """A line along a path, with round ends."""
    return tag("path", d=d, fill="none", stroke=colour, stroke_width=width, stroke_linecap="round", **more)


def word(x: float, y: float, text: str, size: float, fill: str, **more: Attribute) -> str:
    """Centred text without markup characters."""
    return tag(
        "text",
        text,
        x=x,
        y=y,
        font_family="Arial,sans-serif",
        font_weight="700",
        font_size=size,
        text_anchor="middle",
        fill=fill,
        **more,
    )


def moved(*content: str, by: str, **more: Attribute) -> str:
    """A group under a transformation."""
    return tag("g", *content, transform=by, **more)


def fade(name: str, *colours: str, down: bool = True, slant: bool = False) -> str:
    """A linear gradient named ``name``: downwards, to the right, or both."""
    direction: dict[str, Attribute] = (
        {"x2": "1", "y2": "1"} if slant else {"x2": "0", "y2": "1"} if down else {}
    )
    last = len(colours) - 1
    stops = (
        tag("stop", **({"offset": f"{i / last:.2g}"} if i else {}), stop_color=colour)
        for i, colour in enumerate(colours)
    )
    return tag("linearGradient", *stops, id=name, **direction)


def body_fade(look: Look, *, down: bool = False) -> str:
    """The gradient "m": light from the left, or from above."""
    return fade("m", look.shine, look.body, look.edge, down=down)


def screen_fade(look: Look) -> str:
    """The gradient "s": a wallpaper in the brand's colour."""
    choices = (
        (mix(look.accent, "#1b1440", 0.55), look.accent, mix(look.accent, "#ffd9a0", 0.65)),
        ("#0f2444", mix(look.accent, "#2b7bd6", 0.6), "#9fe3ef"),
        ("#2a1a4f", mix(look.accent, "#b44fc4", 0.55), "#ffb27d"),
        ("#0e3b3a", mix(look.accent, "#19a07f", 0.6), "#e6f2a8"),
    )
    return fade("s", *choices[look.shape % len(choices)], slant=True)
