from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ...tools.days import get_age
from ...tools.names import fold_phone
from .people_finder import PeopleFinder
from .typed_search import TypedSearch

#: nobody is entered as a child who is older
CHILDS_AGE = 40
#: what a person's name is made of
NAMES = {"first_name", "last_name", "known_as"}


class SosPerson(models.Model):
    """A child, an adult or a member of the network. Never a ``res.partner``, which
    every internal user can read; professionals are contacts, people are not."""

    _name = "sos.person"
    _inherit = ["sos.merged.mixin"]
    _description = "Person"
    # a family's children stand with the eldest first; lists of people go by name
    _order = "birth_date, id"
    _rec_names_search = ["name", "reference", "upn", "also_known"]
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
    known_as = fields.Char("Known as", help="What the person likes to be called.")
    name_ids = fields.One2many("sos.person.name", "person_id", "Names")
    other_name_ids = fields.One2many(
        "sos.person.name",
        "person_id",
        "Other names",
        domain=[("kind", "in", ("before", "other")), ("out_reason", "=", False)],
        help="Names of before, other spellings: the person is found by them too.",
    )
    birth_date = fields.Date("Born", index=True)
    birth_sure = fields.Selection(
        [
            ("sure", "The day is known"),
            ("estimated", "Estimated"),
            ("year", "Only the year is known"),
            ("disputed", "Disputed"),
        ],
        "How sure the birth date is",
        default="sure",
    )
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
    phone_digits = fields.Char(
        compute="_compute_phone_digits", store=True, index="trigram", exportable=False
    )
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

    @api.depends("phone")
    def _compute_phone_digits(self):
        for person in self:
            person.phone_digits = fold_phone(person.phone) or False

    @api.depends("birth_date", "birth_sure", "death_on", "expected_on")
    def _compute_age(self):
        today = self.env["res.company"]._sos_today()
        for person in self:
            person.age = person._get_age_on(person.death_on or today)
            person.age_text = person._get_age_text(today)

    @api.depends("birth_date", "birth_sure", "expected_on", "death_on")
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

    @api.constrains("kind", "birth_date")
    def _check_child(self):
        today = self.env["res.company"]._sos_today()
        for person in self:
            age = person._get_age_on(today)
            if person.kind == "child" and age and age >= CHILDS_AGE:
                raise ValidationError(
                    self.env._(
                        "A child, born in %s? Check the year, or choose “Adult”.",
                        person.birth_date.year,
                    )
                )

    @api.constrains("previous_plans")
    def _check_previous_plans(self):
        for person in self:
            if person.previous_plans < 0:
                raise ValidationError(
                    self.env._(
                        "“Earlier protection plans” is how many there were: 0 or more."
                    )
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
        people = super().create(vals_list)
        self.env["sos.person.name"]._follow(people)
        return people

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
        died = self.filtered("death_on")
        result = super().write(vals)
        if NAMES & vals.keys():
            self.env["sos.person.name"]._follow(self)
        if "death_on" in vals:
            deadlines = self.env["sos.deadline"]
            deadlines._pause_for_death((self - died).filtered("death_on"))
            deadlines._resume_from_death(died.filtered(lambda p: not p.death_on))
        return result

    @api.model
    def default_get(self, fields):
        """“Kelly Poole”, typed where somebody is named, is not typed again: the last
        word is the last name; a child of a family may have its name (the context's
        ``default_last_name``). Who is named is an adult, if the place says nothing else
        (``default_kind``)."""
        values = super().default_get(fields)
        typed = self.env.context.get("default_name")
        if typed is None:
            return values
        values.pop("name", None)
        *first, last = typed.split() or [""]
        family = self.env.context.get("default_last_name")
        if family and not first:
            first, last = [last], family
        named = {
            "kind": self.env.context.get("default_kind", "adult"),
            "first_name": " ".join(first) or False,
            "last_name": last,
        }
        return values | {name: named[name] for name in named.keys() & set(fields)}

    @api.model
    def name_create(self, name):
        """Somebody who is typed where somebody is named, and is not here yet.

        :raise UserError: if somebody of the very same name is here already: they are
            chosen, or entered on a page that asks for more
        """
        self.browse().check_access("create")
        fields = ["kind", "first_name", "last_name"]
        values = self.with_context(default_name=name or "").default_get(fields)
        names = {part: values[part] for part in ("first_name", "last_name")}
        person = self.new(names)
        finder = PeopleFinder(self.env, **names)
        same_name = finder.find_same_name().ids
        for known in person._ask_who_is_here():
            if known.get("id") in same_name:
                raise UserError(
                    self.env._(
                        "%(name)s (%(reference)s, %(summary)s) is here already. "
                        "Choose them; or, for somebody else of this name, create and "
                        "edit, and say when they were born.",
                        name=known["name"],
                        reference=known["reference"],
                        summary=known["summary"],
                    )
                )
        person = self.create(values)
        return person.id, person.display_name

    # -------------------------------------------------------------------- searching

    @api.model
    def _search_display_name(self, operator, value):
        """By any name that somebody has or had, in any order and as a keyboard has it;
        by number, UPN and telephone."""
        if operator not in ("like", "ilike", "not like", "not ilike") or not value:
            return super()._search_display_name(operator, value)
        domain = TypedSearch(self.env, value).get_domain()
        return ~domain if operator.startswith("not") else domain

    def _get_log_owner(self):
        return {"person_id": self.id}

    def _get_log_domain(self):
        return [("person_id", "in", self._get_log_ids())]

    def _get_age_on(self, day):
        """Full years on a day; 0 without a birth date, and before it."""
        self.ensure_one()
        return get_age(self.birth_date, day) if self.birth_date else 0

    def _lived_on(self, day):
        """Whether somebody was born, and had not died, on a day; yes where it is not
        known."""
        self.ensure_one()
        if self.is_unborn:
            return False
        return not (
            (self.birth_date and day < self.birth_date)
            or (self.death_on and day > self.death_on)
        )

    def _get_age_text(self, day):
        """How old somebody was on a day, and that they had died: nobody should have to
        look for that."""
        self.ensure_one()
        if self.is_unborn:
            if self.death_on:
                return self.env._("died before birth")
            return self.env._("not born yet")
        age = self._get_plain_age_text(day)
        if not self.death_on or day < self.death_on:
            return age
        return self.env._("died aged %s", age) if age else self.env._("died")

    def _get_plain_age_text(self, day):
        """The age on a day; of who had died, the age that they reached."""
        if not self.birth_date:
            return ""
        age = self._get_full_age_text(min(day, self.death_on or day))
        if age and self.birth_sure in ("estimated", "year"):
            return self.env._("about %s", age)
        return age

    def _get_full_age_text(self, day):
        if day < self.birth_date:
            return ""
        if (years := get_age(self.birth_date, day)) >= 2:
            return self.env._("%s years", years)
        age = relativedelta(day, self.birth_date)
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
        begin = self._get_begin_text() or self.env._("birth date not known")
        if self.death_on:
            return f"{begin}, {self._get_death_text()}"
        return ", ".join(filter(None, [self._get_age_text(day), begin]))

    def _get_death_text(self):
        died = self._get_day_text(self.death_on)
        if self.is_unborn:
            return self.env._("died before birth on %s", died)
        age = self._get_plain_age_text(self.death_on)
        if not age:
            return self.env._("died %s", died)
        return self.env._("died %(day)s aged %(age)s", day=died, age=age)

    def _get_day_text(self, day):
        return format_date(self.env, day, date_format="d MMMM yyyy")

    def _get_begin_text(self):
        """When somebody was born, or is expected; nothing where it is not known."""
        self.ensure_one()
        if self.is_unborn:
            return self.env._("expected %s", self._get_day_text(self.expected_on))
        if not self.birth_date:
            return ""
        day = self._get_day_text(self.birth_date)
        if self.birth_sure == "year":
            return self.env._("born in %s, the day is not known", self.birth_date.year)
        if self.birth_sure == "estimated":
            return self.env._("born %s (estimated)", day)
        if self.birth_sure == "disputed":
            return self.env._("born %s (disputed)", day)
        return self.env._("born %s", day)

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
