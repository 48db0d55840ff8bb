from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SosPerson(models.Model):
    """A child, an adult or a member of the network. Never a ``res.partner``, which
    every internal user can read; professionals are contacts, people are not."""

    _name = "sos.person"
    _inherit = ["sos.record.mixin"]
    _description = "Person"
    _order = "last_name, first_name, id"
    _rec_names_search = ["name", "reference", "upn"]
    _log_fields = (
        "first_name",
        "last_name",
        "birth_date",
        "expected_on",
        "death_on",
        "sex_id",
        "gender_id",
        "ethnicity_id",
        "disability_ids",
        "upn",
        "former_upn",
        "upn_unknown_id",
        "previous_plans",
    )

    reference = fields.Char(
        readonly=True,
        copy=False,
        index=True,
        help="Letters and digits only: it is the child's number in the census.",
    )
    kind = fields.Selection(
        [("child", "Child"), ("adult", "Adult")], required=True, default="child"
    )
    first_name = fields.Char()
    last_name = fields.Char(required=True)
    name = fields.Char(
        compute="_compute_name", store=True, precompute=True, index="trigram"
    )
    known_as = fields.Char(help="What the person likes to be called.")
    birth_date = fields.Date("Born", index=True)
    expected_on = fields.Date("Expected", help="For a baby who is not born yet.")
    death_on = fields.Date("Died")
    age = fields.Integer(compute="_compute_age", help="In full years, today.")
    age_text = fields.Char("How old", compute="_compute_age")
    is_unborn = fields.Boolean(compute="_compute_is_unborn")
    sex_id = fields.Many2one(
        "sos.code",
        "Sex",
        domain=[("code_set", "=", "sex")],
        help="As the children in need census asks it.",
    )
    gender_id = fields.Many2one(
        "sos.code",
        "Gender",
        domain=[("code_set", "=", "gender")],
        help="As Ofsted's Annex A asks it, and as the person says it.",
    )
    ethnicity_id = fields.Many2one(
        "sos.code", "Ethnicity", domain=[("code_set", "=", "ethnicity")]
    )
    disability_ids = fields.Many2many(
        "sos.code",
        "sos_person_disability_rel",
        string="Disability",
        domain=[("code_set", "=", "disability")],
    )
    language = fields.Char("Language and interpreter")
    upn = fields.Char("UPN", help="Unique pupil number: one letter, then 12 more.")
    former_upn = fields.Char("Former UPN")
    upn_unknown_id = fields.Many2one(
        "sos.code", "No UPN because", domain=[("code_set", "=", "upn_unknown")]
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

    @api.depends("first_name", "last_name")
    def _compute_name(self):
        for person in self:
            first = person.first_name or self.env._("Baby")
            person.name = f"{first} {person.last_name or ''}".strip()

    @api.depends("birth_date", "death_on", "expected_on")
    def _compute_age(self):
        today = self.env["res.company"]._sos_today()
        for person in self:
            person.age = person._get_age_on(person.death_on or today)
            person.age_text = person._get_age_text(today)

    @api.depends("birth_date", "expected_on")
    def _compute_is_unborn(self):
        for person in self:
            person.is_unborn = bool(person.expected_on and not person.birth_date)

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
            if person.death_on and person.birth_date:
                if person.death_on < person.birth_date:
                    raise ValidationError(
                        self.env._("The date of death is before the birth date.")
                    )

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

    def _get_age_on(self, day):
        """Full years on a day; 0 without a birth date."""
        self.ensure_one()
        return relativedelta(day, self.birth_date).years if self.birth_date else 0

    def _get_age_text(self, day):
        self.ensure_one()
        if self.is_unborn:
            return self.env._("not born yet")
        if not self.birth_date:
            return ""
        age = relativedelta(self.death_on or day, self.birth_date)
        if age.years >= 2:
            return self.env._("%s years", age.years)
        months = age.years * 12 + age.months
        if months:
            return self.env._("%s months", months)
        return self.env._("%s weeks", age.days // 7)

    def action_record_birth(self, birth_date, sex_code, first_name=None):
        """An unborn baby is born: the same person, with everything they have.

        :raise ValidationError: for somebody who has a birth date already
        """
        self.ensure_one()
        if self.birth_date:
            raise ValidationError(self.env._("This child is born already."))
        sex = self.env["sos.code"]._get("sex", sex_code)
        if not sex:
            raise ValidationError(self.env._("There is no sex with this code."))
        vals = {"birth_date": birth_date, "sex_id": sex.id}
        if first_name:
            vals["first_name"] = first_name
        self.write(vals)
        return True
