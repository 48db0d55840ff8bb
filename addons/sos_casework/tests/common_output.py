import base64
import io

from PIL import Image, ImageDraw

from odoo import Command

from .common import SosCommon

#: What Sam said, and does not want Kit to see.
SAM_HOUSES = "I go under the bed with Robin."
SAM_VIEW = "I want Nana there and not Kit."
SAM_HARM = "Kit hit Sam on the leg with a belt."
ROBIN_VIEW = "He pointed at the house with the sun."
KIT_ADDRESS = "4 Harbour Lane"


class OutputCommon(SosCommon):
    """The Hills with a whole practice record, and a conference report about both
    children. Kit has parental responsibility for Robin only, lives at a confidential
    address, and Sam does not want him to see her words."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wenv = cls.env(user=cls.worker)
        cls._refer("assess")
        cls.env["sos.allocation"].with_user(cls.manager).create(
            {"case_id": cls.case.id, "user_id": cls.worker.id, "role": "lead"}
        )
        cls._add_family()
        cls._add_practice()
        cls._add_plan()
        cls._add_voices()
        cls.report = cls._open_report()

    # the helpers of SosCommon work on an instance; these lines need the class only
    @classmethod
    def _refer(cls, decision="assess", children=None):
        return SosCommon._refer(cls(), decision, children)

    @classmethod
    def _add_family(cls):
        cls.nana, cls.shaz = cls.wenv["sos.person"].create(
            [
                {"kind": "adult", "first_name": "Jo", "last_name": "Hill"},
                {"kind": "adult", "first_name": "Shaz", "last_name": "Reed"},
            ]
        )
        cls.case.with_user(cls.worker).write(
            {
                "member_ids": [
                    Command.create({"person_id": person.id, "role": "network"})
                    for person in (cls.nana, cls.shaz)
                ]
            }
        )
        cls.wenv["sos.relationship"].create(
            {
                "person_id": cls.nana.id,
                "type_id": cls._code("relationship", "grandparent").id,
                "other_id": cls.sam.id,
            }
        )
        cls.wenv["sos.address"].create(
            [
                {
                    "person_id": cls.kit.id,
                    "text": KIT_ADDRESS,
                    "postcode": "NE99 4ZZ",
                    "confidential": True,
                },
                {"person_id": cls.alex.id, "text": "9 Mill Road"},
            ]
        )
        cls.wenv["sos.network.member"].create(
            [
                {
                    "case_id": cls.case.id,
                    "person_id": cls.nana.id,
                    "role": "has the children when it gets too much",
                    "found_by_id": cls.sam.id,
                    "knows_since": "2026-09-09",
                    "told_by_id": cls.alex.id,
                    "child_can_tell_ids": [Command.link(cls.sam.id)],
                },
                {
                    "case_id": cls.case.id,
                    "person_id": cls.shaz.id,
                    "role": "lives next door",
                },
            ]
        )

    @classmethod
    def _add_practice(cls):
        case = cls.case.id
        both = [Command.set([cls.sam.id, cls.robin.id])]
        cls.danger = cls.wenv["sos.danger"].create(
            {
                "case_id": case,
                "child_ids": both,
                "text": "Alex, Nana Jo, the school and we are worried that when Kit "
                "has been drinking he might hit Sam or Robin again, and they could be "
                "badly hurt and too scared to tell anyone.",
                "goal": "Kit and Alex will show everyone that when anyone is angry the "
                "children are with a safe grown-up. Nana, Shaz and school will see "
                "calm, smiling children every week for six months.",
                "scale_0": "The children are sure to be hit again",
                "scale_10": "Nobody has hit or scared the children for six months",
            }
        )
        line = {"case_id": case}
        cls.lines = cls.wenv["sos.map.line"].create(
            [
                {
                    **line,
                    "kind": "past_harm",
                    "text": f"In August {SAM_HARM} It left a mark for three days.",
                    "child_ids": [Command.set(cls.sam.ids)],
                    "words_of_id": cls.sam.id,
                    "happened_on": "2026-08-21",
                },
                {
                    **line,
                    "kind": "past_harm",
                    "text": "Kit shouted in Alex's face while Robin was in her arms.",
                    "child_ids": [Command.set(cls.robin.ids)],
                    "happened_on": "2026-07-30",
                },
                {
                    **line,
                    "kind": "complicating",
                    "text": "Kit lost his job in June and drinks most nights.",
                },
                {
                    **line,
                    "kind": "strength",
                    "text": "Alex gets the children to school every day, on time.",
                    "child_ids": both,
                },
                {
                    **line,
                    "kind": "existing_safety",
                    "text": "Kit came to the door drunk. Alex rang Nana, who came, and "
                    "the children stayed upstairs with Shaz.",
                    "child_ids": both,
                    "danger_id": cls.danger.id,
                    "happened_on": "2026-10-11",
                },
                {
                    **line,
                    "kind": "next_step",
                    "text": "Ring the drinking group.",
                    "who": "Kit",
                    "by_when": "2026-12-04",
                    "child_ids": [Command.set(cls.robin.ids)],
                },
                {
                    **line,
                    "kind": "unknown",
                    "text": "What does Robin see and hear, and how does he show it?",
                    "child_ids": [Command.set(cls.robin.ids)],
                },
            ]
        )
        cls.harm = cls.lines[0]
        cls.wenv["sos.opinion"].create(
            [
                {
                    "case_id": case,
                    "danger_id": cls.danger.id,
                    "person_id": person.id,
                    "opinion": opinion,
                    "words": words,
                }
                for person, opinion, words in (
                    (cls.alex, "agrees", False),
                    (cls.kit, "disagrees", "It was a tap."),
                )
            ]
        )
        cls.wenv["sos.rating"].create(
            [
                {
                    "case_id": case,
                    "danger_id": cls.danger.id,
                    "rated_at": at,
                    "score": score,
                    "reason": reason,
                    **who,
                }
                for at, score, who, reason in (
                    ("2026-09-16 09:00:00", 3, {"user_id": cls.worker.id}, "A belt."),
                    ("2026-09-16 09:00:00", 4, {"person_id": cls.alex.id}, False),
                    ("2026-10-16 09:00:00", 5, {"person_id": cls.alex.id}, "He went."),
                    ("2026-10-16 09:00:00", 2, {"person_id": cls.sam.id}, "Red face."),
                )
            ]
        )
        cls.wenv["sos.bottom.line"].create(
            {
                "case_id": case,
                "danger_id": cls.danger.id,
                "text": "Kit is not alone with the children until the network has met.",
            }
        )
        cls.wenv["sos.case.note"].create(
            {
                "case_id": case,
                "kind_id": cls._code("note_kind", "significant_event").id,
                "child_ids": [Command.set(cls.sam.ids)],
                "text": "<p>Sam showed her teacher a new mark on her arm.</p>",
                "significant": True,
                "analysis": "The harm has not stopped.",
            }
        )

    @classmethod
    def _add_plan(cls):
        plan = cls.wenv["sos.safety.plan"].create(
            {"case_id": cls.case.id, "signs_of_danger": "Kit at the door after dark."}
        )
        rule = {"plan_id": plan.id, "case_id": cls.case.id, "danger_id": cls.danger.id}
        cls.rules = cls.wenv["sos.safety.rule"].create(
            [
                {
                    **rule,
                    "text": "Kit stays at his brother's. Alex rings Nana if he comes.",
                    "child_text": "Kit sleeps at Uncle Dean's for now.",
                    "who_id": cls.alex.id,
                    "backup_id": cls.nana.id,
                    "when": "every day",
                    "trigger": "Kit at the door",
                    "status": "kept",
                },
                {
                    **rule,
                    "text": "Nana sleeps at the house on Friday and Saturday nights.",
                    "child_text": "Nana has a sleepover with us at the weekend.",
                    "who_id": cls.nana.id,
                    "backup_id": cls.shaz.id,
                    "status": "testing",
                },
            ]
        )
        cls.wenv["sos.journal.entry"].create(
            {
                "rule_id": cls.rules[1].id,
                "written_by_id": cls.nana.id,
                "kept": "kept",
                "text": "Quiet weekend.",
                "at": "2026-09-22 18:00:00",
            }
        )

    @classmethod
    def _add_voices(cls):
        cls.voice = cls.wenv["sos.voice"].create(
            {
                "case_id": cls.case.id,
                "child_id": cls.sam.id,
                "tool": "three_houses",
                "on_date": "2026-09-09",
                "worries": "When Kit's face goes red. Mum crying in the bath.",
                "good_things": "Nana's chips. Mum's songs. Robin's bus.",
                "dreams": "Nobody shouts and I can have a sleepover.",
                "words": f"{SAM_HOUSES} I sing so he can't hear.",
                "present_ids": [Command.set(cls.nana.ids)],
                "image": cls._draw(1600, 1100),
            }
        )
        cls.wish = cls.wenv["sos.share.wish"].create(
            {
                "case_id": cls.case.id,
                "child_id": cls.sam.id,
                "person_id": cls.kit.id,
                "share": False,
            }
        )

    @classmethod
    def _open_report(cls):
        report = cls.case.with_user(cls.worker).open_form("conference_report")
        write = report.write_answer
        write("reason", "To share what we know before the conference.")
        write("child_views", SAM_VIEW, cls.sam.id)
        write("child_views", ROBIN_VIEW, cls.robin.id)
        write("parents_views", "Alex wants help to keep Kit away at night.")
        write("analysis", "The plan is holding at weekends. Week nights are the gap.")
        write(
            "plan_outline", "Nana and Shaz cover week nights; school checks in daily."
        )
        SosCommon._decide(cls(), report, "recommend_plan")
        return report.with_env(cls.env)

    @classmethod
    def _draw(cls, width, height):
        """A child's drawing: a house, a sun, a red face."""
        image = Image.new("RGB", (width, height), "white")
        pen = ImageDraw.Draw(image)
        unit = width // 16
        pen.rectangle(
            (3 * unit, 5 * unit, 9 * unit, 10 * unit), outline="brown", width=12
        )
        roof = [(2 * unit, 5 * unit), (6 * unit, 2 * unit), (10 * unit, 5 * unit)]
        pen.polygon(roof, outline="red", fill="orange")
        pen.ellipse((12 * unit, unit, 15 * unit, 4 * unit), fill="yellow")
        pen.ellipse((11 * unit, 6 * unit, 14 * unit, 9 * unit), fill="red")
        stream = io.BytesIO()
        image.save(stream, "PNG")
        return base64.b64encode(stream.getvalue())

    def _texts(self, output):
        """All words of a copy, as one text."""
        return self.env["sos.form.document"]._canonical(output["sections"])

    def _section(self, output, code):
        return next((s["pieces"] for s in output["sections"] if s["code"] == code), [])
