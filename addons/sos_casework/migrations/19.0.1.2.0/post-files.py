"""Links to copies of families' files are closed: before this version the editor of
texts, and anybody who called the server directly, could copy one and give it a link."""

import logging

from odoo.tools import SQL

_logger = logging.getLogger(__name__)

#: as the editor made them, or with the same content; what has an address is a program's
COPIES = """
    UPDATE ir_attachment AS copy
       SET access_token = NULL, public = FALSE
      FROM ir_attachment AS file
     WHERE file.res_model LIKE %(ours)s
       AND file.file_size > 0
       AND (copy.original_id = file.id OR copy.checksum = file.checksum)
       AND (copy.access_token IS NOT NULL OR copy.public)
       AND copy.url IS NULL
 RETURNING copy.id
"""


def migrate(cr, version):
    cr.execute(SQL(COPIES, ours="sos.%"))
    if closed := sorted({row[0] for row in cr.fetchall()}):
        _logger.warning(
            "Files of families were open by a link, which is closed now: the links of "
            "the attachments %s. Look who had them.",
            ", ".join(map(str, closed)),
        )
