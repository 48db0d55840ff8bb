"""The forms of one family: opened, written, signed."""

from datetime import datetime, time, timedelta

from .texts import WORDS


class Forms:
    def __init__(self, family):
        self._family = family
        self._world, self._rows, self._rng = family.world, family.rows, family.rng
        self._lines, self._answers = {}, {}

    def at(self, day, hour=12):
        """A time of a day; noon in London and noon in UTC are the same day."""
        minute = self._rng.randrange(60)
        return datetime.combine(day, time(hour, minute))

    def open(self, code, children, from_form=None, **facts):
        form_type = self._world.types[code]
        family = self._family
        form = self._rows.add(
            "sos_form",
            case_id=family.case["id"],
            type_id=form_type.id,
            version_id=form_type.version_id,
            from_form_id=from_form and from_form["id"],
            state="draft",
            transfer_in=False,
            statutory=False,
            announced=False,
            released=False,
            date=None,
            started_on=None,
        )
        self.set(form, **facts)
        for child in children:
            episode = family.get_open_episode(child)
            line = self._rows.add(
                "sos_form_child",
                form_id=form["id"],
                case_id=family.case["id"],
                child_id=child["id"],
                episode_id=episode and episode["id"],
                enquiry_id=None,
                active=True,
            )
            self._lines[form["id"], child["id"]] = line
            if code in ("section47", "initial_conference"):
                enquiry = family.get_enquiry(child)
                line["enquiry_id"] = enquiry and enquiry["id"]
        self._add_answers(form, form_type, children)
        family.clocks.link(form, code, children)
        return form

    def _add_answers(self, form, form_type, children):
        answers = self._answers[form["id"]] = []
        for section_id, sequence, code, by_child in form_type.sections:
            for child in children if by_child else [None]:
                answers.append(
                    self._rows.add(
                        "sos_form_answer",
                        form_id=form["id"],
                        case_id=form["case_id"],
                        section_id=section_id,
                        sequence=sequence,
                        code=code,
                        child_id=child and child["id"],
                        active=True,
                        body=None,
                        revision=0,
                    )
                )

    def set(self, form, **facts):
        form.update(facts)
        received = form.get("received_at")
        form["date"] = (
            form.get("held_on")
            or form.get("booked_on")
            or form.get("started_on")
            or (received and received.date())
        )

    def line(self, form, child):
        return self._lines[form["id"], child["id"]]

    def write(self, form, day, user_id=None):
        """Every section, in a few sentences."""
        at = self.at(day, 11)
        for answer in self._answers[form["id"]]:
            words = " ".join(self._rng.sample(WORDS, 2))
            answer.update(
                body=f"<p>{words}</p>",
                revision=1,
                written_by_id=user_id or self._family.worker,
                written_at=at,
            )

    def submit(self, form, day, user_id=None):
        code = self._world.type_codes[form["type_id"]]
        self.write(form, day, user_id)
        authorised = self._world.types[code].authorised
        form.update(
            state="submitted" if authorised else "complete",
            submitted_by_id=user_id or self._family.worker,
            submitted_at=self.at(day, 13),
        )

    def sign(self, form, children, day, decision=None, **extra):
        """Submit and authorise (where somebody does), and let the decision of each
        child count from ``day``, or from the day of the meeting. Effects are the
        story's.

        :param extra: category_id, closure_reason_id of the children's lines
        """
        code = self._world.type_codes[form["type_id"]]
        form_type = self._world.types[code]
        family = self._family
        writer = family.support if "conference" in code else family.worker
        if code == "conference_report":
            writer = family.worker
        self.submit(form, day, writer)
        signer = writer
        if form_type.authorised:
            conference = code in ("initial_conference", "review_conference")
            signer = family.chair if conference else family.manager
            form.update(
                state="authorised",
                authorised_by_id=signer,
                authorised_at=self.at(day, 15),
            )
        clocks = family.clocks
        if form.get("held_on") and code != "visit":
            clocks.meet(form, code, children, "held", form["held_on"])
        clocks.meet(form, code, children, "submitted", day)
        clocks.meet(form, code, children, "authorised", day)
        effective = form["held_on"] if form_type.confirm_when_held else day
        for child in children if decision else ():
            self.line(form, child).update(
                decision_id=form_type.decisions[decision],
                confirmed_on=effective,
                confirmed_at=self.at(day, 15),
                confirmed_by_id=signer,
                **extra,
            )
        return effective

    def hand_in(self, form, children, decision):
        """Written and handed in on the last day, with what the worker would decide:
        who signs it has not yet."""
        code = self._world.type_codes[form["type_id"]]
        day = self._world.as_at
        self.submit(form, day)
        self._family.clocks.meet(form, code, children, "submitted", day)
        for child in children:
            chosen = self._world.types[code].decisions[decision]
            self.line(form, child)["decision_id"] = chosen

    def visit(self, children, day, statutory):
        """One visit, and the clocks of who was seen in it.

        :return: its form
        """
        form = self.open("visit", children, held_on=day, statutory=statutory)
        form["announced"] = self._rng.random() < 0.7
        seen = []
        for child in children:
            line = self.line(form, child)
            if self._rng.random() < 0.95:
                seen.append(child)
                alone = "yes" if self._rng.random() < 0.8 else "no"
                line.update(seen="yes", seen_alone=alone, bedroom_seen="yes")
                if alone == "no":
                    line["reason_not"] = "Asked for Mum to stay."
            else:
                line.update(seen="no", reason_not="Was not at home.")
        self.sign(form, children, min(day + timedelta(days=1), self._world.as_at))
        if statutory:
            clocks = self._family.clocks
            clocks.meet(form, "visit", seen, "visit_seen", day)
        return form

    def take_over_seen(self, form, visit, children):
        """What a visit says of who was seen stands in the form that it was for."""
        for child in children:
            told = self.line(visit, child)
            self.line(form, child).update(
                {name: told.get(name) for name in ("seen", "seen_alone", "reason_not")}
            )
