"""Washing machines: front loaders, top loaders and twin tubs."""

from catalog.drawings.svg import Look, Sketch, body_fade, box, disc, mix, shape, stroke


def front_loader(look: Look) -> Sketch:
    ring = ("#2b303b", mix(look.accent, "#22262f", 0.45), "#aab2be")[look.shape % 3]
    shapes = (
        box(234, 78, 332, 424, look.edge, 18)
        + box(238, 82, 324, 416, "url(#m)", 15)
        + box(238, 150, 324, 3, look.edge, opacity=0.6)
        + box(254, 98, 96, 36, look.shine, 8)
        + disc(400, 117, 23, look.edge)
        + disc(400, 117, 18, look.shine)
        + stroke("M400 117V103", look.accent, 4)
        + box(446, 100, 98, 34, "#14181f", 7)
        + stroke("M462 110V124M474 110H484V117H474V124H484M500 117H526", "#8fe0ff", 3)
        + disc(400, 322, 132, ring)
        + disc(400, 322, 114, mix(ring, "#ffffff", 0.3))
        + disc(400, 322, 100, "#10161f")
        + disc(400, 322, 92, "#25405f")
        + shape(
            "M310 340C350 316 380 360 420 338S470 328 490 340A92 92 0 0 1 310 340Z",
            mix(look.accent, "#9fd4f2", 0.55),
            opacity=0.75,
        )
        + disc(360, 300, 12, "#ffffff", opacity=0.35)
        + disc(440, 286, 8, "#ffffff", opacity=0.35)
        + stroke("M334 282A78 78 0 0 1 386 244", "#ffffff", 9, opacity=0.5)
        + box(512, 300, 16, 48, mix(ring, "#ffffff", 0.55), 8)
        + box(262, 468, 62, 14, look.edge, 4, opacity=0.7)
        + box(258, 500, 36, 9, "#333842")
        + box(506, 500, 36, 9, "#333842")
    )
    return Sketch(body_fade(look, down=True), shapes, (400, 190), (400, 210), 1.9, 510)


def top_loader(look: Look) -> Sketch:
    shapes = (
        shape("M254 132 276 78H524L546 132Z", mix(look.body, "#000000", 0.5))
        + shape("M268 128 286 92H514L532 128Z", "#1b2b3d")
        + shape("M300 92H390L370 128H280Z", "#ffffff", opacity=0.14)
        + box(246, 128, 308, 372, look.edge, 16)
        + box(250, 132, 300, 364, "url(#m)", 14)
        + box(262, 142, 276, 46, "#171b23", 10)
        + disc(296, 165, 15, look.accent)
        + "".join(disc(344 + 28 * i, 165, 7, "#5c6678") for i in range(4))
        + stroke("M474 156V174M486 156H498V165H486V174H498", "#8fe0ff", 4)
        + box(362, 214, 76, 11, look.accent, 5)
        + shape("M262 240H400L300 484H262Z", "#ffffff", opacity=0.12 if look.is_dark else 0.4)
        + stroke("M280 430C340 402 400 452 520 420", mix(look.accent, look.body, 0.35), 6, opacity=0.6)
        + box(268, 498, 34, 11, "#333842")
        + box(498, 498, 34, 11, "#333842")
    )
    return Sketch(body_fade(look), shapes, (400, 176), (400, 180), 1.9, 510)


def twin_tub(look: Look) -> Sketch:
    lid = mix(look.accent, "#26303f", 0.5)
    shapes = (
        box(190, 104, 420, 64, mix(look.body, "#ffffff", 0.35), 16)
        + "".join(
            disc(x, 136, 20, look.edge) + stroke(f"M{x} 136V122", look.accent, 5)
            for x in (252, 330, 470, 548)
        )
        + box(380, 126, 40, 20, "#1b202a", 5)
        + box(180, 160, 440, 340, look.edge, 18)
        + box(184, 164, 432, 332, "url(#m)", 16)
        + box(204, 182, 222, 64, lid, 14)
        + box(444, 182, 152, 64, lid, 14)
        + shape("M214 190H300L270 238H214ZM454 190H510L486 238H454Z", "#ffffff", opacity=0.2)
        + box(436, 166, 3, 328, look.edge)
        + box(220, 280, 110, 13, look.accent, 6)
        + stroke(
            "M230 420C280 390 350 450 410 410M230 446C280 416 350 476 410 436",
            mix(look.accent, "#ffffff", 0.4),
            6,
            opacity=0.7,
        )
        + disc(520, 390, 42, look.edge, opacity=0.35)
        + disc(224, 502, 11, "#2c313d")
        + disc(576, 502, 11, "#2c313d")
    )
    return Sketch(body_fade(look, down=True), shapes, (400, 228), (360, 210), 1.8, 512)
