"""Air conditioners: the indoor unit with its outdoor one, and one on wheels."""

from catalog.drawings.svg import Look, Sketch, body_fade, box, disc, mix, shape, stroke


def split(look: Look) -> Sketch:
    """The indoor unit on the wall, the outdoor unit below."""
    breeze = stroke(
        "".join(f"M{210 + 62 * i} 266c-14 30 16 50-4 84" for i in range(4)),
        mix(look.accent, "#7cc4ee", 0.6),
        5,
        opacity=0.45,
    )
    grille = "".join(
        disc(572, 412, r, "none", stroke=mix(look.body, "#000000", 0.5), stroke_width=4)
        for r in (66, 50, 34, 18)
    )
    form = look.shape % 3
    shapes = (
        box(118, 112, 564, 138, look.edge, 30 if form == 1 else 16)
        + box(118, 108, 564, 134, "url(#m)", 30 if form == 1 else 14)
        + (
            box(118, 196, 564, 5, look.edge, opacity=0.5)
            if form != 2
            else shape("M132 242C300 214 500 214 668 242Z", look.edge, opacity=0.35)
        )
        + box(140, 216, 520, 18, mix(look.body, "#000000", 0.62), 8)
        + box(150, 221, 500, 5, look.shine, 2, opacity=0.7)
        + box(152, 136, 74, 12, look.accent, 6)
        + box(588, 134, 60, 30, "#1d2430", 6)
        + stroke("M602 142V156M610 149H618M626 142H636V149H626V156H636", "#8fe0ff", 3)
        + breeze
        + box(460, 320, 226, 184, look.edge, 12)
        + box(464, 324, 218, 176, "url(#m)", 10)
        + disc(572, 412, 76, mix(look.body, "#000000", 0.3))
        + grille
        + stroke(
            "M572 346V478M506 412H638M525 365 619 459M619 365 525 459", mix(look.body, "#000000", 0.5), 3
        )
        + disc(572, 412, 15, look.accent)
        + box(484, 502, 26, 10, "#333842")
        + box(636, 502, 26, 10, "#333842")
    )
    return Sketch(body_fade(look, down=True), shapes, (574, 122), (560, 190), 1.8, 512)


def portable(look: Look) -> Sketch:
    """On wheels, with its hose."""
    vents = "".join(box(336, 120 + 17 * i, 128, 8, mix(look.body, "#000000", 0.6), 4) for i in range(5))
    shapes = (
        stroke("M470 200C580 180 600 300 590 470", mix(look.body, "#000000", 0.25), 44)
        + stroke(
            "M470 200C580 180 600 300 590 470",
            mix(look.body, "#ffffff", 0.3),
            44,
            stroke_dasharray="2 13",
            stroke_opacity=0.55,
        )
        + box(306, 66, 188, 428, "url(#m)", 40)
        + box(322, 104, 156, 106, mix(look.body, "#000000", 0.35), 16)
        + vents
        + box(352, 240, 96, 44, "#1d2430", 12)
        + stroke("M372 254V270M384 254H394V262H384V270H394M412 254V270", "#8fe0ff", 4)
        + box(366, 310, 68, 10, look.accent, 5)
        + "".join(box(336, 392 + 15 * i, 128, 6, look.edge, 3) for i in range(5))
        + disc(336, 500, 12, "#2c313d")
        + disc(464, 500, 12, "#2c313d")
    )
    return Sketch(body_fade(look), shapes, (440, 190), (400, 220), 2.0, 512)
