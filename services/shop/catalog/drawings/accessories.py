"""Power banks, chargers, routers, drives, and power for when the power is out."""

from catalog.drawings.svg import Look, Sketch, body_fade, box, disc, mix, moved, shape, stroke


def power_bank(look: Look) -> Sketch:
    shapes = (
        box(286, 78, 228, 424, look.edge, 40)
        + box(290, 80, 220, 416, "url(#m)", 37)
        + box(352, 66, 40, 18, "#22262e", 5)
        + box(410, 68, 36, 16, "#22262e", 8)
        + "".join(disc(364 + 24 * i, 126, 6, "#57e08f" if i < 3 else "#7d8794") for i in range(4))
        + box(350, 420, 100, 13, look.accent, 6)
        + shape("M418 220 362 310H396L382 372 440 278H404Z", mix(look.accent, "#ffffff", 0.2), opacity=0.9)
        + shape("M306 110Q306 96 320 96H352L322 480Q306 478 306 460Z", "#ffffff", opacity=0.18)
    )
    return Sketch(body_fade(look), shapes, (400, 128), (400, 190), 2.0, 504)


def charger(look: Look) -> Sketch:
    """A plug with its cable."""
    cable = mix(look.accent, "#2a2e37", 0.5) if look.shape % 2 else "#eceff3"
    shapes = (
        stroke(
            "M500 330C640 330 640 200 560 190S470 260 540 400S680 470 690 380",
            mix(cable, "#000000", 0.18),
            17,
        )
        + stroke("M500 328C640 328 640 198 560 188S470 258 540 398S680 468 690 378", cable, 13)
        + box(672, 300, 36, 66, "#f4f5f7", 10)
        + box(679, 276, 22, 28, "#9aa2ae", 6)
        + box(206, 162, 24, 56, "#c2c8d0", 5, transform="translate(0 70)")
        + box(160, 240, 56, 18, "#c2c8d0", 5)
        + box(160, 360, 56, 18, "#c2c8d0", 5)
        + box(208, 190, 300, 240, look.edge, 44)
        + box(210, 186, 296, 238, "url(#m)", 42)
        + box(452, 258, 30, 18, "#22262e", 9)
        + box(446, 316, 40, 24, "#22262e", 5)
        + box(240, 216, 84, 12, look.accent, 6)
        + shape("M352 250 310 314H338L326 366 374 296H344Z", mix(look.accent, "#ffffff", 0.15), opacity=0.85)
    )
    return Sketch(body_fade(look), moved(shapes, by="translate(-20 40)"), (370, 230), (340, 320), 1.8, 490)


def router(look: Look) -> Sketch:
    masts = "".join(
        moved(box(x - 9, 110, 18, 236, mix(look.body, "#000000", 0.3), 9), by=f"rotate({turn} {x} 346)")
        for x, turn in ((196, -14), (330, -4), (470, 4), (604, 14))
    )
    shapes = (
        masts
        + shape(
            "M150 370Q156 336 196 336H604Q644 336 650 370L668 452Q670 478 640 478H160Q130 478 132 452Z",
            look.edge,
        )
        + shape(
            "M150 366Q156 332 196 332H604Q644 332 650 366L664 440Q664 462 640 462H160Q136 462 136 440Z",
            "url(#m)",
        )
        + "".join(disc(210 + 32 * i, 424, 6, "#57e08f" if i != 3 else "#f2c14e") for i in range(6))
        + box(528, 416, 92, 14, look.accent, 7)
        + stroke(
            "M352 392A68 68 0 0 1 448 392M372 408A40 40 0 0 1 428 408", mix(look.accent, "#ffffff", 0.3), 8
        )
        + disc(400, 424, 7, mix(look.accent, "#ffffff", 0.3))
    )
    return Sketch(body_fade(look, down=True), shapes, (400, 276), (440, 380), 1.9, 484)


def drive(look: Look) -> Sketch:
    """A portable SSD, or a memory card beside its adapter."""
    shapes = (
        stroke("M400 190C400 90 560 90 600 170S560 300 640 320", "#343a45", 14)
        + box(380, 168, 40, 42, "#9aa2ae", 6)
        + box(628, 300, 60, 40, "#c2c8d0", 8)
        + box(268, 200, 264, 290, look.edge, 36)
        + box(272, 200, 256, 284, "url(#m)", 33)
        + "".join(stroke(f"M292 {262 + 26 * i}H508", look.edge, 5, opacity=0.5) for i in range(5))
        + box(340, 408, 120, 38, mix(look.body, "#ffffff", 0.75), 8)
        + box(362, 421, 76, 11, look.accent, 5)
        + disc(500, 226, 6, "#4cc9f0")
    )
    return Sketch(body_fade(look), shapes, (400, 150), (430, 260), 1.9, 494)


def power_backup(look: Look) -> Sketch:
    """A UPS, or an IPS with a stabiliser's dial."""
    dial = (
        disc(400, 200, 54, "#f3f5f8")
        + stroke("M360 220A44 44 0 0 1 440 220", "#8b95a5", 5)
        + stroke("M400 214 424 180", "#d5483f", 5)
        if look.shape % 2
        else box(332, 156, 136, 84, "#0f1a16", 10)
        + stroke("M354 176V218M372 176H398V197H372V218H398M416 176H442V197H416M442 197V218H416", "#7dffb0", 6)
    )
    shapes = (
        box(266, 84, 268, 416, look.edge, 20)
        + box(270, 88, 260, 408, "url(#m)", 17)
        + box(290, 112, 220, 172, mix(look.body, "#000000", 0.4), 16)
        + dial
        + disc(356, 316, 16, look.accent)
        + "".join(disc(412 + 30 * i, 316, 7, c) for i, c in enumerate(("#57e08f", "#f2c14e", "#e4572e")))
        + "".join(box(308, 366 + 18 * i, 184, 8, mix(look.body, "#000000", 0.45), 4) for i in range(5))
        + box(352, 466, 96, 12, look.accent, 6)
        + box(288, 498, 40, 11, "#22262e")
        + box(472, 498, 40, 11, "#22262e")
    )
    return Sketch(body_fade(look), shapes, (400, 156), (400, 240), 1.9, 510)
