"""Drawn stand-ins for photographs and scans: no real face and no real paper is ever part of the demo."""

import io

from PIL import Image, ImageDraw

_COATS = ["#4b6584", "#7b6b4f", "#5b6b57", "#6b4f5b", "#3f4a55", "#82664b"]
_BACKS = ["#e8edf2", "#eeeae3", "#e6eee9", "#efe7ea"]


def portrait(number: int) -> bytes:
    """Return a 700×900 JPEG of a plain silhouette, told apart by its colours."""
    image = Image.new("RGB", (700, 900), _BACKS[number % len(_BACKS)])
    pen = ImageDraw.Draw(image)
    coat = _COATS[number % len(_COATS)]
    pen.ellipse((70, 600, 630, 1250), fill=coat)
    pen.rounded_rectangle((295, 520, 405, 680), 40, fill="#c9a78a")
    pen.ellipse((205, 190, 495, 580), fill="#d8b89c")
    pen.chord((195, 150, 505, 480), 180, 360, fill="#3b3532" if number % 3 else "#8d8884")
    return _jpeg(image)


def scan(title: str, number: int) -> bytes:
    """Return a page-shaped JPEG with grey lines, standing for a scanned paper."""
    image = Image.new("RGB", (827, 1169), "#fdfdfb")
    pen = ImageDraw.Draw(image)
    pen.rectangle((60, 60, 767, 1109), outline="#b9b4aa", width=2)
    pen.rectangle((240, 110, 587, 138), fill="#6d6a64")
    for line in range(24 - len(title) % 5):
        pen.rectangle(
            (110, 200 + line * 34, 480 + (line * 37 + number * 53) % 240, 208 + line * 34), fill="#c9c6bf"
        )
    return _jpeg(image)


def _jpeg(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "JPEG", quality=82)
    return target.getvalue()
