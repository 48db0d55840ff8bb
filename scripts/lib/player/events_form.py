"""Events of forms: opening, writing, deciding, signing, giving."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import plaintext2html

from odoo.addons.sos_casework.models.form.seen import Seen

from .clock import to_utc
from .schema import CHILD_FACTS, FORM_FACTS


class FormEvents:
    def _form(self, name):
        return self.refs[name].with_env(self.env)

    def _today(self):
        return self.event.at.date()

    # -------------------------------------------------------------------- opening

    def _open(self, type_code, children, facts):
        """Open a form as the screen does. A draft that has a reference already is a
        form of its own: the next one is not that one again."""
        case = self._case()
        child_ids = self._ids(children) or case.child_ids.ids
        form_type = self.env["sos.form.type"]._get(type_code)
        people = self.env["sos.person"].browse(child_ids)
        draft = self.env["sos.form"]._find_draft(case, form_type, people)
        if draft and self._is_used(draft, people):
            return self._create_form(form_type, child_ids, facts)
        return case.open_form(type_code, child_ids, **facts)

    def _is_used(self, draft, children):
        """Whether a draft is another form than the one that is wanted now."""
        if draft.type_code == "visit":
            # each visit is a form of its own, unless somebody only began one
            return draft.child_ids.child_id != children or not all(
                answer.is_empty for answer in draft.answer_ids
            )
        return any(
            record._name == "sos.form" and record.id == draft.id
            for record in self.refs.values()
        )

    def _create_form(self, form_type, child_ids, facts):
        return self.env["sos.form"].create(
            {
                "case_id": self.family.id,
                "type_id": form_type.id,
                "child_ids": [Command.create({"child_id": id_}) for id_ in child_ids],
                **facts,
            }
        )

    def _name_form(self, name, form):
        self.refs[name] = form.with_env(self.root)

    def _get_start(self, type_code, day):
        """The typed fact of a form that says from when it is."""
        form_type = self.env["sos.form.type"]._get(type_code)
        facts = form_type.sudo().live_version_id.fact_ids.mapped("code")
        if "started_on" in facts:
            return {"started_on": day}
        if "received_at" in facts:
            return {"received_at": self._get_moment(day)}
        return {"held_on": day} if "held_on" in facts else {}

    def _get_moment(self, moment):
        """A day or a time of England as the database holds it: a day at the hour of
        the event."""
        if not hasattr(moment, "hour"):
            moment = self.event.at.replace(
                year=moment.year, month=moment.month, day=moment.day
            )
        return to_utc(moment)

    def event_referral(self, data):
        facts = {"received_at": self._get_moment(data.get("received", self.event.at))}
        if "source" in data:
            facts["source_id"] = self._code("referral_source", data["source"])
        if "need" in data:
            facts["need_id"] = self._code("primary_need", data["need"])
        form = self._open("contact", data.get("children"), facts)
        if "text" in data:
            form.write_answer("account", plaintext2html(data["text"]))
        self._name_form(data["ref"], form)

    def event_open(self, data):
        facts = self._get_start(data["type"], data.get("date") or self._today())
        form = self._open(data["type"], data.get("children"), facts)
        self._name_form(data["form"], form)

    def event_book(self, data):
        form = self._open(data["type"], data.get("children"), {})
        values = {"booked_on": data["date"]}
        if "chair" in data:
            values["chair_id"] = self.refs[data["chair"]].id
        form.write(values)
        self._name_form(data["form"], form)

    def event_held(self, data):
        self._form(data["form"]).write({"held_on": data.get("date") or self._today()})

    # -------------------------------------------------------------------- writing

    def event_write(self, data):
        form = self._form(data["form"])
        for code, body in data["sections"].items():
            bodies = body if isinstance(body, dict) else {None: body}
            for child, text in bodies.items():
                if child:
                    self._line(form, child)
                child_id = self.refs[child].id if child else None
                form.write_answer(code, plaintext2html(text), child_id)

    def _line(self, form, child):
        """The line of a child in a form."""
        line = form.child_ids.filtered(lambda c: c.child_id.id == self.refs[child].id)
        if not line:
            self.fail(
                (self.event.name, child),
                "this child is not in the form. Open the form for this child too.",
            )
        return line

    def event_attend(self, data):
        form = self._form(data["form"])
        commands = []
        for attendee in data["people"]:
            field = next(key for key in ("person", "agency", "user") if key in attendee)
            who = self.refs[attendee[field]]
            column = "partner_id" if field == "agency" else f"{field}_id"
            values = {
                key: attendee[key]
                for key in ("apologies", "report", "view", "scale")
                if key in attendee
            }
            if "category" in attendee:
                values["category_id"] = self._code(
                    "abuse_category", attendee["category"]
                )
            known = form.attendance_ids.filtered(
                lambda line, column=column, who=who: line[column].id == who.id
            )
            commands.append(
                Command.update(known.id, values)
                if known
                else Command.create({**values, column: who.id})
            )
        form.write({"attendance_ids": commands})

    def _read_facts(self, data, facts, model):
        values = {}
        for key, value in data.items():
            if key not in facts:
                continue
            name, kind = facts[key]
            field = self.env[model]._fields[name]
            if field.type == "selection":
                value = "yes" if value else "no"
            elif field.type == "datetime":
                value = self._get_moment(value)
            elif name == "chair_id":
                value = self.refs[value].id
            elif field.type == "many2one":
                value = self._code(kind.code_set, value)
            elif field.type == "many2many":
                code_set = kind.kind.code_set
                value = [Command.set([self._code(code_set, code) for code in value])]
            values[name] = value
        return values

    def event_facts(self, data):
        form = self._form(data["form"])
        values = self._read_facts(data, FORM_FACTS, "sos.form")
        if values:
            form.write(values)
        for child, facts in data.get("children", {}).items():
            line = self._line(form, child)
            line.write(self._read_facts(facts, CHILD_FACTS, "sos.form.child"))

    def event_visit(self, data):
        facts = {
            "held_on": self._today(),
            "statutory": data.get("statutory", False),
            "announced": data.get("announced", False),
        }
        form = self._open("visit", list(data["children"]), facts)
        for child, seen in data["children"].items():
            line = self._line(form, child)
            line.write(self._read_facts(seen, CHILD_FACTS, "sos.form.child"))
        if "text" in data:
            form.write_answer("changes_since", plaintext2html(data["text"]))
        form.action_submit()

    # -------------------------------------------------------------------- signing

    def event_decide(self, data):
        form = self._form(data["form"])
        for child, choice in data["children"].items():
            line = self._line(form, child)
            decision = form.version_id.decision_ids.filtered(
                lambda d, code=choice["decision"]: d.code == code
            )
            values = {"decision_id": decision.id}
            if "category" in choice:
                values["category_id"] = self._code("abuse_category", choice["category"])
            if "reason" in choice:
                values.update(self._get_reason(decision, child, choice["reason"]))
            line.write(values)
            # on the screen a decision may be half-finished while the form is written;
            # a file says all of it
            if problem := line._get_decision_problem():
                raise UserError(problem)

    def _get_reason(self, decision, child, reason):
        """The reason of a closure is a code, every other one is words."""
        if not decision.needs_closure_reason:
            return {"against_reason": reason}
        code = self._code("closure_reason", reason)
        if not code:
            self.fail(
                ("decide", child, "reason"),
                f"there is no reason for closure “{reason}”. Write RC1 to RC9.",
            )
        return {"closure_reason_id": code}

    def event_confirm(self, data):
        form = self._form(data["form"])
        lines = form.child_ids
        if "children" in data:
            lines = lines.browse()
            for child in data["children"]:
                lines |= self._line(form, child)
        lines.action_confirm()

    def event_submit(self, data):
        form = self._form(data["form"])
        self._give_reasons(form, data.get("reason"))
        # what must be refused is tried as it is
        if self.event.name != "refused":
            self._answer_seen(form)
        form.action_submit()

    def event_authorise(self, data):
        form = self._form(data["form"])
        self._give_reasons(form, data.get("reason"))
        form.action_authorise()

    def _answer_seen(self, form):
        """A file that says nothing of whether a child was seen, neither in the form nor
        by a visit, may be older than the question: a child whose part of the form it
        writes was seen."""
        written = form.answer_ids.filtered(lambda answer: not answer.is_empty).child_id
        for line in form.child_ids:
            silent = not line.seen and line.child_id in written
            if silent and Seen(line).get_problems():
                line.seen = "yes"

    def _give_reasons(self, form, reason):
        """A reason answers what looks unusual, or why a danger statement is not
        finished: the fields that the screen asks it in."""
        if not reason:
            return
        values = {"query_reason": reason}
        if form._get_danger_problems():
            values["override_reason"] = reason
        form.write(values)

    def event_send_back(self, data):
        self._form(data["form"]).action_send_back(data.get("reason"))

    def event_cancel(self, data):
        self._form(data["form"]).action_cancel(data.get("reason"))

    def event_release(self, data):
        self._form(data["form"]).action_release(data["reason"])

    def event_correct(self, data):
        """Asked by the user of the event, and authorised by another."""
        form = self._form(data["form"])
        child = self.refs[data["child"]] if "child" in data else None
        values = self._read_facts(data, CHILD_FACTS, "sos.form.child")
        if "decision" in data:
            decision = form.version_id.decision_ids.filtered(
                lambda d: d.code == data["decision"]
            )
            values["decision_id"] = decision.id
        if "counts_from" in data:
            values["confirmed_on"] = data["counts_from"]
        if not values and "part" not in data:
            # a fact of the whole form, whichever child it was noticed with
            values, child = self._read_facts(data, FORM_FACTS, "sos.form"), None
        correction = form.ask_correction(
            data["reason"],
            values,
            child and child.id,
            {True: "missing", False: "not_part"}.get(data.get("part"), "fact"),
        )
        self._settle()
        who = self._env_of(data["authorised_by"])
        correction.with_env(who).action_authorise()

    # --------------------------------------------------------------------- giving

    def event_give(self, data):
        to = self.refs[data["to"]].with_env(self.env)
        reader = {"person" if to._name == "sos.person" else "partner": to}
        given = self._form(data["form"]).give(
            data["audience"],
            data["how"],
            talked_through=data.get("talked_through", False),
            **reader,
        )
        if "feedback" in data:
            feedback = data["feedback"]
            given.with_env(self.env).write(
                {"feedback": feedback["rating"], "feedback_text": feedback.get("text")}
            )
