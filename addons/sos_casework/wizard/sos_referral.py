from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.words import WrittenHtml


class SosReferral(models.TransientModel):
    """Somebody got in touch about children: makes the people and the family file
    where they are new, opens the contact form and writes down what was said."""

    _name = "sos.referral"
    _description = "New contact"

    case_id = fields.Many2one(
        "sos.case", "Family file", help="If the family is known already."
    )
    family_name = fields.Char("Name of the family")
    team_id = fields.Many2one(
        "sos.team",
        default=lambda self: self.env.user.sos_team_ids[:1],
        domain="[('member_ids', 'in', uid)]",
    )
    received_at = fields.Datetime(
        "When", required=True, default=lambda self: fields.Datetime.now()
    )
    source_id = fields.Many2one(
        "sos.code",
        "Who got in touch",
        required=True,
        domain=[("code_set", "=", "referral_source")],
    )
    need_id = fields.Many2one(
        "sos.code",
        "What it is mainly about",
        domain=[("code_set", "=", "primary_need")],
        help="If you know it already: it is asked where the referral goes on.",
    )
    transfer_in = fields.Boolean("The children come from another authority")
    notified_on = fields.Date("Told by the other authority on")
    account = WrittenHtml("What was said", required=True)
    address = fields.Char("Where they live")
    postcode = fields.Char()
    known_child_ids = fields.Many2many(
        "sos.person",
        string="About",
        domain="[('id', 'in', available_child_ids)]",
        compute="_compute_known_child_ids",
        store=True,
        readonly=False,
    )
    available_child_ids = fields.Many2many(
        related="case_id.child_ids", string="Children of the file"
    )
    children_last_name = fields.Char(compute="_compute_children_last_name")
    child_line_ids = fields.One2many(
        "sos.referral.person", "child_referral_id", "Children"
    )
    adult_line_ids = fields.One2many(
        "sos.referral.person", "adult_referral_id", "Parents, carers and others"
    )

    def _compute_display_name(self):
        for referral in self:
            referral.display_name = self.env._("New contact")

    @api.depends("case_id")
    def _compute_known_child_ids(self):
        for referral in self:
            referral.known_child_ids = referral.case_id.child_ids._get_readable()

    @api.depends("known_child_ids", "family_name")
    def _compute_children_last_name(self):
        """What stands in each child's row already: the family's name, or the one that
        all its children have."""
        for referral in self:
            names = set(referral.known_child_ids.mapped("last_name"))
            one = len(names) == 1 and names.pop()
            referral.children_last_name = one or referral.family_name

    duplicate_html = fields.Html(
        "Perhaps here already", compute="_compute_duplicate_html", sanitize=False
    )

    @api.depends(
        *(
            f"{lines}.{name}"
            for lines in ("child_line_ids", "adult_line_ids")
            for name in (
                "person_id",
                "first_name",
                "last_name",
                "birth_date",
                "expected_on",
            )
        )
    )
    def _compute_duplicate_html(self):
        """People who may be the ones being entered: nobody should have two records."""
        for referral in self:
            items = []
            lines = referral.child_line_ids | referral.adult_line_ids
            for line in lines.filtered(lambda x: not x.person_id):
                items += line._describe_duplicates()
            referral.duplicate_html = bool(items) and Markup(
                "<ul class='mb-0'>%s</ul>"
            ) % Markup("").join(Markup("<li>%s</li>") % item for item in items)

    @api.onchange("family_name")
    def _onchange_family_name(self):
        """Children mostly have the family's name: it need not be typed again."""
        for line in self.child_line_ids.filtered(lambda x: not x.last_name):
            line.last_name = self.family_name

    def action_record(self):
        """Make what is new, and open the contact form."""
        self.ensure_one()
        case = self.case_id or self._create_case()
        children = self.known_child_ids | self.child_line_ids._make_people(case)
        adults = self.adult_line_ids._make_people(case)
        self.adult_line_ids._relate(children | case.child_ids)
        self._add_addresses(children - self.known_child_ids, adults)
        form = case.open_form("contact", children.ids, **self._prepare_facts())
        form.write_answer("account", self.account)
        return {
            "type": "ir.actions.act_window",
            "res_model": "sos.form",
            "res_id": form.id,
            "view_mode": "form",
            "target": "main",
        }

    def _create_case(self):
        if not self.family_name:
            raise UserError(
                self.env._("Give the family a name, or choose the file it has already.")
            )
        if not self.child_line_ids:
            raise UserError(self.env._("A contact is about at least one child."))
        vals = {"name": self.family_name}
        if self.team_id:
            vals["team_id"] = self.team_id.id
        return self.env["sos.case"].create(vals)

    def _prepare_facts(self):
        facts = {
            "received_at": self.received_at,
            "source_id": self.source_id.id,
            "need_id": self.need_id.id,
        }
        if self.transfer_in:
            facts.update(transfer_in=True, notified_on=self.notified_on)
        return facts

    def _add_addresses(self, children, adults):
        carers = self.adult_line_ids.filtered("lives_there").person_id
        people = children | (adults & carers)
        if self.address:
            self.env["sos.address"].create(
                [
                    {
                        "person_id": person.id,
                        "text": self.address,
                        "postcode": self.postcode,
                    }
                    for person in people
                ]
            )
