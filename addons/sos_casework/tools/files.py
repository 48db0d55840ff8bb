"""What may be kept with a family: known kinds, told by what is in a file and never by
its name, that hold no program, fetch nothing and do not grow when they are opened."""

import io

from PIL import Image

from . import office, pdf
from .pictures import without_metadata
from .refused import refused

MEGABYTE = 1024 * 1024
LARGEST_PICTURE = 15 * MEGABYTE
LARGEST_FILE = 25 * MEGABYTE
#: as in Odoo's own pictures; a photo of a telephone has 12 to 50 million
MOST_PIXELS = 50_000_000

PDF = "application/pdf"
#: kinds of pictures, how each begins, and Pillow's names of them: those that can be
#: printed
PICTURES = {
    "image/jpeg": (b"\xff\xd8\xff", "JPEG"),
    "image/png": (b"\x89PNG\r\n\x1a\n", "PNG"),
}
#: what a browser shows; everything else is sent to be saved
SHOWN = {PDF, *PICTURES}


def _get_picture_kind(content):
    for kind, (head, _name) in PICTURES.items():
        if content.startswith(head):
            return kind
    return None


def keep_picture(content):
    """
    :return: a picture as it is kept: upright, and without what a camera or a program
        wrote into it
    :raise UserError: when bytes are no picture that can be kept and printed
    """
    if not _get_picture_kind(content):
        raise refused("picture")
    if len(content) > LARGEST_PICTURE:
        raise refused("large_picture")
    formats = [name for _head, name in PICTURES.values()]
    try:
        with Image.open(io.BytesIO(content), formats=formats) as image:
            width, height = image.size
            large = width * height > MOST_PIXELS
            if not large:
                image.load()
                kept = without_metadata(content, image)
    except Image.DecompressionBombError:
        large = True
    except Exception as error:  # pylint: disable=broad-except
        # Pillow raises whatever the broken bytes lead it to
        raise refused("damaged_picture") from error
    if large:
        raise refused("dots")
    return kept


def keep_file(content):
    """
    :return: the kind of a file, and its content as it is kept
    :raise UserError: when bytes are neither a picture nor a document
    """
    if not content:
        raise refused("empty")
    if kind := _get_picture_kind(content):
        return kind, keep_picture(content)
    if len(content) > LARGEST_FILE:
        raise refused("large")
    if content.startswith(b"%PDF-"):
        pdf.check(content)
        return PDF, content
    if content.startswith(b"PK\x03\x04"):
        return office.check(content), content
    if content.startswith(office.OLD) and office.LOCKED in content:
        raise refused("locked")
    raise refused("kind")
