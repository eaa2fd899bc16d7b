"""Consoles, controllers, keyboards and mice for play."""

from catalog.drawings.svg import Look, Sketch, body_fade, box, disc, mix, moved, screen_fade, shape, stroke


def _pad(look: Look) -> str:
    dark = mix(look.body, "#000000", 0.6) if not look.is_dark else "#0d0f14"
    buttons = "".join(
        disc(500 + x, 236 + y, 14, colour)
        for x, y, colour in ((0, -32, "#f2c14e"), (32, 0, "#e4572e"), (0, 32, "#4fb286"), (-32, 0, "#4d9de0"))
    )
    return (
        shape(
            "M268 150C190 150 140 330 152 428C160 486 226 486 262 420C286 376 330 366 400 366S514 376 538 420C574 486 640 486 648 428C660 330 610 150 532 150C490 150 480 166 400 166S310 150 268 150Z",
            "url(#m)",
        )
        + shape(
            "M268 150C216 150 176 230 160 320C190 220 230 186 290 182C340 192 460 192 510 182C570 186 610 220 640 320C624 230 584 150 532 150C490 150 480 166 400 166S310 150 268 150Z",
            "#ffffff",
            opacity=0.16,
        )
        + box(288, 204, 24, 72, dark, 7)
        + box(264, 228, 72, 24, dark, 7)
        + buttons
        + disc(330, 316, 38, dark)
        + disc(330, 312, 26, mix(dark, "#ffffff", 0.18))
        + disc(470, 316, 38, dark)
        + disc(470, 312, 26, mix(dark, "#ffffff", 0.18))
        + box(362, 196, 76, 46, dark, 12)
        + box(376, 214, 48, 8, look.accent, 4)
        + disc(400, 276, 12, look.accent)
    )


def controller(look: Look) -> Sketch:
    return Sketch(
        body_fade(look, down=True), moved(_pad(look), by="translate(0 12)"), (400, 230), (480, 260), 1.9, 492
    )


def console(look: Look) -> Sketch:
    """A tower with its controller."""
    if look.shape % 2:
        tower = (
            box(226, 70, 200, 430, look.edge, 10)
            + box(230, 74, 192, 422, "url(#m)", 8)
            + stroke("M262 104H391M262 130H391M262 156H391", "#0c0e12", 14, stroke_dasharray="0 32")
            + box(256, 420, 90, 6, "#0c0e12", 3)
            + disc(390, 424, 10, look.accent)
        )
    else:
        tower = (
            shape("M276 76C300 60 330 60 350 80V500H290C262 380 256 200 276 76Z", look.shine)
            + shape("M424 76C400 60 370 60 350 80V500H410C438 380 444 200 424 76Z", look.body)
            + shape("M338 84H362V500H338Z", "#15181f")
            + stroke("M336 100V480M364 100V480", mix(look.accent, "#7cc4ff", 0.4), 3)
            + box(262, 498, 176, 10, "#15181f", 5)
        )
    shapes = tower + moved(_pad(look), by="translate(342 268) scale(.56)")
    return Sketch(body_fade(look), shapes, (450, 230), (520, 420), 1.8)


def handheld(look: Look) -> Sketch:
    """A screen between two grips."""
    left, right = (
        (look.accent, mix(look.accent, "#ff5d5d", 0.7)) if look.shape % 2 else (look.body, look.body)
    )
    dark = "#14171d"
    shapes = (
        shape("M232 170H160Q96 170 96 234V386Q96 450 160 450H232Z", left)
        + shape("M568 170H640Q704 170 704 234V386Q704 450 640 450H568Z", right)
        + box(226, 166, 348, 288, "#1d2027", 10)
        + box(240, 182, 320, 256, "url(#s)", 4)
        + shape("M240 380C310 320 380 420 450 350S530 330 560 350V438H240Z", "#ffffff", opacity=0.2)
        + disc(500, 236, 24, "#fff1c9", opacity=0.85)
        + disc(330, 330, 16, "#ffd166")
        + disc(164, 240, 34, dark)
        + disc(164, 237, 23, "#3b414d")
        + box(154, 318, 20, 64, dark, 6)
        + box(132, 340, 64, 20, dark, 6)
        + "".join(disc(636 + x, 240 + y, 12, dark) for x, y in ((0, -28), (28, 0), (0, 28), (-28, 0)))
        + disc(636, 350, 34, dark)
        + disc(636, 347, 23, "#3b414d")
        + shape("M232 170H200L140 450H160H176L232 240Z", "#ffffff", opacity=0.12)
    )
    return Sketch(screen_fade(look) + body_fade(look), shapes, (400, 300), (560, 290), 1.8, 470)


def keyboard(look: Look) -> Sketch:
    """Mechanical, lit, with a mouse."""
    rainbow = ("#ff4d6d", "#ff9f4d", "#ffd84d", "#4dd0a1", "#4d9dff")
    rows = "".join(
        shape(
            f"M114 {276 + 37 * i}H588",
            stroke=mix(look.body, "#ffffff", 0.16 if look.is_dark else 0.7),
            stroke_width=26,
            stroke_dasharray=dashes,
        )
        for i, dashes in enumerate(("32 5", "44 5 32 5", "52 5 32 5", "60 5 32 5", "40 5 40 5 180 5"))
    )
    glow = "".join(
        shape(f"M114 {290 + 37 * i}H588", stroke=colour, stroke_width=4, opacity=0.8)
        for i, colour in enumerate(rainbow)
    )
    shapes = (
        box(94, 240, 514, 216, look.edge, 18)
        + box(98, 240, 506, 208, mix(look.body, "#000000", 0.35), 16)
        + glow
        + rows
        + shape("M640 300C640 262 716 262 716 300V400C716 452 640 452 640 400Z", "url(#m)")
        + stroke("M678 274V330", look.edge, 3)
        + box(671, 292, 14, 34, look.accent, 7)
        + stroke("M648 420C668 440 690 440 708 420", look.accent, 5)
    )
    return Sketch(body_fade(look), shapes, (404, 318), (300, 330), 2.0, 456)
