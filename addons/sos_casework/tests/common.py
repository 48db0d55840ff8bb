from odoo import Command
from odoo.tests import new_test_user

from odoo.addons.base.tests.common import BaseCommon

from ..models.people.people_finder import PeopleFinder


class SosCommon(BaseCommon):
    """A team with a user for each role, another team, and a family: Sam (8) and
    Robin (4) with their mother Alex, and Kit, their father without parental
    responsibility for Sam."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["sos.team"].create({"name": "North"})
        cls.other_team = cls.env["sos.team"].create({"name": "South"})
        cls.worker = cls._new_user("worker", "practitioner", cls.team)
        cls.manager = cls._new_user("manager", "team_manager", cls.team)
        cls.support = cls._new_user("support", "business_support", cls.team)
        cls.chair = cls._new_user("chair", "conference_chair")
        cls.outsider = cls._new_user("outsider", "practitioner", cls.other_team)
        cls.other_manager = cls._new_user(
            "other_manager", "team_manager", cls.other_team
        )
        cls.lead = cls._new_user("lead", "practice_lead")
        cls.auditor = cls._new_user("auditor", "quality_auditor")
        cls.analyst = cls._new_user("analyst", "performance_analyst")
        cls.service_manager = cls._new_user("service", "service_manager")
        cls.configurator = cls._new_user("configurator", "configurator")
        cls.case = cls._new_family()
        cls.sam, cls.robin = cls.case.child_ids.sorted("first_name", reverse=True)
        adults = cls.case.member_ids.filtered(lambda m: m.role == "adult").person_id
        cls.alex = adults.filtered(lambda p: p.first_name == "Alex")
        cls.kit = adults - cls.alex

    @classmethod
    def _new_user(cls, login, role, team=None):
        user = new_test_user(
            cls.env, login=login, groups=f"base.group_user,sos_casework.group_{role}"
        )
        if team:
            user.sos_team_ids = team
        return user

    @classmethod
    def _code(cls, code_set, code):
        return cls.env["sos.code"]._get(code_set, code)

    @classmethod
    def _new_family(cls):
        env = cls.env(user=cls.support)
        people = env["sos.person"].create(
            [
                {
                    "kind": "child",
                    "first_name": "Sam",
                    "last_name": "Hill",
                    "birth_date": "2017-05-04",
                    "sex_id": cls._code("sex", "F").id,
                    "ethnicity_id": cls._code("ethnicity", "WBRI").id,
                },
                {
                    "kind": "child",
                    "first_name": "Robin",
                    "last_name": "Hill",
                    "birth_date": "2021-02-10",
                    "sex_id": cls._code("sex", "M").id,
                    "ethnicity_id": cls._code("ethnicity", "WBRI").id,
                },
                {"kind": "adult", "first_name": "Alex", "last_name": "Hill"},
                {"kind": "adult", "first_name": "Kit", "last_name": "Moor"},
            ]
        )
        case = env["sos.case"].create(
            {
                "name": "Hill",
                "member_ids": [
                    Command.create({"person_id": person.id}) for person in people
                ],
            }
        )
        sam, robin, alex, kit = people
        mother, father = (
            cls._code("relationship", "mother"),
            cls._code("relationship", "father"),
        )
        env["sos.relationship"].create(
            [
                {
                    "person_id": alex.id,
                    "type_id": mother.id,
                    "other_id": child.id,
                    "parental_responsibility": True,
                    "carer": True,
                }
                for child in (sam, robin)
            ]
            + [
                {
                    "person_id": kit.id,
                    "type_id": father.id,
                    "other_id": robin.id,
                    "parental_responsibility": True,
                }
            ]
        )
        return case.with_env(cls.env)

    # ------------------------------------------------------------ the pathway

    def _decision(self, form, code):
        return form.version_id.decision_ids.filtered(lambda d: d.code == code)

    def _fill(self, form, user=None, decision=None, **facts):
        """Write whatever the form needs before it can be submitted."""
        form = form.with_user(user or self.worker)
        if facts:
            form.write(facts)
        for answer in form.answer_ids.filtered("required"):
            form.write_answer(answer.code, "Written.", answer.child_id.id)
        required = form.version_id.section_ids.filtered("required").mapped("kind")
        if "attendance" in required and not form.attendance_ids:
            kinds = form.type_id.service_ids.mapped("code")
            present = [{"partner_id": self._new_agency(kind).id} for kind in kinds]
            present.insert(0, {"person_id": self.alex.id})
            form.write({"attendance_ids": [Command.create(one) for one in present]})
        self._fill_seen(form)
        if form._get_meeting_queries() and not form.query_reason:
            form.query_reason = "It was as it was."
        if decision:
            self._decide(form, decision)
        return form

    def _fill_seen(self, form):
        """Every child is seen who can have been, if nothing else is said yet."""
        if "seen" in form.version_id.fact_ids.mapped("code"):
            for line in form.child_ids.filtered(lambda line: not line.seen):
                line.seen = "no" if line.child_id.is_unborn else "yes"
            unseen = form.child_ids.filtered(lambda line: line.seen == "no")
            unseen.filtered(lambda line: not line.reason_not).reason_not = "Out."

    @classmethod
    def _new_agency(cls, kind):
        """An agency of a kind; the same one each time."""
        kind = cls._code("agency_kind", kind)
        agencies = cls.env["res.partner"]
        found = agencies.search([("sos_agency_kind_id", "=", kind.id)], limit=1)
        return found or agencies.create(
            {"name": f"Our {kind.name}", "sos_agency_kind_id": kind.id}
        )

    def _decide(self, form, code, category="NEG", closure="RC7", lines=None):
        decision = self._decision(form, code)
        for line in lines or form.child_ids:
            line.write(
                {
                    "decision_id": decision.id,
                    "category_id": decision.needs_category
                    and self._code("abuse_category", category).id,
                    "closure_reason_id": decision.needs_closure_reason
                    and self._code("closure_reason", closure).id,
                }
            )

    def _sign(self, form, by=None):
        form.with_user(self.worker).action_submit()
        if form.state == "submitted":
            form.with_user(by or self.manager).action_authorise()
        return form

    def _find_people(self, people, first=None, last=None, birth=None, **asked):
        """Who may be the person with these names and dates, as the user of people asks
        it."""
        names = {"first_name": first, "last_name": last}
        return PeopleFinder(people.env, birth_date=birth, **names, **asked).find()

    def _open(self, type_code, children=None, user=None, **facts):
        case = self.case.with_user(user or self.worker)
        return case.open_form(type_code, (children or self.case.child_ids).ids, **facts)

    def _refer(self, decision="assess", children=None):
        """A signed contact with one decision for all its children."""
        form = self._open(
            "contact",
            children,
            source_id=self._code("referral_source", "2A").id,
            need_id=self._code("primary_need", "N1").id,
        )
        return self._sign(self._fill(form, decision=decision))

    def _strategy(self, decision="section47_joint", children=None, confirm=False):
        form = self._open("strategy", children)
        form = self._fill(form, decision=decision, held_on=self._today())
        return form if confirm else self._sign(form)

    def _enquiry(self, decision="conference"):
        return self._sign(self._fill(self._open("section47"), decision=decision))

    def _conference(self, decision="cp_plan", day=None, sign=True):
        form = self._open("initial_conference", user=self.support)
        form.write({"chair_id": self.chair.id})
        form = self._fill(form, self.support, decision, held_on=day or self._today())
        return self._sign(form, self.chair) if sign else form

    def _protected(self):
        """Both children have a child protection plan."""
        self._refer("strategy")
        self._strategy()
        self._enquiry()
        return self._conference()

    def _states(self, step, child=None):
        clocks = self.case.deadline_ids.filtered(
            lambda d: d.step_id.code == step and (not child or d.child_id == child)
        )
        return [(str(c.due_on), c.state) for c in clocks.sorted("id")]

    def _today(self):
        return self.env["res.company"]._sos_today()
