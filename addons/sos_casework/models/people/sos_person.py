from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date


class SosPerson(models.Model):
    """A child, an adult or a member of the network. Never a ``res.partner``, which
    every internal user can read; professionals are contacts, people are not."""

    _name = "sos.person"
    _inherit = ["sos.merged.mixin"]
    _description = "Person"
    _order = "last_name, first_name, id"
    _rec_names_search = ["name", "known_as", "reference", "upn", "also_known"]
    _stamp_fields = ("reference", "entered_by_id")
    # follows from who is blocked, which is kept
    _unlogged_fields = ("blocked_user_ids",)

    reference = fields.Char(
        readonly=True,
        copy=False,
        index=True,
        help="Letters and digits only: it is the child's number in the census.",
    )
    kind = fields.Selection(
        [("child", "Child"), ("adult", "Adult")], required=True, default="child"
    )
    first_name = fields.Char("First name")
    last_name = fields.Char("Last name", required=True)
    name = fields.Char(
        compute="_compute_name", store=True, precompute=True, index="trigram"
    )
    known_as = fields.Char("Known as", help="What the person likes to be called.")
    birth_date = fields.Date("Born", index=True)
    expected_on = fields.Date("Expected", help="For a baby who is not born yet.")
    death_on = fields.Date("Died")
    age = fields.Integer(compute="_compute_age", help="In full years, today.")
    age_text = fields.Char("How old", compute="_compute_age")
    summary = fields.Char("At a glance", compute="_compute_summary")
    is_unborn = fields.Boolean(
        "Not born yet", compute="_compute_is_unborn", search="_search_is_unborn"
    )
    sex_id = fields.Many2one(
        "sos.code",
        "Sex",
        domain=lambda self: self.env["sos.code"]._get_valid_domain("sex"),
        help="As the children in need census asks it.",
    )
    gender_id = fields.Many2one(
        "sos.code",
        "Gender",
        domain=lambda self: self.env["sos.code"]._get_valid_domain("gender"),
        help="As Ofsted's Annex A asks it, and as the person says it.",
    )
    ethnicity_id = fields.Many2one(
        "sos.code",
        "Ethnicity",
        domain=lambda self: self.env["sos.code"]._get_valid_domain("ethnicity"),
    )
    disability_ids = fields.Many2many(
        "sos.code",
        "sos_person_disability_rel",
        string="Disability",
        domain=lambda self: self.env["sos.code"]._get_valid_domain("disability"),
    )
    language = fields.Char("Language and interpreter")
    upn = fields.Char("UPN", help="Unique pupil number: one letter, then 12 more.")
    former_upn = fields.Char("Former UPN")
    upn_unknown_id = fields.Many2one(
        "sos.code",
        "No UPN because",
        domain=lambda self: self.env["sos.code"]._get_valid_domain("upn_unknown"),
    )
    previous_plans = fields.Integer(
        "Earlier protection plans",
        help="Child protection plans before this system knew the child, anywhere.",
    )
    phone = fields.Char()
    address_ids = fields.One2many("sos.address", "person_id", "Addresses")
    relation_ids = fields.One2many("sos.relationship", "person_id", "Is the … of")
    inverse_relation_ids = fields.One2many("sos.relationship", "other_id", "Has as …")
    flag_ids = fields.One2many("sos.person.flag", "person_id", "Warnings")
    member_ids = fields.One2many("sos.case.member", "person_id", "Family files")
    episode_ids = fields.One2many("sos.episode", "child_id", "Periods of need")
    plan_ids = fields.One2many("sos.plan", "child_id", "Plans")
    entered_by_id = fields.Many2one(
        "res.users", "Entered by", readonly=True, default=lambda self: self.env.user
    )
    active = fields.Boolean(default=True)

    _reference_unique = models.Constraint(
        "UNIQUE(reference)", "Another person has this number."
    )

    # what the search for duplicates of an unborn or new-born baby looks into
    _expected_on_idx = models.Index("(expected_on) WHERE expected_on IS NOT NULL")

    @api.depends("first_name", "last_name", "kind")
    def _compute_name(self):
        for person in self:
            first = person.first_name
            if not first and person.kind == "child":
                first = self.env._("Baby")
            person.name = f"{first or ''} {person.last_name or ''}".strip()

    @api.depends("birth_date", "death_on", "expected_on")
    def _compute_age(self):
        today = self.env["res.company"]._sos_today()
        for person in self:
            person.age = person._get_age_on(person.death_on or today)
            person.age_text = person._get_age_text(today)

    @api.depends("birth_date", "expected_on", "death_on")
    def _compute_summary(self):
        today = self.env["res.company"]._sos_today()
        for person in self:
            person.summary = person._get_summary(today)

    @api.depends("birth_date", "expected_on")
    def _compute_is_unborn(self):
        for person in self:
            person.is_unborn = bool(person.expected_on and not person.birth_date)

    def _search_is_unborn(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("expected_on", "!=", False), ("birth_date", "=", False)]

    @api.constrains("birth_date", "expected_on", "death_on")
    def _check_dates(self):
        today = self.env["res.company"]._sos_today()
        for person in self:
            if person.birth_date and person.birth_date > today:
                raise ValidationError(
                    self.env._(
                        "The birth date is in the future. For a baby who is not "
                        "born yet, fill in the expected date instead."
                    )
                )
            if not person.death_on:
                continue
            if person.death_on > today:
                raise ValidationError(self.env._("The date of death is in the future."))
            if person.birth_date and person.death_on < person.birth_date:
                raise ValidationError(
                    self.env._("The date of death is before the birth date.")
                )

    @api.constrains("expected_on", "birth_date", "sex_id")
    def _check_unborn_sex(self):
        """Census rule 8750."""
        for person in self:
            if person.is_unborn and person.sex_id and person.sex_id.code != "U":
                raise ValidationError(
                    self.env._(
                        "The sex of a baby who is not born yet is Unknown. When the "
                        "baby is born, record the birth; the sex is asked there."
                    )
                )

    @api.onchange("expected_on", "birth_date")
    def _onchange_expected_on(self):
        if self.is_unborn:
            self.sex_id = self.env["sos.code"]._get("sex", "U")

    @api.model_create_multi
    def create(self, vals_list):
        sequence = self.env["ir.sequence"].sudo()
        for vals in vals_list:
            vals["reference"] = sequence.next_by_code("sos.person")
            vals["entered_by_id"] = self.env.uid
            if not vals.get("birth_date") and vals.get("expected_on"):
                unknown = self.env["sos.code"]._get("sex", "U")
                vals.setdefault("sex_id", unknown.id)
        return super().create(vals_list)

    def write(self, vals):
        if {"reference", "entered_by_id"} & vals.keys() and not self.env.su:
            raise UserError(
                self.env._("A person's number, and who entered them, stay as they are.")
            )
        allocator = self.env.user.has_group("sos_casework.group_allocator")
        if "active" in vals and not (self.env.su or allocator):
            raise UserError(
                self.env._(
                    "Only a team manager takes a person out of the lists: who is "
                    "archived is no longer found."
                )
            )
        return super().write(vals)

    def _get_log_owner(self):
        return {"person_id": self.id}

    def _get_log_domain(self):
        return [("person_id", "in", self._get_log_ids())]

    def _get_age_on(self, day):
        """Full years on a day; 0 without a birth date."""
        self.ensure_one()
        return relativedelta(day, self.birth_date).years if self.birth_date else 0

    def _get_age_text(self, day):
        self.ensure_one()
        if self.is_unborn:
            if self.death_on:
                return self.env._("died before birth")
            return self.env._("not born yet")
        if not self.birth_date:
            return ""
        age = relativedelta(self.death_on or day, self.birth_date)
        if age.years >= 2:
            return self.env._("%s years", age.years)
        months = age.years * 12 + age.months
        if months == 1:
            return self.env._("1 month")
        if months:
            return self.env._("%s months", months)
        if age.days >= 14:
            return self.env._("%s weeks", age.days // 7)
        return self.env._("1 day") if age.days == 1 else self.env._("%s days", age.days)

    def _get_summary(self, day):
        """One line that says who this is: age, birth or expected date, death."""
        self.ensure_one()

        def words(date):
            return format_date(self.env, date, date_format="d MMMM yyyy")

        parts = [self._get_age_text(day)]
        if self.is_unborn:
            parts.append(self.env._("expected %s", words(self.expected_on)))
        elif self.birth_date:
            parts.append(self.env._("born %s", words(self.birth_date)))
        else:
            parts.append(self.env._("birth date not known"))
        if self.death_on:
            parts.append(self.env._("died %s", words(self.death_on)))
        return ", ".join(filter(None, parts))

    def action_open_birth(self):
        """Ask for the birth of a baby who was expected."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Record the birth"),
            "res_model": "sos.person.birth",
            "view_mode": "form",
            "target": "new",
            "context": {"default_person_id": self.id},
        }

    def action_record_birth(self, birth_date, sex_code, first_name=None):
        """An unborn baby is born: the same person, with everything they have.

        The expected date stays.

        :raise ValidationError: for somebody who has a birth date already, who was
            never expected, or who died
        """
        self.ensure_one()
        self.check_access("write")
        if self.birth_date:
            raise ValidationError(self.env._("This child is born already."))
        if not self.expected_on:
            raise ValidationError(
                self.env._(
                    "This person was never entered as a baby who is expected. Fill "
                    "in the birth date."
                )
            )
        if self.death_on:
            raise ValidationError(
                self.env._(
                    "The record says that this baby died. Put the date of death "
                    "right first."
                )
            )
        sex = self.env["sos.code"]._get("sex", sex_code)
        if not sex:
            raise ValidationError(self.env._("There is no sex with this code."))
        vals = {"birth_date": birth_date, "sex_id": sex.id}
        if first_name:
            vals["first_name"] = first_name
        self.write(vals)
        return True
