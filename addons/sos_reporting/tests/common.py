from lxml import etree

from odoo import Command
from odoo.tests import freeze_time
from odoo.tools.safe_eval import safe_eval

from odoo.addons.sos_casework.tests.common import SosCommon

#: elements that stand once for each thing of their kind
GROUPS = {"Assessments", "CINPlanDates", "Section47", "ChildProtectionPlans"}
#: elements that only hold the list of what is in them
WRAPPERS = {"FactorsIdentifiedAtAssessment", "Reviews", "Disabilities"}


def read_census(xml):
    """A census file as plain data by the children's numbers: text for each element, a
    list for what may stand several times."""
    return {
        child.findtext("ChildIdentifiers/LAchildID"): {
            "identifiers": {
                item.tag: item.text
                for item in child.find("ChildIdentifiers")
                if item.tag != "LAchildID"
            },
            "characteristics": _read(child.find("ChildCharacteristics")),
            "CINdetails": [_read(details) for details in child.findall("CINdetails")],
        }
        for child in etree.fromstring(xml).iter("Child")
    }


def _read(node):
    values = {}
    for item in node:
        if item.tag in WRAPPERS:
            values[item[0].tag] = [one.text for one in item]
        elif item.tag in GROUPS:
            values.setdefault(item.tag, []).append(_read(item))
        else:
            values[item.tag] = item.text
    return values


class ReturnCommon(SosCommon):
    """Families whose history is lived on the days on which it happened."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.sos_la_code = "392"
        none = cls._code("disability", "NONE")
        for child in (cls.sam, cls.robin):
            child.disability_ids = none
        cls.unborn = cls._new_child("Mills", expected_on="2025-12-22")
        cls.unborn_case = cls.unborn.member_ids.case_id

    @classmethod
    def _new_child(cls, last_name, **values):
        """A child in a family of their own."""
        env = cls.env(user=cls.support)
        child = env["sos.person"].create(
            {
                "kind": "child",
                "last_name": last_name,
                "ethnicity_id": cls._code("ethnicity", "WBRI").id,
                **values,
            }
        )
        env["sos.case"].create(
            {"name": last_name, "member_ids": [Command.create({"person_id": child.id})]}
        )
        return child.with_env(cls.env)

    def _on(self, day, hour="10:00:00"):
        return freeze_time(f"{day} {hour}")

    def _open(self, type_code, children=None, user=None, **facts):
        children = children or self.case.child_ids
        case = children.member_ids.case_id.with_user(user or self.worker)
        return case.open_form(type_code, children.ids, **facts)

    def _refer_on(self, day, decision="assess", children=None):
        with self._on(day):
            return self._refer(decision, children or self.sam)

    def _assess_on(self, started, signed, decision="cin", child=None, factors=("16A",)):
        """An assessment with its facts; not signed where there is no day for it."""
        child = child or self.sam
        with self._on(started):
            form = self._open("assessment", child, started_on=started)
            form.child_ids.write(
                {
                    "seen": "yes",
                    "factor_ids": [
                        Command.set(
                            [self._code("assessment_factor", f).id for f in factors]
                        )
                    ],
                }
            )
        if signed:
            with self._on(signed):
                self._sign(self._fill(form, decision=decision, query_reason="It is."))
        return form

    def _discuss_on(self, day, child=None):
        """A strategy discussion that starts an enquiry."""
        with self._on(day):
            return self._strategy(children=child or self.sam)

    def _enquire_on(self, day, decision="conference", child=None):
        with self._on(day):
            form = self._fill(
                self._open("section47", child or self.sam), decision=decision
            )
            return self._sign(form)

    def _confer_on(self, day, decision="cp_plan", category="NEG", child=None):
        with self._on(day):
            form = self._open("initial_conference", child or self.sam, self.support)
            form.write({"chair_id": self.chair.id})
            form = self._fill(form, self.support, held_on=day)
            self._decide(form, decision, category)
            return self._sign(form, self.chair)

    def _review_on(self, day, decision="continue", category="NEG", child=None):
        with self._on(day):
            form = self._open("review_conference", child or self.sam, self.support)
            form.write({"chair_id": self.chair.id})
            form = self._fill(form, self.support, held_on=day)
            self._decide(form, decision, category)
            return self._sign(form, self.chair)

    def _close_on(self, day, reason="RC7", child=None):
        with self._on(day):
            form = self._fill(self._open("closure", child or self.sam))
            self._decide(form, "close", closure=reason)
            return self._sign(form)

    def _visit_on(self, day, child=None, seen="yes", alone="yes", statutory=True):
        with self._on(day):
            form = self._open("visit", child or self.sam, held_on=day)
            form.write({"statutory": statutory})
            form.child_ids.write({"seen": seen, "seen_alone": alone})
            return self._sign(self._fill(form))

    def _protect(self, child=None):
        """A child protection plan from 6 October 2025, category neglect."""
        self._refer_on("2025-09-03", "strategy", child)
        self._discuss_on("2025-09-16", child)
        self._enquire_on("2025-09-25", child=child)
        self._confer_on("2025-10-06", child=child)


class MadeReturnCommon(ReturnCommon):
    """A child of whom a census tells, and returns from asking for them to sending."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        self = cls()
        self._refer_on("2025-09-03")
        cls.job = cls.env.ref("sos_reporting.ir_cron_return")

    @classmethod
    def _new_child(cls, last_name, **values):
        values = {"birth_date": "2018-01-02", **values}
        return super()._new_child(last_name, **values)

    def _new(self, user=None, **values):
        returns = self.env["sos.return"].with_user(user or self.analyst)
        values = {"kind": "cin", "year": "2026", **values}
        return returns.create({k: v for k, v in values.items() if v is not None})

    def _run(self):
        with self.enter_registry_test_mode():
            self.job.method_direct_trigger()
        self.env.invalidate_all()

    def _make(self, record=None, **values):
        record = record or self._new(**values)
        record.action_make()
        self._run()
        self.assertEqual(record.run_state, "idle", record.run_message)
        return record

    def _answer_all(self, record):
        for issue in record.issue_ids.filtered(lambda issue: issue.kind == "query"):
            issue.with_user(self.analyst).reason = "Looked at; it is right."

    def _put_right(self, record):
        """So that nothing but queries is left."""
        self.assertFalse(
            record.issue_ids.filtered(lambda issue: issue.kind == "error").mapped(
                lambda issue: (issue.code, issue.detail)
            )
        )
        self._answer_all(record)

    def _send(self, record):
        self._put_right(record)
        record.with_user(self.service_manager).action_approve()
        record.with_user(self.service_manager).action_sent()

    def _get_shown(self, record, path):
        """Parts of a return's screen that are there as it is now."""
        values = {name: record[name] for name in record.fields_get()}
        arch = etree.fromstring(record.get_view(view_type="form")["arch"])
        return [
            node
            for node in arch.xpath(path)
            if not safe_eval(node.get("invisible") or "False", values)
        ]

    def _get_said(self, record):
        """What the coloured lines above a return say."""
        said = []
        for node in self._get_shown(record, "//div[@role]"):
            said += node.itertext()
            said += [str(record[field.get("name")]) for field in node.iter("field")]
        return " ".join(" ".join(said).split())

    def _get_buttons(self, record):
        return {node.get("name") for node in self._get_shown(record, "//header/button")}
