"""Headphones, earbuds, speakers and sound bars."""

from catalog.drawings.svg import Look, Sketch, body_fade, box, disc, fade, mix, moved, oval, shape, stroke


def headphones(look: Look) -> Sketch:
    """Over the ears."""
    pad = mix(look.body, "#000000", 0.55)

    def cup(x: float, turn: float) -> str:
        return moved(
            box(x - 50, 290, 100, 176, pad, 48)
            + box(x - 42, 282, 84, 184, "url(#m)", 40)
            + oval(x, 374, 26, 60, look.edge, opacity=0.5)
            + disc(x, 374, 14, look.accent),
            by=f"rotate({turn:g} {x:g} 374)",
        )

    shapes = (
        stroke("M236 330C206 70 594 70 564 330", look.edge, 34)
        + stroke("M236 326C212 84 588 84 564 326", look.body, 24)
        + stroke("M300 176C340 128 460 128 500 176", pad, 34)
        + stroke("M302 164C344 122 456 122 498 164", look.shine, 5, opacity=0.6)
        + box(226, 250, 20, 64, "#b9c0cb", 8)
        + box(554, 250, 20, 64, "#b9c0cb", 8)
        + cup(228, 8)
        + cup(572, -8)
    )
    return Sketch(body_fade(look), shapes, (400, 214), (540, 340), 2.0, 492)


def earbuds(look: Look) -> Sketch:
    """Two buds over their open case."""
    inside = mix(look.body, "#000000", 0.3)

    def bud(x: float, side: int) -> str:
        return (
            box(x - 15, 150, 30, 132, "url(#m)", 15)
            + disc(x + 8 * side, 148, 44, "url(#m)")
            + oval(x + 38 * side, 152, 16, 25, mix(look.body, "#000000", 0.5))
            + disc(x - 4 * side, 138, 10, look.shine, opacity=0.6)
            + box(x - 8, 262, 16, 7, look.accent, 3)
        )

    form = 84 if look.shape % 2 else 58
    shapes = (
        shape("M252 330C252 250 548 250 548 330V352H252Z", inside)
        + bud(330, 1)
        + bud(470, -1)
        + box(244, 330, 312, 172, look.edge, form)
        + box(248, 330, 304, 166, "url(#m)", form - 3)
        + box(258, 332, 284, 18, inside, 9)
        + disc(400, 410, 6, "#57e08f")
        + box(364, 440, 72, 10, look.accent, 5)
    )
    return Sketch(body_fade(look), shapes, (400, 164), (400, 200), 2.0)


def speaker(look: Look) -> Sketch:
    """A rolling Bluetooth speaker, or one that stands."""
    rows = "".join(f"M{204 + 5 * (i % 2)} {262 + 14 * i}H596" for i in range(13))
    mesh = stroke(rows, mix(look.body, "#ffffff", 0.25), 4, opacity=0.4, stroke_dasharray="0 11")
    if look.shape % 2:

        def cone(y: float, r: float) -> str:
            return (
                disc(400, y, r, "#14171d")
                + disc(400, y, r * 0.78, "#2c313b")
                + disc(400, y, r * 0.34, "#59616f")
                + disc(400, y, r * 0.9, "none", stroke=look.accent, stroke_width=4)
            )

        shapes = (
            box(278, 66, 244, 436, look.edge, 36)
            + box(282, 70, 236, 428, "url(#m)", 33)
            + cone(196, 66)
            + cone(376, 92)
            + box(364, 90, 72, 12, look.accent, 6)
            + disc(400, 284, 5, "#57e08f")
            + box(306, 500, 40, 9, "#22262e")
            + box(454, 500, 40, 9, "#22262e")
        )
        return Sketch(body_fade(look), shapes, (400, 146), (400, 300), 1.9, 510)
    shapes = (
        stroke("M250 236C300 170 500 170 550 236", mix(look.accent, "#000000", 0.1), 14)
        + box(176, 230, 448, 242, "url(#m)", 118)
        + mesh
        + oval(190, 351, 30, 112, mix(look.body, "#000000", 0.55))
        + oval(187, 351, 19, 84, look.edge)
        + oval(610, 351, 30, 112, mix(look.body, "#000000", 0.55))
        + oval(613, 351, 19, 84, look.edge)
        + box(344, 318, 112, 62, look.accent, 12)
        + box(368, 344, 64, 10, "#ffffff", 5)
        + "".join(disc(344 + 37 * i, 258, 9, look.shine, opacity=0.8) for i in range(4))
        + box(232, 466, 50, 12, "#22262e", 6)
        + box(518, 466, 50, 12, "#22262e", 6)
    )
    return Sketch(body_fade(look, down=True), shapes, (400, 220), (300, 330), 1.9, 480)


def sound_bar(look: Look) -> Sketch:
    """A bar with its bass box."""
    shapes = (
        box(520, 210, 160, 246, look.edge, 18)
        + box(524, 214, 152, 238, "url(#m)", 15)
        + disc(600, 350, 60, "#14171d")
        + disc(600, 350, 46, "#2b303a")
        + disc(600, 350, 18, "#59616f")
        + box(572, 240, 56, 10, look.accent, 5)
        + box(96, 376, 500, 86, look.edge, 20)
        + box(98, 374, 496, 80, "url(#n)", 18)
        + stroke(
            "M122 394H580M122 404H580M122 414H580M122 424H580M122 434H580",
            mix(look.body, "#ffffff", 0.3),
            4,
            opacity=0.4,
            stroke_dasharray="0 10",
        )
        + box(306, 396, 84, 34, "#11151c", 6)
        + stroke("M322 406V420M334 406H344V413H334V420H344M358 413H374", "#8fe0ff", 3)
        + box(132, 460, 60, 10, "#22262e", 4)
        + box(500, 460, 60, 10, "#22262e", 4)
    )
    return Sketch(
        body_fade(look) + fade("n", look.shine, look.body, look.edge),
        shapes,
        (390, 300),
        (340, 400),
        1.9,
        472,
    )
