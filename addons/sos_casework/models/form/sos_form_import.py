import json

from odoo import api, models, tools
from odoo.exceptions import UserError
from odoo.fields import Command


class SosFormType(models.Model):
    """Reads a specification of forms (``data/forms.json``, or another authority's).

    What is new is created; a form whose specification differs from its live version
    gets a draft version to look at. Nothing that is there is overwritten, so it can
    be read at every upgrade.
    """

    _inherit = "sos.form.type"

    @api.model
    def _import_shipped(self):
        """Read the specification that comes with the addon (installation, upgrade)."""
        with tools.file_open("sos_casework/data/forms.json") as file:
            return self._import_specification(json.load(file))

    @api.model
    def _import_specification(self, specification):
        """Read a specification.

        :param dict specification: format 1, see docs/architecture.md
        :return: sentences that say what was made, for the administrator
        :raise UserError: with the place, when it cannot be read; nothing is kept
        """
        if specification.get("format") != 1:
            raise UserError(self.env._("This specification is not of format 1."))
        report = []
        self._import_facts(specification["facts"])
        library = {section["code"]: section for section in specification["sections"]}
        types = {}
        for number, entry in enumerate(specification["types"], start=1):
            types[entry["code"]] = self._import_type(entry, number)
        self._import_steps(specification["steps"], report)
        for entry in specification["types"]:
            try:
                content = self._prepare_content(entry, library)
                types[entry["code"]]._import_version(content, report)
            except KeyError as error:
                raise UserError(
                    self.env._(
                        "The form “%(form)s” names %(what)s, which the specification "
                        "does not have.",
                        form=entry["code"],
                        what=error,
                    )
                ) from error
        return report

    @api.model
    def _import_facts(self, entries):
        facts = self.env["sos.form.fact"]
        known = {(fact.scope, fact.code) for fact in facts.search([])}
        facts.create(
            [
                {**entry, "sequence": number}
                for number, entry in enumerate(entries)
                if (entry["scope"], entry["code"]) not in known
            ]
        )

    @api.model
    def _import_type(self, entry, number):
        form_type = self.with_context(active_test=False).search(
            [("code", "=", entry["code"])]
        )
        if form_type:
            return form_type
        role = entry["authorised_by"]
        group = self.env.ref(f"sos_casework.group_{role}") if role else None
        return self.create(
            {
                "code": entry["code"],
                "name": entry["title"],
                "purpose": entry["purpose"],
                "sequence": number * 10,
                "authoriser_group_id": group and group.id,
                "is_meeting": entry["is_meeting"],
                "weekdays_only": entry["weekdays_only"],
                "confirm_when_held": entry["confirm_when_held"],
                "after_death": entry.get("after_death", False),
                **self._prepare_meeting(entry),
                "family_output": entry["family_output"],
                "max_pages": entry["max_pages"],
                "max_mb": entry["max_mb"],
            }
        )

    @api.model
    def _prepare_meeting(self, entry):
        """Who has a part in a meeting of this type; an older specification does not
        say."""
        services = self.env["sos.code"].search(
            [
                ("code_set", "=", "agency_kind"),
                ("code", "in", entry.get("services", [])),
            ]
        )
        return {
            "service_ids": [Command.set(services.ids)],
            "needs_report": entry.get("needs_report", False),
        }

    @api.model
    def _import_steps(self, entries, report):
        steps = self.env["sos.step"].with_context(active_test=False)
        for number, entry in enumerate(entries, start=1):
            if steps.search_count([("code", "=", entry["code"])], limit=1):
                continue
            repeat = entry["repeat"] or {}
            step = steps.create(
                {
                    "code": entry["code"],
                    "name": entry["name"],
                    "sequence": number * 10,
                    "form_type_id": self._get(entry["form_type"]).id,
                    "starts_from": entry["starts_from"],
                    "due_number": entry["due"]["number"],
                    "due_unit": entry["due"]["unit"],
                    "before_booked_days": entry["before_booked_days"] or 0,
                    "met_by": entry["met_by"],
                    "repeat_number": repeat.get("number", 0),
                    "repeat_unit": repeat.get("unit"),
                    "repeat_when": repeat.get("when"),
                    "ends_with": entry["ends_with"],
                }
            )
            report.append(self.env._("New clock: %s", step.name))

    # ---------------------------------------------------------------- versions

    @api.model
    def _prepare_content(self, entry, library):
        """A type's entry as plain content of a version, comparable with
        ``sos.form.version._get_content``."""
        sections = []
        for use in entry["sections"]:
            section = library[use["code"]]
            sections.append(
                {
                    "code": section["code"],
                    "name": section["title"],
                    "kind": section["kind"],
                    "block": section["block"] or False,
                    "question_type": section.get("question_type") or False,
                    "purpose": section["purpose"] or False,
                    "prompt": section["prompt"] or False,
                    "guidance": section["guidance"] or False,
                    "exemplar": section["exemplar"] or False,
                    "required": use["required"],
                    "for_family": "F" in section["audiences"],
                    "for_child": "C" in section["audiences"],
                    "for_professionals": "P" in section["audiences"],
                    "carry": section["carry"],
                }
            )
        decisions = [
            {
                "code": decision["code"],
                "name": decision["title"],
                "needs_category": "category" in decision["needs"],
                "needs_closure_reason": "closure_reason" in decision["needs"],
                "needs_reason": "reason" in decision["needs"],
                "effects": sorted(decision["effects"]),
                "opens": sorted(decision["opens"]),
                "clocks": sorted(decision["clocks"]),
            }
            for decision in entry["decisions"]
        ]
        return {
            "facts": sorted(entry["facts"]),
            "sections": sections,
            "decisions": decisions,
        }

    def _import_version(self, content, report):
        """Make a version from content: live when it is the type's first, otherwise a
        draft, unless a version with just this content is there already."""
        self.ensure_one()
        usable = self.version_ids.filtered(lambda v: v.state != "retired")
        if any(version._get_content() == content for version in usable):
            return
        version = self.env["sos.form.version"]._create_from_content(self, content)
        if not usable:
            version.action_publish()
            report.append(self.env._("New form: %s", self.name))
        else:
            report.append(
                self.env._(
                    "“%(form)s” is different here: version %(number)s is a draft of "
                    "what the specification says. Look at it, and publish or leave it.",
                    form=self.name,
                    number=version.number,
                )
            )


class SosFormVersion(models.Model):
    _inherit = "sos.form.version"

    def _get_content(self):
        """The version as plain content, without ids: comparable and exportable."""
        self.ensure_one()
        names = [
            "code",
            "required",
            *self.env["sos.form.section"]._get_content_fields(),
        ]
        return {
            "facts": sorted(self.fact_ids.mapped("code")),
            "sections": [
                {name: section[name] for name in names} for section in self.section_ids
            ],
            "decisions": [
                {
                    "code": decision.code,
                    "name": decision.name,
                    "needs_category": decision.needs_category,
                    "needs_closure_reason": decision.needs_closure_reason,
                    "needs_reason": decision.needs_reason,
                    "effects": sorted(decision.effect_ids.mapped("code")),
                    "opens": sorted(decision.opens_type_ids.mapped("code")),
                    "clocks": sorted(decision.step_ids.mapped("code")),
                }
                for decision in self.decision_ids
            ],
        }

    @api.model
    def _create_from_content(self, form_type, content):
        """A draft version with this content.

        :raise KeyError: the code of an effect, form, clock or fact that does not exist
        """

        def ids(model, codes):
            known = {record.code: record.id for record in self.env[model].search([])}
            return [known[code] for code in codes]

        return self.create(
            {
                "type_id": form_type.id,
                "fact_ids": ids("sos.form.fact", content["facts"]),
                "section_ids": [
                    Command.create({**section, "sequence": number * 10})
                    for number, section in enumerate(content["sections"], start=1)
                ],
                "decision_ids": [
                    Command.create(
                        {
                            "code": decision["code"],
                            "name": decision["name"],
                            "sequence": number * 10,
                            "needs_category": decision["needs_category"],
                            "needs_closure_reason": decision["needs_closure_reason"],
                            "needs_reason": decision["needs_reason"],
                            "effect_ids": ids("sos.effect", decision["effects"]),
                            "opens_type_ids": ids("sos.form.type", decision["opens"]),
                            "step_ids": ids("sos.step", decision["clocks"]),
                        }
                    )
                    for number, decision in enumerate(content["decisions"], start=1)
                ],
            }
        )
