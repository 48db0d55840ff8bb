from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..form.sos_form_output_limits import literal

#: What stands where words were taken out: of one length, so that it does not tell
#: how long they were.
BLACK = "██████"
#: What a reviewer decides; everything else of a piece is as it was found.
DECIDED = {"decision", "blackout", "exemption_id"}


class SosSubjectPiece(models.Model):
    """One thing that is held about the person of a request: a copy of its words as
    they were found. Words are blacked out in the copy; nobody can retype it, so what
    is given is what is held. The record itself never changes."""

    _name = "sos.subject.piece"
    _inherit = ["sos.record.mixin"]
    _description = "Piece of a subject access request"
    _order = "request_id, kind_rank, kind, on_date, id"
    _rec_name = "title"
    _sos_group_codes = ("kind",)

    request_id = fields.Many2one(
        "sos.subject.request",
        "Request",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    # whose words they are: the access log names them
    person_id = fields.Many2one(
        related="request_id.person_id", store=True, index=True, readonly=True
    )
    key = fields.Char(
        required=True, readonly=True, help="What it was copied from: found again by it."
    )
    kind = fields.Char(readonly=True)
    kind_rank = fields.Integer(readonly=True, aggregator=None)
    title = fields.Char("What", readonly=True)
    on_date = fields.Date("Date", readonly=True)
    author = fields.Char("Written by", readonly=True)
    text = fields.Text("Words", readonly=True)
    file = fields.Binary(attachment=True, readonly=True)
    file_name = fields.Char("Name of the file", readonly=True)
    is_picture = fields.Boolean(readonly=True)
    third_ids = fields.Many2many(
        "sos.person",
        "sos_subject_piece_third_rel",
        string="Other people in it",
        readonly=True,
    )
    look_at = fields.Char("Why to look", readonly=True)
    decision = fields.Selection(
        [
            ("waiting", "Waits for a decision"),
            ("give", "Given"),
            ("black", "Given, words blacked out"),
            ("withhold", "Withheld"),
            ("other", "Not about this person"),
        ],
        required=True,
        default="waiting",
        index=True,
    )
    blackout = fields.Text(
        "Black out", help="Words, names or sentences, one a line, as they stand above."
    )
    exemption_id = fields.Many2one(
        "sos.code",
        "Withheld because",
        domain=lambda self: self.env["sos.code"]._get_valid_domain("exemption"),
    )
    given_text = fields.Text("As it is given", compute="_compute_given_text")
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True)
    decided_at = fields.Datetime("Decided", readonly=True)

    _key_unique = models.UniqueIndex(
        "(request_id, key)", "This piece is in the request already."
    )

    @api.depends("text", "blackout", "decision")
    def _compute_given_text(self):
        for piece in self:
            text = piece.text or ""
            if piece.decision not in ("give", "black"):
                piece.given_text = False
                continue
            if piece.decision == "black":
                for pattern in piece._get_patterns().values():
                    text = pattern.sub(BLACK, text)
            piece.given_text = text

    def _get_patterns(self):
        """What is blacked out: ``{line: pattern}``, the longest first."""
        lines = {line.strip() for line in (self.blackout or "").splitlines()}
        found = {line: literal(line) for line in sorted(lines, key=len, reverse=True)}
        return {line: pattern for line, pattern in found.items() if pattern}

    @api.constrains("decision", "blackout", "exemption_id", "text")
    def _check_decision(self):
        for piece in self:
            if piece.decision == "withhold" and not piece.exemption_id:
                raise ValidationError(
                    self.env._("Choose why “%s” is withheld.", piece.title)
                )
            if piece.decision != "black":
                continue
            if piece.file:
                raise ValidationError(
                    self.env._(
                        "Words cannot be blacked out in a file or picture. Give it or "
                        "withhold it."
                    )
                )
            patterns = piece._get_patterns()
            if not patterns:
                raise ValidationError(
                    self.env._("Say which words of “%s” to black out.", piece.title)
                )
            for line, pattern in patterns.items():
                if not pattern.search(piece.text or ""):
                    raise ValidationError(
                        self.env._(
                            "“%(words)s” does not stand in “%(piece)s”. Copy the "
                            "words from the text.",
                            words=line,
                            piece=piece.title,
                        )
                    )

    def write(self, vals):
        if not self.env.su and DECIDED & vals.keys():
            self.check_access("write")
            self._check_in_review()
            vals = self._complete_decision(vals)
            # sudo: who decided and when is not typed in
            self.sudo().write(
                {"decided_by_id": self.env.uid, "decided_at": fields.Datetime.now()}
            )
            # a bundle that was made before does not hold what is decided now
            self.request_id._drop_bundle()
        return super().write(vals)

    def _check_in_review(self):
        if any(r.state not in ("gathered", "reviewed") for r in self.request_id):
            raise UserError(
                self.env._("This request is finished: what was decided stays.")
            )

    @api.model
    def _complete_decision(self, vals):
        """A reason for withholding withholds, words to black out are blacked out;
        whoever changes the decision alone takes them back."""
        vals = dict(vals)
        if vals.get("exemption_id"):
            vals.setdefault("decision", "withhold")
        elif (vals.get("blackout") or "").strip():
            vals.setdefault("decision", "black")
        decision = vals.get("decision")
        if decision and decision != "withhold":
            vals["exemption_id"] = False
        if decision and decision != "black":
            vals["blackout"] = False
        return vals

    def _get_log_owner(self):
        return {"person_id": self.request_id.person_id.id}

    def _get_display_label(self):
        return f"{self.request_id.reference}: {self.title}"

    # ----------------------------------------------------------------- screens

    def action_give(self):
        """Give these pieces as they are."""
        self.write({"decision": "give"})
        return True

    def action_black_names(self):
        """Give these pieces with the names of other people blacked out."""
        self.check_access("write")
        sources = {
            request: request._get_source(self.third_ids) for request in self.request_id
        }
        for piece in self:
            names = sources[piece.request_id].find_names(piece.text)
            if names and not piece.file_name:
                piece.write({"blackout": "\n".join(names)})
            else:
                raise UserError(
                    self.env._(
                        "There is no name to black out in “%s”. Give it, black out "
                        "words of it, or withhold it.",
                        piece.title,
                    )
                )
        return True

    def action_not_about(self):
        """These pieces are not about the person of the request."""
        self.write({"decision": "other"})
        return True

    def action_next(self):
        """Save, and on to the next piece that waits."""
        self.ensure_one()
        self.check_access("read")
        waiting = self.search(
            [
                ("request_id", "=", self.request_id.id),
                ("decision", "=", "waiting"),
                ("id", "!=", self.id),
            ],
            limit=1,
        )
        if not waiting:
            return {
                "type": "ir.actions.act_window",
                "res_model": "sos.subject.request",
                "res_id": self.request_id.id,
                "view_mode": "form",
                "views": [(False, "form")],
            }
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": waiting.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
