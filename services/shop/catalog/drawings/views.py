"""Three views of a sketch: as it stands, from near, and in its carton."""

from catalog.drawings.svg import FLOOR, HEIGHT, WIDTH, Look, Sketch, box, mix, moved, oval, shape, tag, word

_GROUNDS = ("#e9eef7", "#f1ece6", "#e8f1ee", "#f0eaf3", "#eef0f2", "#e6f0f6")


def _frame(defs: str, shapes: str, *, ground: str) -> bytes:
    backdrop = tag(
        "radialGradient",
        tag("stop", stop_color="#ffffff"),
        tag("stop", offset="1", stop_color=ground),
        id="b",
        cy=".42",
        r=".75",
    )
    return tag(
        "svg",
        tag("defs", backdrop, defs),
        tag("path", fill="url(#b)", d=f"M0 0h{WIDTH}v{HEIGHT}H0z"),
        shapes,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
    ).encode()


def _ground(look: Look) -> str:
    return mix(_GROUNDS[look.shape % len(_GROUNDS)], look.accent, 0.07)


def _shadow(centre: float, half: float, floor: float = FLOOR) -> str:
    return oval(centre, floor, half * 1.06, 20, "#1c2434", opacity=0.07) + oval(
        centre, floor, half * 0.94, 10, "#1c2434", opacity=0.16
    )


def front(sketch: Sketch, look: Look) -> bytes:
    """The device on a soft ground."""
    return _frame(sketch.defs, _shadow(*sketch.shadow, sketch.floor) + sketch.shapes, ground=_ground(look))


def closeup(sketch: Sketch, look: Look) -> bytes:
    """The device from near, around its focus."""
    x, y = sketch.focus
    by = f"translate(400 300) scale({sketch.zoom:g}) rotate(-4) translate({-x:g} {-y:g})"
    return _frame(sketch.defs, moved(sketch.shapes, by=by), ground=mix(_ground(look), look.accent, 0.12))


def carton(sketch: Sketch, look: Look, *, brand: str) -> bytes:
    """The box that it comes in, the device printed on it. ``brand`` must hold no markup characters."""
    board = "#f6f3ee" if look.shape % 2 else mix(look.accent, "#ffffff", 0.86)
    band = mix(look.accent, "#000000", 0.08)
    shapes = (
        _shadow(400, 262)
        + shape("M152 172 204 128H648L596 172z", mix(board, "#ffffff", 0.6))
        + shape("M596 172 648 128V470L596 512z", mix(board, "#3a3226", 0.2))
        + box(152, 172, 444, 340, board)
        + shape("M596 424 648 384V470L596 512z", mix(band, "#000000", 0.25))
        + box(152, 424, 444, 88, band)
        + shape("M330 172 382 128H412L360 172V206H330z", "#cdb892", opacity=0.7)
        + moved(sketch.shapes, by="translate(374 300) scale(.44) translate(-400 -300)")
        + word(374, 482, brand, 44 if len(brand) < 9 else 34, "#ffffff", letter_spacing="2")
    )
    return _frame(sketch.defs, shapes, ground=_ground(look))
