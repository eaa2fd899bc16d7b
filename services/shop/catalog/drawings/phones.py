"""Smartphones, button phones and tablets."""

from catalog.drawings.svg import Look, Sketch, body_fade, box, disc, mix, moved, screen_fade, shape, stroke


def _lens(x: float, y: float, r: float = 19) -> str:
    return disc(x, y, r, "#14161c") + disc(x, y, r * 0.55, "#2b3550") + disc(x - 4, y - 5, 4, "#8fa3cf")


def _island(look: Look) -> str:
    """The cameras on the back, in four arrangements."""
    glass = mix(look.body, "#000000", 0.35)
    match look.shape % 4:
        case 0:
            return box(268, 118, 64, 170, glass, 30) + _lens(300, 150) + _lens(300, 202) + _lens(300, 254)
        case 1:
            return (
                box(264, 114, 118, 118, glass, 28)
                + _lens(298, 148)
                + _lens(348, 148)
                + _lens(298, 198)
                + disc(348, 198, 8, "#fff3cf")
            )
        case 2:
            return (
                disc(350, 186, 68, glass)
                + _lens(326, 162)
                + _lens(374, 162)
                + _lens(326, 210)
                + _lens(374, 210, 12)
            )
        case _:
            return _lens(296, 146, 24) + _lens(296, 206, 24) + disc(340, 146, 8, "#fff3cf")


def smartphone(look: Look) -> Sketch:
    """The back, and the screen in front of it."""
    hole = 520 if look.shape % 3 else 462
    shapes = (
        moved(
            box(240, 88, 212, 416, "url(#m)", 34)
            + box(243, 91, 206, 410, "none", 32, stroke=look.shine, stroke_width=2, stroke_opacity=0.6)
            + _island(look),
            by="rotate(-5 340 300)",
        )
        + box(402, 84, 216, 424, look.edge, 36)
        + box(406, 88, 208, 416, "#0b0c10", 33)
        + box(413, 95, 194, 402, "url(#s)", 27)
        + shape(
            "M413 392C470 330 520 470 607 372V470Q607 497 580 497H440Q413 497 413 470Z",
            "#ffffff",
            opacity=0.16,
        )
        + shape("M413 300C480 250 540 380 607 290V372C520 470 470 330 413 392Z", "#ffffff", opacity=0.1)
        + disc(hole - 10, 114, 7, "#0b0c10")
        + box(452, 168, 116, 15, "#ffffff", 7, opacity=0.92)
        + box(474, 194, 72, 9, "#ffffff", 4, opacity=0.6)
        + stroke("M446 456H590", "#ffffff", 26, opacity=0.6, stroke_dasharray="0 43")
    )
    return Sketch(body_fade(look) + screen_fade(look), shapes, (425, 190), (330, 190), 2.0)


def button_phone(look: Look) -> Sketch:
    """A candy bar with keys and a torch."""
    keys = "".join(
        box(
            334 + 46 * (i % 3),
            372 + 31 * (i // 3),
            38,
            22,
            mix(look.body, "#ffffff", 0.22 if look.is_dark else 0.75),
            8,
        )
        for i in range(12)
    )
    shapes = (
        box(312, 70, 176, 440, "url(#m)", 44)
        + box(328, 100, 144, 172, "#10131a", 16)
        + box(336, 116, 128, 144, "url(#s)", 8)
        + shape(
            "M336 216C380 180 420 250 464 200V252Q464 260 456 260H344Q336 260 336 252Z",
            "#ffffff",
            opacity=0.2,
        )
        + box(356, 140, 88, 14, "#ffffff", 6, opacity=0.9)
        + box(376, 84, 48, 6, look.edge, 3)
        + box(334, 290, 42, 18, "#3da35d", 8)
        + box(424, 290, 42, 18, "#d5483f", 8)
        + disc(400, 322, 30, mix(look.accent, "#ffffff", 0.15))
        + disc(400, 322, 16, look.body)
        + keys
    )
    return Sketch(body_fade(look) + screen_fade(look), shapes, (400, 96), (400, 240), 2.0)


def tablet(look: Look) -> Sketch:
    """A slate on its side, with a pen."""
    shapes = (
        box(150, 108, 490, 366, look.edge, 30)
        + box(154, 112, 482, 358, "url(#m)", 27)
        + box(162, 120, 466, 342, "#0b0c10", 21)
        + box(174, 132, 442, 318, "url(#s)", 10)
        + shape(
            "M174 360C300 250 420 440 616 280V440Q616 450 606 450H184Q174 450 174 440Z",
            "#ffffff",
            opacity=0.16,
        )
        + box(206, 168, 150, 20, "#ffffff", 10, opacity=0.92)
        + box(206, 202, 96, 12, "#ffffff", 6, opacity=0.6)
        + "".join(
            box(466 + 62 * (i % 2), 164 + 62 * (i // 2), 48, 48, "#ffffff", 13, opacity=0.25 + 0.15 * i)
            for i in range(4)
        )
        + stroke("M676 150 662 452", "#aab0bb", 15)
        + stroke("M675 150 661 452", "#eef0f4", 11)
        + stroke("M661.5 452 660.5 474", "#555c69", 5)
        + stroke("M676 150 675 176", look.accent, 15)
    )
    return Sketch(
        body_fade(look) + screen_fade(look), moved(shapes, by="translate(0 18)"), (402, 262), (300, 240), 1.8
    )
