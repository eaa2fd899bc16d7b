"""Refrigerators and freezers."""

from catalog.drawings.svg import Look, Sketch, body_fade, box, disc, mix, shape, stroke


def _flower(look: Look) -> str:
    """The glass-door pattern that Bangladeshi homes like."""
    petal = mix(look.accent, "#ffffff", 0.35)
    blossom = "".join(
        f'<ellipse cx="448" cy="372" rx="13" ry="32" fill="{petal}" opacity=".75" transform="rotate({angle} 448 400)"/>'
        for angle in range(0, 360, 60)
    )
    return (
        stroke("M448 486C430 450 470 440 448 400C420 370 370 400 340 330", petal, 4, opacity=0.7)
        + blossom
        + disc(448, 400, 11, "#ffe29a")
        + disc(338, 326, 12, petal, opacity=0.8)
    )


def top_freezer(look: Look) -> Sketch:
    """Two doors, the freezer above."""
    handle = mix(look.body, "#ffffff" if look.is_dark else "#000000", 0.45)
    front = (
        _flower(look),
        shape("M278 222H522L360 500H278Z", "#ffffff", opacity=0.1),
        stroke(
            "M278 350C360 300 440 420 522 340M278 380C360 330 440 450 522 370",
            mix(look.accent, look.body, 0.3),
            5,
            opacity=0.55,
        ),
    )[look.shape % 3]
    shapes = (
        box(272, 44, 256, 456, look.edge, 16)
        + box(276, 48, 248, 160, "url(#m)", 12)
        + box(276, 214, 248, 284, "url(#m)", 12)
        + front
        + box(290, 128, 9, 66, handle, 4)
        + box(290, 230, 9, 96, handle, 4)
        + box(372, 70, 56, 11, look.accent, 5)
        + box(284, 56, 232, 5, "#ffffff", 2, opacity=0.35)
        + box(292, 500, 28, 9, "#333842")
        + box(480, 500, 28, 9, "#333842")
    )
    return Sketch(body_fade(look), shapes, (400, 156), (400, 240), 1.9, 510)


def side_by_side(look: Look) -> Sketch:
    """Two tall doors, water on one of them."""
    handle = mix(look.body, "#ffffff" if look.is_dark else "#000000", 0.4)
    water = (
        box(262, 190, 82, 128, "#15181f", 10)
        + box(272, 200, 62, 32, mix(look.accent, "#0b1020", 0.35), 5)
        + shape("M284 248H322L316 304H290Z", "#2c313d")
        + disc(286, 216, 4, "#9fe3ef")
        + box(298, 212, 28, 7, "#9fe3ef", 3)
    )
    shapes = (
        box(212, 46, 376, 454, look.edge, 14)
        + box(216, 50, 182, 446, "url(#m)", 10)
        + box(402, 50, 182, 446, "url(#m)", 10)
        + (water if look.shape % 2 else box(216, 300, 182, 4, look.edge) + box(402, 300, 182, 4, look.edge))
        + shape("M402 60Q402 50 412 50H540L402 420Z", "#ffffff", opacity=0.09)
        + box(378, 150, 8, 240, handle, 4)
        + box(414, 150, 8, 240, handle, 4)
        + box(466, 78, 56, 10, look.accent, 5)
        + box(236, 500, 34, 9, "#333842")
        + box(530, 500, 34, 9, "#333842")
    )
    return Sketch(body_fade(look), shapes, (400, 214), (360, 250), 1.9, 510)


def chest_freezer(look: Look) -> Sketch:
    """A chest with a lid."""
    shapes = (
        box(170, 220, 460, 272, "url(#m)", 14)
        + box(160, 182, 480, 52, look.shine, 16)
        + box(160, 218, 480, 14, look.edge, 6, opacity=0.5)
        + box(364, 204, 72, 18, mix(look.body, "#000000", 0.5), 8)
        + box(198, 262, 120, 14, look.accent, 7)
        + "".join(box(540, 400 + 14 * i, 66, 6, look.edge, 3) for i in range(5))
        + disc(556, 276, 7, "#3da35d")
        + disc(582, 276, 7, "#e0a030")
        + shape("M184 300H330L220 478H184Z", "#ffffff", opacity=0.14)
        + stroke(
            "M400 316V420M354 342 446 394M446 342 354 394", mix(look.accent, "#ffffff", 0.5), 8, opacity=0.8
        )
        + disc(214, 498, 12, "#2c313d")
        + disc(586, 498, 12, "#2c313d")
    )
    return Sketch(body_fade(look, down=True), shapes, (400, 240), (430, 260), 1.8, 510)
