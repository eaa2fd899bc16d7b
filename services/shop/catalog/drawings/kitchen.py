"""What cooks, blends and boils."""

from catalog.drawings.svg import Look, Sketch, body_fade, box, disc, fade, mix, oval, shape, stroke

_GLASS = "#cfe0ea"


def blender(look: Look) -> Sketch:
    """A jug on its motor."""
    fruit = mix(look.accent, "#ffb36b", 0.4)
    shapes = (
        box(346, 60, 108, 30, look.edge, 10)
        + box(326, 84, 148, 24, look.body, 8)
        + stroke("M478 150C548 150 548 300 458 296", look.edge, 18)
        + shape("M316 108H484L456 352H344Z", _GLASS, opacity=0.75)
        + shape("M329 222C360 208 420 240 471 218L456 352H344Z", fruit, opacity=0.8)
        + disc(380, 270, 14, "#ffffff", opacity=0.4)
        + disc(420, 306, 10, "#ffffff", opacity=0.4)
        + stroke("M340 130 360 330", "#ffffff", 8, opacity=0.6)
        + box(336, 348, 128, 24, mix(look.body, "#000000", 0.5), 8)
        + shape("M326 370H474L504 500H296Z", "url(#m)")
        + disc(400, 436, 32, look.edge)
        + disc(400, 434, 25, look.shine)
        + stroke("M400 434V414", look.accent, 6)
        + box(352, 384, 96, 9, look.accent, 4)
        + box(308, 498, 184, 10, "#333842", 4)
    )
    return Sketch(body_fade(look), shapes, (400, 124), (400, 380), 1.9)


def microwave(look: Look) -> Sketch:
    shapes = (
        box(120, 146, 560, 346, look.edge, 18)
        + box(124, 150, 552, 338, "url(#m)", 15)
        + box(148, 176, 370, 286, "#12151b", 16)
        + box(172, 200, 322, 238, "#2a2118", 10)
        + oval(333, 404, 112, 20, _GLASS, opacity=0.7)
        + shape("M270 396C270 340 396 340 396 396Z", "#e6a95c")
        + oval(333, 396, 66, 9, "#c8813a")
        + shape("M172 210Q172 200 182 200H330L236 438H182Q172 438 172 428Z", "#ffffff", opacity=0.09)
        + box(500, 210, 12, 218, look.shine, 6)
        + box(546, 182, 106, 52, "#0f1319", 8)
        + stroke("M564 196V220M578 196H592V208H578V220H592M612 196V220M626 196H638V220H626Z", "#8fe0ff", 4)
        + "".join(
            disc(
                564 + 35 * (i % 3),
                270 + 36 * (i // 3),
                11,
                look.shine if look.is_dark else look.edge,
                opacity=0.8,
            )
            for i in range(9)
        )
        + box(552, 392, 94, 34, look.accent, 10)
        + box(150, 490, 44, 14, "#333842", 4)
        + box(606, 490, 44, 14, "#333842", 4)
    )
    return Sketch(body_fade(look, down=True), shapes, (400, 288), (560, 290), 1.8)


def rice_cooker(look: Look) -> Sketch:
    shapes = (
        stroke("M334 112C340 66 460 66 466 112", look.edge, 14)
        + shape("M222 238C222 110 578 110 578 238Z", _GLASS if look.shape % 2 else look.shine)
        + box(372, 118, 56, 24, look.edge, 10)
        + stroke("M262 206C282 166 330 144 372 140", "#ffffff", 8, opacity=0.7)
        + box(202, 232, 396, 34, mix(look.body, "#000000", 0.35), 16)
        + shape("M216 262H584C592 400 560 500 520 500H280C240 500 208 400 216 262Z", "url(#m)")
        + box(168, 286, 56, 28, mix(look.body, "#000000", 0.55), 12)
        + box(576, 286, 56, 28, mix(look.body, "#000000", 0.55), 12)
        + stroke("M250 350C300 320 360 380 420 340", mix(look.accent, "#ffffff", 0.4), 6, opacity=0.8)
        + box(346, 376, 108, 96, mix(look.body, "#ffffff", 0.45), 14)
        + disc(376, 400, 8, "#d5483f")
        + disc(424, 400, 8, "#e0a030")
        + box(370, 424, 60, 34, look.accent, 8)
        + box(290, 498, 220, 11, "#333842", 5)
    )
    return Sketch(body_fade(look), shapes, (400, 190), (400, 330), 1.8)


def kettle(look: Look) -> Sketch:
    shapes = (
        stroke("M486 150C610 140 610 400 502 410", mix(look.body, "#000000", 0.55), 30)
        + shape("M300 150 234 182 246 214 306 200Z", look.edge)
        + shape("M306 138H494L530 470H270Z", "url(#m)")
        + shape("M322 112H478L494 140H306Z", mix(look.body, "#000000", 0.5))
        + disc(400, 104, 13, look.edge)
        + shape("M330 150H366L340 460H300Z", "#ffffff", opacity=0.28)
        + box(416, 216, 26, 168, "#16202b", 13)
        + box(421, 286, 16, 92, "#6fb9e6", 8)
        + box(350, 424, 100, 11, look.accent, 5)
        + oval(400, 482, 148, 20, "#2b303a")
        + oval(400, 476, 140, 15, "#3c434f")
    )
    return Sketch(body_fade(look), shapes, (400, 160), (420, 240), 1.9, 502)


def air_fryer(look: Look) -> Sketch:
    shapes = (
        shape(
            "M262 128Q264 72 330 72H470Q536 72 538 128L556 470Q556 500 524 500H276Q244 500 244 470Z",
            "url(#m)",
        )
        + box(308, 110, 184, 84, "#11151c", 22)
        + stroke("M346 136V166M364 136H384V151H364V166H384M408 136H428V166H408ZM452 136V166", "#8fe0ff", 5)
        + box(248, 226, 304, 5, look.edge)
        + shape("M256 248H544L552 452Q552 470 532 470H268Q248 470 248 452Z", look.edge, opacity=0.55)
        + box(296, 276, 208, 96, "#1c130d", 16)
        + "".join(
            stroke(f"M{318 + 30 * i} {352 - 9 * (i % 3)}L{334 + 30 * i} {306 + 6 * (i % 2)}", "#f2b84b", 10)
            for i in range(6)
        )
        + box(348, 390, 104, 66, mix(look.body, "#000000", 0.55), 20)
        + box(362, 402, 76, 10, look.accent, 5)
        + stroke("M288 96C300 86 320 84 340 84", "#ffffff", 7, opacity=0.5)
        + box(276, 498, 248, 10, "#22262e", 5)
    )
    return Sketch(body_fade(look), shapes, (400, 160), (400, 240), 1.9)


def induction(look: Look) -> Sketch:
    """A hob with a pot on it."""
    shapes = (
        box(276, 236, 248, 152, "url(#m)", 20)
        + box(262, 226, 276, 26, look.shine, 12)
        + box(226, 262, 56, 20, "#2b303a", 10)
        + box(518, 262, 56, 20, "#2b303a", 10)
        + shape("M286 228C286 178 514 178 514 228Z", _GLASS)
        + disc(400, 180, 15, "#2b303a")
        + stroke(
            "M340 150C330 130 352 122 342 98M400 140C390 118 412 110 402 86M460 150C450 130 472 122 462 98",
            "#9aa7b8",
            6,
            opacity=0.45,
        )
        + shape("M136 462 182 384H618L664 462Z", "#14171e")
        + oval(400, 412, 116, 16, "none", stroke=look.accent, stroke_width=5)
        + box(132, 458, 536, 38, "#262b35", 12)
        + disc(400, 440, 9, "#ff6b5c")
        + "".join(box(226 + 40 * i, 434, 24, 9, "#5d6778", 4) for i in range(3))
        + "".join(box(466 + 40 * i, 434, 24, 9, "#5d6778", 4) for i in range(3))
        + box(360, 470, 80, 9, look.accent, 4)
    )
    return Sketch(body_fade(look) + fade("n", look.body, look.edge), shapes, (400, 276), (400, 380), 1.8, 500)
