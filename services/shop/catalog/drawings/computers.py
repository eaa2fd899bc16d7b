"""Laptops, slim and for games, and monitors."""

from catalog.drawings.svg import Look, Sketch, body_fade, box, disc, mix, screen_fade, shape, stroke


def laptop(look: Look) -> Sketch:
    """Open, from the front."""
    keyboard = "".join(
        shape(
            f"M{188 - 9 * row} {450 + 13 * row}H{612 + 9 * row}",
            stroke=mix(look.body, "#000000", 0.55),
            stroke_width=8,
            stroke_dasharray="26 5",
        )
        for row in range(3)
    )
    scene = (
        shape("M196 330C280 250 360 380 450 290S560 260 604 300V412H196Z", "#ffffff", opacity=0.15)
        + shape("M196 370C300 310 420 420 604 340V412H196Z", "#ffffff", opacity=0.15),
        box(226, 140, 148, 230, "#ffffff", 8, opacity=0.16)
        + box(392, 140, 184, 108, "#ffffff", 8, opacity=0.24)
        + stroke("M408 226 440 190 472 208 508 164 556 186", "#ffffff", 5, opacity=0.85)
        + box(392, 262, 184, 108, "#ffffff", 8, opacity=0.12)
        + stroke("M247 167h106M247 197h88M247 227h70M247 257h106M247 287h88", "#ffffff", 10, opacity=0.6),
        disc(400, 250, 96, "#ffffff", opacity=0.12)
        + disc(400, 250, 60, "#ffffff", opacity=0.16)
        + disc(400, 250, 26, "#ffffff", opacity=0.5),
    )[look.shape % 3]
    shapes = (
        box(180, 92, 440, 338, look.edge, 18)
        + box(183, 95, 434, 334, "#111318", 16)
        + box(196, 110, 408, 302, "url(#s)", 4)
        + scene
        + disc(400, 102, 3, "#4a5163")
        + shape("M176 430H624L700 500H100Z", "url(#m)")
        + keyboard
        + shape("M340 488.5H460L464 499H336Z", mix(look.body, "#000000", 0.14))
        + shape("M100 500H700V506Q700 514 686 514H114Q100 514 100 506Z", look.edge)
        + box(352, 500, 96, 5, mix(look.body, "#000000", 0.4), 2)
    )
    return Sketch(body_fade(look, down=True) + screen_fade(look), shapes, (400, 318), (300, 420), 2.0, 514)


def gaming_laptop(look: Look) -> Sketch:
    """With vents, lit keys and a brighter lid."""
    rainbow = ("#ff4d6d", "#ffb84d", "#4dd0a1", "#4d9dff")
    rows = "".join(
        shape(
            f"M{190 - 10 * row} {449 + 11.5 * row}H{610 + 10 * row}",
            stroke=colour,
            stroke_width=6,
            stroke_dasharray="22 6",
            stroke_opacity=0.85,
        )
        for row, colour in enumerate(rainbow)
    )
    shapes = (
        shape("M190 86H610L626 430H174Z", look.edge)
        + shape("M194 90H606L621 428H179Z", "#0d0e13")
        + shape("M204 102H596L606 410H194Z", "url(#s)")
        + shape("M400 150 492 206 458 336H342L308 206Z", look.accent, opacity=0.35)
        + shape("M400 186 456 220 436 302H364L344 220Z", "#ffffff", opacity=0.85)
        + shape("M400 214 428 232 418 278H382L372 232Z", mix(look.accent, "#000000", 0.2))
        + shape("M170 430H630L712 500H88Z", "url(#m)")
        + rows
        + shape("M88 500H712L700 516H100Z", mix(look.body, "#000000", 0.4))
        + stroke("M150 508H650", look.accent, 4)
    )
    return Sketch(body_fade(look, down=True) + screen_fade(look), shapes, (400, 322), (300, 420), 2.0, 516)


def monitor(look: Look) -> Sketch:
    """A flat screen on a foot."""
    shapes = (
        box(376, 400, 48, 92, "url(#m)")
        + shape("M290 496Q290 484 320 484H480Q510 484 510 496V502H290Z", look.body)
        + box(290, 500, 220, 6, look.edge, 3)
        + box(132, 88, 536, 326, look.edge, 12)
        + box(135, 91, 530, 320, "#101217", 10)
        + box(143, 99, 514, 292, "url(#s)", 3)
        + shape("M143 320C260 220 380 380 500 270S620 250 657 280V391H143Z", "#ffffff", opacity=0.15)
        + disc(560, 176, 34, "#ffffff", opacity=0.65)
        + box(384, 397, 32, 6, look.accent, 3)
    )
    return Sketch(body_fade(look) + screen_fade(look), shapes, (400, 130), (520, 300), 1.8)
