"""Pictures without what a camera or a program wrote into them: the place where a photo
was taken, the name of who took it, a smaller picture of what was cut away. The dots
stay as they are, unless the picture has to be turned."""

from odoo.tools.image import image_apply_opt, image_fix_orientation

#: of EXIF: how the camera was held
ORIENTATION = 0x0112
#: parts of a PNG that make the picture; all others say something about it
PNG_PARTS = set(b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT pHYs".split())
#: parts of a JPEG that would: what programs add (APP1 to APP15) and comments, but for
#: colours (profiles, Adobe's mark)
JPEG_ADDED = {*range(0xE1, 0xF0), 0xFE}
JPEG_COLOURS = {0xE2: b"ICC_PROFILE\x00", 0xEE: b"Adobe"}


def without_metadata(content, image):
    """
    :param content: bytes of a PNG or JPEG that can be read, opened as ``image``
    :return: the same bytes when there is nothing to take away
    """
    if image.getexif().get(ORIENTATION, 1) != 1:
        turned = image_fix_orientation(image)
        colours = {"icc_profile": image.info.get("icc_profile")}
        content = image_apply_opt(turned, image.format, quality=95, **colours)
    filter_parts = _filter_png if image.format == "PNG" else _filter_jpeg
    kept = b"".join(filter_parts(content))
    return content if kept == content else kept


def _filter_png(content):
    yield content[:8]
    at = 8
    while at + 8 <= len(content):
        kind = content[at + 4 : at + 8]
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")
        if kind in PNG_PARTS:
            yield content[at:end]
        if kind == b"IEND":
            return
        at = end


def _filter_jpeg(content):
    yield content[:2]
    at = 2
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            raise ValueError("no part begins here")
        kind = content[at + 1]
        if kind == 0xD9:
            break
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        colours = JPEG_COLOURS.get(kind)
        if kind == 0xDA:
            end = _skip_dots(content, end)
        if kind not in JPEG_ADDED or (colours and content.startswith(colours, at + 4)):
            yield content[at:end]
        # what fills up before the next part
        while content[end : end + 2] == b"\xff\xff":
            end += 1
        at = end
    # nothing comes after the end, a film of the moment for example
    yield b"\xff\xd9"


def _skip_dots(content, at):
    """Where the next part begins after the dots of a scan."""
    while (at := content.find(b"\xff", at)) >= 0:
        mark = content[at + 1 : at + 2]
        if mark != b"\x00" and not b"\xd0" <= mark <= b"\xd7" and mark != b"\xff":
            return at
        at += 1 if mark == b"\xff" else 2
    return len(content)
