from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, sql

from ...tools.readers import ReadersMany2many


class SosPerson(models.Model):
    """Who may read a person: stored, as for the family file, so that a record rule is
    one look into an index however many people the authority knows."""

    _inherit = "sos.person"

    reader_ids = ReadersMany2many(
        "res.users",
        "sos_person_reader_rel",
        "person_id",
        "user_id",
        "May read",
        compute="_compute_reader_ids",
        store=True,
        copy=False,
        help="The readers of the person's family files, of the restricted ones alone "
        "if there are any; as long as there is no file, who entered the person.",
    )
    in_open_file = fields.Boolean(
        "In files that are not restricted",
        compute="_compute_in_open_file",
        store=True,
        index=True,
        help="In a file, and in none that is restricted: the service and its auditors "
        "read those people.",
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
                      JOIN sos_case ON sos_case.id = member.case_id
                      JOIN sos_case_reader_rel reader USING (case_id)
                     WHERE sos_case.restricted IS TRUE
                        OR member.person_id NOT IN (%(restricted)s)
                     UNION
                    SELECT id, entered_by_id FROM sos_person
                     WHERE entered_by_id IS NOT NULL
                       AND id NOT IN (SELECT person_id FROM sos_case_member);
                    CREATE INDEX ON sos_person_reader_rel (user_id, person_id);
                    UPDATE sos_person SET in_open_file =
                        id IN (SELECT person_id FROM sos_case_member)
                        AND id NOT IN (%(restricted)s)
                    """,
                    restricted=SQL(
                        """SELECT person_id FROM sos_case_member inner_member
                        JOIN sos_case inner_case ON inner_case.id = case_id
                        WHERE inner_case.restricted"""
                    ),
                )
            )
        return super()._auto_init()

    @api.model
    def _get_order_sql(self, alias, query):
        """By what records that name people are sorted: the day of birth, of those of
        whom the user may know it. Where another one stood would tell it day by day."""
        born = SQL.identifier(alias, "birth_date")
        if self.env.su:
            return born
        if not self.has_access("read"):
            return SQL("NULL::date")
        # sudo: the rules themselves are worked out as Odoo works out rules
        people = self.sudo().with_context(active_test=False)
        rules = self.env["ir.rule"]._compute_domain(self._name, "read")
        readable = rules.optimize_full(people)._to_sql(people, alias, query)
        return SQL("CASE WHEN %s THEN %s END", readable, born)

    def _eldest_first(self, readable=None):
        """In the order in which lists have a family's children, too: the eldest first,
        who is not born yet last, with those of whom the user may know the number alone.

        :param readable: of whom more may be known; left out: whom the user may read
        """
        known = self._get_readable() if readable is None else readable
        return self.sorted(lambda p: (str(p in known and p.birth_date or "9999"), p.id))

    def _get_files(self):
        """The family files that say who reads the person: a restricted one wins."""
        self.ensure_one()
        # whatever the call says of archived records: who was put into a file in error
        # is not in it
        members = (self.merged_into_id or self).member_ids.filtered("active")
        cases = members.case_id
        return cases.filtered("restricted") or cases

    @api.depends(
        "entered_by_id",
        "member_ids.active",
        "member_ids.case_id.restricted",
        "member_ids.case_id.reader_ids",
        "merged_into_id.member_ids.active",
        "merged_into_id.member_ids.case_id.restricted",
        "merged_into_id.member_ids.case_id.reader_ids",
    )
    def _compute_reader_ids(self):
        for person in self:
            cases = person._get_files()
            kept = person.merged_into_id or person
            person.reader_ids = cases.reader_ids if cases else kept.entered_by_id

    @api.depends(
        "member_ids.active",
        "member_ids.case_id.restricted",
        "merged_into_id.member_ids.active",
        "merged_into_id.member_ids.case_id.restricted",
    )
    def _compute_in_open_file(self):
        for person in self:
            cases = person._get_files()
            person.in_open_file = bool(cases) and not cases[0].restricted

    def _check_may_join(self, case):
        """A person of several files is read by who reads the restricted ones. So who
        brings somebody of a restricted file into another one, or somebody of another
        file into a restricted one, decides who reads them: a manager of each
        restricted file does.

        :param case: the file that these people come into
        :raise UserError: with whom to ask
        """
        if self.env.su:
            return
        for person in self:
            # sudo: that there are other files; which they are is not told
            others = person.sudo().member_ids.case_id - case
            if not others:
                continue
            restricted = (others | case.sudo()).filtered("restricted").sudo(False)
            if all(restricted.mapped("may_allocate")):
                continue
            raise UserError(
                self.env._(
                    "%(reference)s is in another family file, and one of the two is "
                    "restricted. Only a manager who reads the restricted file brings "
                    "them into both: ask %(whom)s.",
                    reference=person._get_public_reference(),
                    whom=person._get_whom_to_ask(restricted),
                )
            )
