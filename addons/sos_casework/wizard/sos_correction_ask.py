from odoo import api, fields, models
from odoo.exceptions import UserError

#: Type of a field → where the right value of it is typed.
VALUES = {
    "date": "new_date",
    "datetime": "new_at",
    "boolean": "new_choice",
    "selection": "new_choice",
    "many2many": "new_code_ids",
    "char": "new_text",
    "text": "new_text",
}
#: Where the right record of a relation is chosen.
RECORDS = {
    "sos.code": "new_code_id",
    "res.users": "new_user_id",
    "sos.decision": "decision_id",
}


class SosCorrectionAsk(models.TransientModel):
    """Asks what is wrong in a signed form and what is right, and shows what will
    follow before anybody is asked to authorise it."""

    _name = "sos.correction.ask"
    _description = "Ask for a correction"

    form_id = fields.Many2one("sos.form", required=True, readonly=True)
    about = fields.Selection(
        [
            ("form", "Something about the whole form"),
            ("child", "Something about one child"),
            ("not_part", "A child was not part of it"),
            ("missing", "A child is missing from it"),
        ],
        "What is wrong",
        required=True,
        default="child",
    )
    available_child_ids = fields.Many2many("sos.person", compute="_compute_available")
    child_id = fields.Many2one(
        "sos.person",
        "Child",
        compute="_compute_child_id",
        store=True,
        readonly=False,
        domain="[('id', 'in', available_child_ids)]",
    )
    choices = fields.Json(compute="_compute_available")
    fact = fields.Selection(
        "_selection_fact", "Which", compute="_compute_fact", store=True, readonly=False
    )
    place = fields.Char(compute="_compute_place")
    code_set = fields.Char(compute="_compute_place")
    says = fields.Text("It says now", compute="_compute_says")
    version_id = fields.Many2one(related="form_id.version_id")
    new_date = fields.Date("Right is")
    new_at = fields.Datetime("Right is the time")
    new_choice = fields.Selection([("yes", "Yes"), ("no", "No")], "Right is the answer")
    new_text = fields.Text("Right are the words")
    new_user_id = fields.Many2one("res.users", "Right is the colleague")
    new_code_id = fields.Many2one(
        "sos.code", "Right is the entry", domain="[('code_set', '=', code_set)]"
    )
    new_code_ids = fields.Many2many(
        "sos.code",
        string="Right are the entries",
        domain="[('code_set', '=', code_set)]",
    )
    decision_id = fields.Many2one(
        "sos.decision",
        "Right is the decision",
        domain="[('version_id', '=', version_id)]",
    )
    needs_category = fields.Boolean(related="decision_id.needs_category")
    needs_closure_reason = fields.Boolean(related="decision_id.needs_closure_reason")
    category_id = fields.Many2one(
        "sos.code", "Category of abuse", domain=[("code_set", "=", "abuse_category")]
    )
    closure_reason_id = fields.Many2one(
        "sos.code", "Reason for closure", domain=[("code_set", "=", "closure_reason")]
    )
    reason = fields.Text("Why it is wrong")
    looked = fields.Boolean(readonly=True)
    old_text = fields.Text("It says", readonly=True)
    new_words = fields.Text("It will say", readonly=True)
    follows = fields.Text(readonly=True)
    follows_html = fields.Html(
        "What follows", compute="_compute_follows_html", sanitize=False
    )

    @api.model
    def _selection_fact(self):
        """Whatever may be corrected in any form; ``choices`` are those of this one."""
        # sudo: what forms ask is no secret
        facts = self.env["sos.form.fact"].sudo().search([("code", "!=", False)])
        labels = {
            **{fact.code: fact.name for fact in facts},
            **self.env["sos.form"]._get_decision_labels(),
        }
        return list(labels.items())

    @api.depends("form_id", "about", "child_id")
    def _compute_available(self):
        for wizard in self:
            form = wizard.form_id
            inside = form.child_ids.child_id
            missing = wizard.about == "missing"
            wizard.available_child_ids = (
                form.case_id.child_ids - inside if missing else inside
            )._get_readable()
            line = wizard._get_line()
            chosen = line or wizard.about == "form"
            wizard.choices = list(form._get_correctable(line)) if chosen else []

    def _get_line(self):
        self.ensure_one()
        if self.about != "child":
            return self.env["sos.form.child"]
        lines = self.form_id.child_ids
        return lines.filtered(lambda line: line.child_id == self.child_id)

    @api.depends("about")
    def _compute_child_id(self):
        for wizard in self:
            children = wizard.available_child_ids
            if wizard.about == "form":
                wizard.child_id = False
            elif wizard.child_id not in children:
                wizard.child_id = children if len(children) == 1 else False

    @api.depends("about", "child_id")
    def _compute_fact(self):
        for wizard in self:
            names = wizard.choices or []
            if wizard.fact not in names:
                wizard.fact = names[0] if len(names) == 1 else False

    def _get_field(self):
        """The field that is corrected, or None while it is not chosen."""
        if self.fact not in (self.choices or []):
            return None
        model = "sos.form" if self.about == "form" else "sos.form.child"
        return self.env[model]._fields[self.fact]

    @api.depends("about", "fact", "choices")
    def _compute_place(self):
        for wizard in self:
            field = wizard._get_field()
            wizard.code_set = wizard.place = False
            if wizard.about == "missing":
                wizard.place = "decision_id"
            elif field:
                relation = RECORDS.get(field.comodel_name)
                wizard.place = VALUES.get(field.type) or relation
                if field.comodel_name == "sos.code":
                    sets = [leaf[2] for leaf in field.domain if leaf[0] == "code_set"]
                    wizard.code_set = sets[0]

    @api.depends("about", "fact", "child_id")
    def _compute_says(self):
        for wizard in self:
            field, wizard.says = wizard._get_field(), False
            if field:
                record = wizard._get_line() or wizard.form_id
                names = [field.name]
                if field.name == "decision_id":
                    names += ["category_id", "closure_reason_id"]
                form = wizard.form_id
                wizard.says = form._get_values_text(
                    record, {n: record._origin._get_raw(n) for n in names}
                ) or self.env._("Nothing")

    @api.depends("follows")
    def _compute_follows_html(self):
        for wizard in self:
            sentences = (wizard.follows or "").splitlines()
            wizard.follows_html = wizard.form_id._as_html_list(sentences)

    # ----------------------------------------------------------------- buttons

    def _get_values(self):
        if self.about == "not_part":
            return {}
        if not self.place:
            raise UserError(self.env._("Choose what is wrong."))
        if self.place == "decision_id":
            values = {"decision_id": self.decision_id.id}
            for name, needed in (
                ("category_id", self.needs_category),
                ("closure_reason_id", self.needs_closure_reason),
            ):
                if needed and self[name]:
                    values[name] = self[name].id
            return values
        value = self[self.place]
        field = self._get_field()
        if field.type == "boolean":
            value = value == "yes"
        elif field.relational:
            value = value.ids if field.type == "many2many" else value.id
        return {self.fact: value}

    def _get_arguments(self):
        self.ensure_one()
        if self.about != "form" and not self.child_id:
            raise UserError(self.env._("Choose the child."))
        kind = self.about if self.about in ("not_part", "missing") else "fact"
        return {
            "reason": self.reason,
            "values": self._get_values(),
            "child_id": self.child_id.id,
            "kind": kind,
        }

    def action_look(self):
        """Show what will follow."""
        texts = self.form_id._preview_correction(**self._get_arguments())
        self.old_text, self.new_words, self.follows = texts
        self.looked = True
        return self._open()

    def action_back(self):
        self.looked = False
        return self._open()

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct…"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_ask(self):
        """Ask for it: it waits for somebody else to authorise it."""
        correction = self.form_id.ask_correction(**self._get_arguments())
        return {
            "type": "ir.actions.act_window",
            "res_model": correction._name,
            "res_id": correction.id,
            "view_mode": "form",
        }
