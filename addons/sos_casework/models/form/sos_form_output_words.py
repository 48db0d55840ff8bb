from odoo import fields, models


class SosFormType(models.Model):
    """The words around a family's copy: an agency changes them in the browser."""

    _inherit = "sos.form.type"

    family_opening = fields.Text(
        "Opening of the family's copy",
        translate=True,
        help="Printed first, before the reason that is written in the form. Empty: "
        "the system's own words.",
    )
    family_wrong = fields.Text(
        "If something is wrong",
        translate=True,
        help="How the family can say that something is wrong, at the end of their "
        "copy. Empty: the system's own words.",
    )


class SosForm(models.Model):
    """What the copies say in our own words: headings, openings, endings."""

    _inherit = "sos.form"

    def _get_output_words(self, output):
        """Sentences of the copy that are the form type's, or else ours."""
        form_type = self.type_id.sudo()
        worker = output["contact"]["worker"] or output["contact"]["team"]
        children = " and ".join(
            filter(
                None,
                (
                    ", ".join(c["first_name"] for c in output["children"][:-1]),
                    *(c["first_name"] for c in output["children"][-1:]),
                ),
            )
        )
        opening = form_type.family_opening or self.env._(
            "We work with you so that %(children)s can be safe and well. This is your "
            "copy of what we wrote down: “%(form)s”.",
            children=children,
            form=output["header"]["title"],
        )
        wrong = form_type.family_wrong or self.env._(
            "Tell %s, or write it here and give it back to us. We keep what you say "
            "together with this document. If you are still not happy, ask us how to "
            "complain: we will help you to do it.",
            worker,
        )
        if output["audience"] == "child":
            opening = self.env._(
                "We work with your family so that you can be safe and well. This is "
                "your own copy. Keep it somewhere safe, or ask us to keep it for you."
            )
            wrong = self.env._(
                "Tell %s, or write or draw it here. You can ask somebody you trust to "
                "help you.",
                worker,
            )
        return {"children": children, "opening": opening, "wrong": wrong}

    def _get_output_headings(self, audience):
        """Headings as the questions that a family would ask, by section code; a
        section that is not here has its own title."""
        if audience == "professionals":
            return {}
        child = audience == "child"
        headings = {
            "reason": self.env._("Why are we writing to you?"),
            "family_network": self.env._("Who is in the family's life?"),
            "key_events": self.env._("What has happened over time?"),
            "child_views": self.env._("What do the children say?"),
            "child_voice": self.env._("What did the children say and draw?"),
            "parents_views": self.env._("What do you and the other carers say?"),
            "family_goals": self.env._("What does your family want?"),
            "network_views": self.env._("What do family and friends say and offer?"),
            "worries": self.env._("What are we worried about?"),
            "working_well": self.env._("What is going well?"),
            "danger_goals": self.env._(
                "What could happen, and what do we want to see instead?"
            ),
            "bottom_lines": self.env._("What has to be in place?"),
            "safety_plan": self.env._("What is the safety plan?"),
            "timeline": self.env._("What are the steps, and by when?"),
            "changes_since": self.env._("What has changed since last time?"),
            "analysis": self.env._("What do we make of it all?"),
            "contingency": self.env._("What happens if the plan does not hold?"),
            "plan_outline": self.env._("What is the plan?"),
            "dissent": self.env._("Who sees it differently?"),
            "next_steps": self.env._("Who does what next?"),
            "decision": self.env._("What was decided?"),
        }
        if child:
            headings.update(
                child_views=self.env._("What do you say?"),
                child_voice=self.env._("What did you say and draw?"),
                safety_plan=self.env._("How do we keep you safe?"),
                family_goals=self.env._("What does everybody want?"),
            )
        return headings

    def _get_output_kinds(self, audience):
        """What a family calls the kinds of lines of the map."""
        if audience == "professionals":
            return {}
        return {
            "past_harm": self.env._("What has happened"),
            "complicating": self.env._("What makes it harder"),
            "strength": self.env._("What is good"),
            "existing_safety": self.env._("When somebody kept the children safe"),
        }
