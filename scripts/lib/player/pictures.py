"""The pictures of a case: in the file, beside it, or drawn for a test."""

import base64
import binascii
import io
import random
import re
from pathlib import Path


def read_picture(text, case_path):
    """The base64 of a picture.

    :param text: ``data:image/png;base64,…`` or plain base64; the name of a file beside
        the case; ``drawn`` or ``drawn 1600x1200`` for a test picture
    :raise ValueError: what is wrong with it
    """
    text = text.strip()
    drawn = re.fullmatch(r"drawn(?: (\d{1,4})x(\d{1,4}))?", text)
    if drawn:
        return draw(int(drawn[1] or 800), int(drawn[2] or 600))
    beside = Path(case_path).parent / text if len(text) < 200 else None
    if beside and beside.is_file():
        content = beside.read_bytes()
    else:
        content = _decode(text)
    _check(content)
    return base64.b64encode(content)


def _decode(text):
    data = re.sub(r"^data:image/[a-z+.-]+;base64,", "", text)
    try:
        return base64.b64decode(re.sub(r"\s", "", data), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(
            "this is neither a picture in base64, nor a file beside the case, nor "
            "“drawn” or “drawn 1600x1200”"
        ) from None


def _check(content):
    from PIL import Image

    try:
        Image.open(io.BytesIO(content)).verify()
    except Exception:
        raise ValueError("this is not a picture that can be read") from None


def draw(width, height):
    """A drawing as a child might make it, the same each time, as a scan of paper."""
    from PIL import Image, ImageDraw

    width, height = max(width, 8), max(height, 8)
    chance = random.Random(width * 10000 + height)
    grain = Image.effect_noise((width, height), 12).convert("RGB")
    image = Image.blend(Image.new("RGB", (width, height), "#fffdf5"), grain, 0.12)
    pen = ImageDraw.Draw(image)
    for number in range(3):
        left, top = width * (1 + 3 * number) // 10, height // 2
        right, bottom = left + width // 5, height * 9 // 10
        colour = ("#c0392b", "#27ae60", "#2980b9")[number]
        pen.rectangle(
            (left, top, right, bottom), outline=colour, width=width // 150 + 1
        )
        roof = [(left, top), ((left + right) // 2, height // 4), (right, top)]
        pen.line(roof, fill=colour, width=width // 150 + 1)
        for _line in range(12):
            x, y = chance.randint(left, right), chance.randint(top, bottom)
            pen.line((x, y, x + width // 40, y + height // 60), fill=colour, width=2)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=85)
    return base64.b64encode(file.getvalue())
