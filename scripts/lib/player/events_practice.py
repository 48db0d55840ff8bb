"""Events of the practice record: map, danger statements, plan, network, voice."""

from odoo.fields import Command

from .pictures import read_picture


class PracticeEvents:
    def _keep(self, model, name, values, known):
        """Make a line of the practice record, or change the one that has this
        reference."""
        if known:
            self.refs[name].with_env(self.env).write(values)
            return self.refs[name]
        record = self.env[model].create({"case_id": self.family.id, **values})
        if name:
            self.refs[name] = record.with_env(self.root)
        return record

    def _read(self, data, plain=(), people=(), renamed=None):
        """Values of a record: plain keys as they are, references as ids."""
        values = {key: data[key] for key in plain if key in data}
        for key, column in (renamed or {}).items():
            if key in data:
                values[column] = data[key]
        for key in people:
            if key in data:
                values[f"{key}_id"] = self.refs[data[key]].id
        if "children" in data:
            values["child_ids"] = self._set(data["children"])
        return values

    def _read_image(self, data, keys):
        if "image" not in data:
            return {}
        try:
            return {"image": read_picture(data["image"], self.casefile.path)}
        except ValueError as error:
            return self.fail((*keys, "image"), f"{error}.")

    def event_map(self, data):
        for line in data:
            values = self._read(
                line,
                plain=("kind", "text", "by_when"),
                people=("words_of", "danger"),
                renamed={"when": "happened_on"},
            )
            if "who" in line:
                who = self.refs[line["who"]]
                values["who"] = who.name
                if who._name == "sos.person":
                    values["who_id"] = who.id
            self._keep("sos.map.line", line.get("ref"), values, line["known"])

    def event_danger(self, data):
        values = self._read(data, plain=("text", "goal", "scale_0", "scale_10"))
        danger = self._keep("sos.danger", data["ref"], values, data["known"])
        opinions = danger.with_env(self.env).opinion_ids
        for name, opinion in data.get("views", {}).items():
            person = self.refs[name]
            known = opinions.filtered(lambda o, p=person: o.person_id.id == p.id)
            if known:
                known.write({"opinion": opinion})
                continue
            opinions.create(
                {
                    "case_id": self.family.id,
                    "danger_id": danger.id,
                    "person_id": person.id,
                    "opinion": opinion,
                }
            )

    def event_bottom_line(self, data):
        values = self._read(data, plain=("text", "evidence", "met"), people=("danger",))
        self._keep("sos.bottom.line", data["ref"], values, data["known"])

    def event_rate(self, data):
        columns = {
            "sos.person": "person_id",
            "res.users": "user_id",
            "res.partner": "partner_id",
        }
        for name, rating in data["ratings"].items():
            rater = self.refs[name]
            self.env["sos.rating"].create(
                {
                    "case_id": self.family.id,
                    "danger_id": "danger" in data and self.refs[data["danger"]].id,
                    "form_id": "form" in data and self.refs[data["form"]].id,
                    columns[rater._name]: rater.id,
                    "score": rating["score"],
                    "reason": rating.get("reason"),
                    "blind": data.get("blind", False),
                }
            )

    def event_voice(self, data):
        child = self.refs[data["child"]]
        self.env["sos.voice"].create(
            {
                "case_id": self.family.id,
                "child_id": child.id,
                "tool": data["tool"],
                "on_date": self._today(),
                "words": data.get("words"),
                "present_ids": self._set(data.get("present")),
                **data.get("parts", {}),
                **self._read_image(data, ("voice",)),
            }
        )
        for name, share in data.get("share", {}).items():
            self._wish(child, self.refs[name], share)

    def _wish(self, child, person, share):
        wishes = self.env["sos.share.wish"]
        known = wishes.search(
            [("child_id", "=", child.id), ("person_id", "=", person.id)]
        )
        if known:
            known.write({"share": share})
            return
        wishes.create(
            {
                "case_id": self.family.id,
                "child_id": child.id,
                "person_id": person.id,
                "share": share,
            }
        )

    def event_network(self, data):
        for member in data:
            values = self._read(
                member,
                plain=("role", "knows_since"),
                people=("person", "found_by", "told_by"),
            )
            if "child_can_tell" in member:
                values["child_can_tell_ids"] = self._set(member["child_can_tell"])
            known = self._case().network_ids.filtered(
                lambda m, v=values: m.person_id.id == v["person_id"]
            )
            if known:
                known.write(values)
            else:
                known.create({"case_id": self.family.id, **values})

    def event_plan(self, data):
        values = self._read(data, plain=("kind",))
        plan = self._keep("sos.safety.plan", data["ref"], values, data["known"])
        for rule in data.get("rules", ()):
            values = self._read(
                rule,
                plain=("text", "child_text", "when", "trigger", "status"),
                people=("who", "backup", "danger", "proposed_by"),
            )
            if not rule["known"]:
                values["plan_id"] = plan.id
            self._keep("sos.safety.rule", rule.get("ref"), values, rule["known"])

    def event_journal(self, data):
        self.env["sos.journal.entry"].create(
            {
                "rule_id": self.refs[data["rule"]].id,
                "written_by_id": self.refs[data["written_by"]].id,
                "kept": data["kept"],
                "text": data.get("text"),
            }
        )

    def event_timeline(self, data):
        for step in data:
            values = self._read(
                step, plain=("step",), renamed={"due": "due_on", "done": "done_on"}
            )
            self._keep("sos.timeline.step", step.get("ref"), values, step["known"])

    def event_words_and_pictures(self, data):
        panels = [
            Command.create(
                {
                    "sequence": number * 10,
                    "text": panel["text"],
                    **self._read_image(panel, ("words_and_pictures", "panels")),
                }
            )
            for number, panel in enumerate(data["panels"], start=1)
        ]
        self.env["sos.words.pictures"].create(
            {
                "case_id": self.family.id,
                "child_ids": self._set(data.get("children")),
                "panel_ids": panels,
                "agreed_by_ids": self._set(data.get("agreed_by")),
                "read_to_ids": self._set(data.get("read_to")),
            }
        )
