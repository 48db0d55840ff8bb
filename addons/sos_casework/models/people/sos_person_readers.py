from odoo import api, fields, models
from odoo.tools import SQL, sql


class SosPerson(models.Model):
    """Who may read a person: stored, as for the family file, so that a record rule is
    one look into an index however many people the authority knows."""

    _inherit = "sos.person"

    reader_ids = fields.Many2many(
        "res.users",
        "sos_person_reader_rel",
        "person_id",
        "user_id",
        "May read",
        compute="_compute_reader_ids",
        store=True,
        copy=False,
        help="The readers of the person's family files; as long as there is none, who "
        "entered the person.",
    )
    in_open_file = fields.Boolean(
        "In a file that is not restricted",
        compute="_compute_in_open_file",
        store=True,
        index=True,
        help="The service and its auditors read those people.",
    )

    # the order of the lists: whoever reads nearly everybody reads along it
    _order_idx = models.Index("(last_name, first_name, id)")

    def _auto_init(self):
        """People whom an earlier version knew: one step for all of them, where Odoo
        would work them out one by one."""
        cr = self.env.cr
        if sql.table_exists(cr, self._table) and not sql.table_exists(
            cr, "sos_person_reader_rel"
        ):
            sql.create_column(cr, self._table, "in_open_file", "boolean")
            cr.execute(
                SQL(
                    """
                    CREATE TABLE sos_person_reader_rel (
                        person_id INTEGER NOT NULL, user_id INTEGER NOT NULL,
                        PRIMARY KEY (person_id, user_id));
                    INSERT INTO sos_person_reader_rel
                    SELECT member.person_id, reader.user_id
                      FROM sos_case_member member
                      JOIN sos_case_reader_rel reader USING (case_id)
                     UNION
                    SELECT id, entered_by_id FROM sos_person
                     WHERE entered_by_id IS NOT NULL
                       AND id NOT IN (SELECT person_id FROM sos_case_member);
                    CREATE INDEX ON sos_person_reader_rel (user_id, person_id);
                    UPDATE sos_person SET in_open_file = id IN (
                        SELECT person_id FROM sos_case_member member
                          JOIN sos_case ON sos_case.id = member.case_id
                         WHERE restricted IS NOT TRUE)
                    """
                )
            )
        return super()._auto_init()

    @api.depends(
        "entered_by_id",
        "member_ids.case_id.reader_ids",
        "merged_into_id.member_ids.case_id.reader_ids",
    )
    def _compute_reader_ids(self):
        for person in self:
            kept = person.merged_into_id or person
            cases = kept.member_ids.case_id
            person.reader_ids = cases.reader_ids if cases else kept.entered_by_id

    @api.depends(
        "member_ids.case_id.restricted",
        "merged_into_id.member_ids.case_id.restricted",
    )
    def _compute_in_open_file(self):
        for person in self:
            cases = (person.merged_into_id or person).member_ids.case_id
            person.in_open_file = any(not case.restricted for case in cases)
