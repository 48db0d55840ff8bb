"""What people may upload to a family: known kinds, told by the content and never by
the name, that hold no program and do not grow when they are opened."""

import io
import zipfile

from PIL import Image

from odoo.exceptions import UserError
from odoo.tools.mimetypes import guess_mimetype

MEGABYTE = 1024 * 1024
LARGEST_PICTURE = 15 * MEGABYTE
LARGEST_FILE = 25 * MEGABYTE
#: as in Odoo's own pictures; a photo of a telephone has 12 to 50 million
MOST_PIXELS = 50_000_000

#: kinds of pictures, and Pillow's names of them: those that Odoo loads it with and
#: that can be printed
PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG"}
OFFICE = {
    "application/vnd.oasis.opendocument.presentation",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def check_picture(env, content):
    """:raise UserError: when bytes are no picture that can be kept and printed"""
    if guess_mimetype(content) not in PICTURES:
        raise UserError(
            env._("This is not a picture that can be kept. Save it as PNG or JPEG.")
        )
    if len(content) > LARGEST_PICTURE:
        raise UserError(
            env._(
                "This picture is larger than %s MB. Save it smaller, and try again.",
                LARGEST_PICTURE // MEGABYTE,
            )
        )
    try:
        with Image.open(io.BytesIO(content), formats=[*PICTURES.values()]) as image:
            width, height = image.size
            large = width * height > MOST_PIXELS
            if not large:
                image.load()
    except Image.DecompressionBombError:
        large = True
    except Exception as error:  # pylint: disable=broad-except
        # Pillow raises whatever the broken bytes lead it to
        raise UserError(
            env._("This picture is damaged. Save or scan it again, and try again.")
        ) from error
    if large:
        raise UserError(
            env._("This picture has too many dots. Scan it at 300 dots an inch.")
        )


def check_file(env, content):
    """:raise UserError: when bytes are neither a picture nor a document"""
    kind = guess_mimetype(content)
    if kind in PICTURES:
        return check_picture(env, content)
    if len(content) > LARGEST_FILE:
        raise UserError(
            env._(
                "This file is larger than %s MB. Save it smaller, and try again.",
                LARGEST_FILE // MEGABYTE,
            )
        )
    if kind != "application/pdf" and not (kind in OFFICE and is_plain(content)):
        raise UserError(
            env._(
                "This file cannot be kept with a family. Pictures, PDF, and documents "
                "of an office program without macros can: save it as one of these."
            )
        )


def is_plain(content):
    """Whether a document of an office program holds no programs of its own."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            names = [name.lower() for name in parts.namelist()]
    except zipfile.BadZipFile:
        return False
    return not any(
        name.endswith("vbaproject.bin") or name.startswith(("basic/", "scripts/"))
        for name in names
    )
