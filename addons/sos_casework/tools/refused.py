"""What is not kept with a family, and what its user is told: what is wrong and what to
do. The table in docs/security.md says the same."""

from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

# a table of sentences, each translated when it is shown to somebody
# pylint: disable=prefer-env-translation

REFUSED = {
    "empty": _lt("There is nothing in this file. Save it again, and add it then."),
    "link": _lt("A link is no file: what it leads to may change. Add the file itself."),
    "kind": _lt(
        "This file cannot be kept with a family. Pictures (PNG, JPEG), PDF, and "
        "documents of an office program (Word, Excel, PowerPoint, OpenDocument) can: "
        "save it as one of these."
    ),
    "picture": _lt("This is not a picture that can be kept. Save it as PNG or JPEG."),
    "large_picture": _lt(
        "This picture is larger than 15 MB. Save it smaller, and try again."
    ),
    "damaged_picture": _lt(
        "This picture is damaged. Save or scan it again, and try again."
    ),
    "dots": _lt("This picture has too many dots. Scan it at 300 dots an inch."),
    "large": _lt("This file is larger than 25 MB. Save it smaller, and try again."),
    "grows": _lt(
        "This document is far larger than its file says, and might stop the computer "
        "that opens it. Save it as PDF, and add that."
    ),
    "macros": _lt(
        "There is a program in this document (macros). Save it without macros or as "
        "PDF, and add that."
    ),
    "elsewhere": _lt(
        "This document takes a part of itself from another place when it is opened (a "
        "template, a picture, a table), or has a link that starts a program. Break "
        "these links or save it as PDF, and add that."
    ),
    "inside": _lt(
        "There is another file in this document that cannot be looked into. Take it "
        "out and add it by itself, or save the document as PDF."
    ),
    "locked": _lt(
        "This file is locked with a password, so it cannot be looked into. Save or "
        "print it without, and add that."
    ),
    "pdf_acts": _lt(
        "This PDF runs something, starts a program or sends what is typed in it. Print "
        "it as PDF, and add that."
    ),
    "pdf_files": _lt(
        "There are other files in this PDF. Add them by themselves, print the PDF as "
        "PDF, and add that."
    ),
    "unread": _lt(
        "This file could not be looked into: it is damaged, or packed in an unusual "
        "way. Open it, save or print it as PDF, and add that."
    ),
}


def refused(reason):
    """The error for a reason, to be raised."""
    return UserError(REFUSED[reason])
