from odoo import models


class SosCase(models.Model):
    _inherit = "sos.case"

    def _refresh_readers(self):
        """Work out again who may read each file, and store it.

        Stored, so that a record rule is one look into an index however many
        families the authority has.
        """
        # sudo: the user whose change causes this may not be a reader themselves
        for case in self.sudo():
            readers = case._get_readers()
            if readers != case.reader_ids:
                case.reader_ids = readers
        self._end_needless_emergencies()

    def _get_readers(self):
        """Who may read the file: whoever has a reason to, and is not blocked."""
        self.ensure_one()
        readers = self.env["res.users"].union(*self._get_readers_by_reason().values())
        return readers - self.blocked_user_ids

    def _get_readers_by_reason(self):
        """Restricted: the named readers, or who is allocated, the team's managers
        and its business support. Otherwise the team and everybody allocated. Whoever
        opened it in an emergency, for that time.

        :return: users by ``team``, ``allocated``, ``chair``, ``named``, ``emergency``
        """
        self.ensure_one()
        emergency = {"emergency": self.emergency_ids._get_open().user_id}
        if self.restricted and self.named_reader_ids:
            return {"named": self.named_reader_ids, **emergency}
        current = self.allocation_ids.filtered(lambda a: a._is_current())
        team = self.team_id.member_ids
        if self.restricted:
            team = team.filtered(
                lambda user: user.has_groups(
                    "sos_casework.group_team_manager,"
                    "sos_casework.group_business_support"
                )
            )
        else:
            team |= current.team_id.member_ids
        return {
            "team": team,
            "allocated": current.user_id,
            "chair": self._get_chairs(),
            **emergency,
        }

    def _get_limits(self):
        """:return: for each restricted file, the ids of its named readers"""
        # sudo: compared only
        restricted = self.sudo().filtered("restricted")
        return {case.id: set(case.named_reader_ids.ids) for case in restricted}

    def _tell_restricted(self, before):
        """Who oversees the work hears at once that a file is restricted, and to whom:
        they may be the ones who do not read it any more.

        :param before: the limits before this change
        """
        for case_id, named in self._get_limits().items():
            # sudo: the user may have taken themself out
            case = self.browse(case_id).sudo()
            # a merged file follows its kept one
            if before.get(case_id) == named or case.merged_into_id:
                continue
            words = {
                "by": self.env.user.name,
                "number": case.reference,
                "readers": ", ".join(case.reader_ids.sorted("name").mapped("name")),
            }
            name = self.env._(
                "%(by)s restricted %(number)s; it is read by %(readers)s", **words
            )
            reason = case.restricted_reason
            self.env["sos.oversight"]._tell("restriction", name, case, reason)

    def _get_chairs(self):
        """Who chairs a meeting about the family reads its file: whoever writes the
        form names them, so it is only somebody whose role signs such a form."""
        chairs = self.env["res.users"]
        for form in self.form_ids.filtered(lambda f: f.state != "cancelled"):
            if form.type_id.authoriser_group_id in form.chair_id.all_group_ids:
                chairs |= form.chair_id
        return chairs

    def _get_allocated(self, role):
        """Today's allocations in a role, of those who may read the file: who is
        blocked, or not named in a restricted file, is told of nothing."""
        self.ensure_one()
        return self.allocation_ids.filtered(
            lambda a: a.role == role
            and a.user_id in self.reader_ids
            and a._is_current()
        ).sorted("since, id")

    def _get_worker(self, child=None):
        """Who is told of the family's work today: who is lead for the child, else for
        the family, else the manager. Never somebody who may not read the file."""
        current = self._get_allocated("lead")
        own = current.filtered(lambda a: child and child in a.child_ids)
        family = current.filtered(lambda a: not a.child_ids)
        lead = (own or family or current)[-1:].user_id
        return lead or self._get_manager()

    def _get_manager(self):
        """The allocated manager, else a manager of the team."""
        self.ensure_one()
        current = self._get_allocated("manager")
        if current:
            return current[-1].user_id
        managers = self.team_id.member_ids.filtered(
            lambda user: user.has_group("sos_casework.group_team_manager")
        )
        return (managers & self.reader_ids).sorted("id")[:1]
