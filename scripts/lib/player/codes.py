"""What only a database knows of a case: its codes, forms, sections and decisions, and
the users and agencies that earlier files brought. Asked before anything is written."""

from .world import find_agency, find_team, find_user


def check(case, env):
    """:raise CaseError: for the first name in the file that the database has not"""
    asker = _Asker(case, env)
    for question in case.questions:
        getattr(asker, f"check_{question.kind}")(question.subject, question.place)


class _Asker:
    def __init__(self, case, env):
        self.case, self.env = case, env
        self.codes = {}
        for code in env["sos.code"].search([]):
            self.codes.setdefault(code.code_set, set()).add(code.code)
        self.types = {
            form_type.code: form_type for form_type in env["sos.form.type"].search([])
        }

    def check_code(self, subject, place):
        code_set, code = subject
        known = self.codes.get(code_set, set())
        if code not in known:
            words = code_set.replace("_", " ")
            place.fail(
                f"there is no code “{code}” for {words}. Known are: {_listed(known)}."
            )

    def check_form_type(self, code, place):
        self._get_version(code, place)

    def check_section(self, subject, place):
        form_type, code, by_child = subject
        version = self._get_version(form_type, place)
        sections = {section.code: section.kind for section in version.section_ids}
        written = [
            name
            for name, kind in sections.items()
            if kind in ("narrative", "narrative_child", "question")
        ]
        if code not in written:
            place.fail(
                f"the form “{form_type}” has no section “{code}” to write in. "
                f"Known are: {', '.join(written)}."
            )
        if by_child != (sections[code] == "narrative_child"):
            place.fail(
                "this section is one text for all children. Write section: text."
                if by_child
                else "this section is for each child. Write {child: text}."
            )

    def check_decision(self, subject, place):
        form_type, code = subject
        version = self._get_version(form_type, place)
        known = version.decision_ids.mapped("code")
        if code not in known:
            place.fail(
                f"the form “{form_type}” has no decision “{code}”. "
                f"Known are: {_listed(known)}."
            )

    def check_shared(self, subject, place):
        name, kinds = subject
        finders = {"user": find_user, "agency": find_agency, "team": find_team}
        if not any(finders[kind](self.env, name) for kind in kinds):
            place.fail(
                f"there is no {' or '.join(kinds)} “{name}”, in this file or in the "
                "database. Check the spelling, or add it to the file."
            )

    def _get_version(self, code, place):
        form_type = self.types.get(code)
        if not form_type or not form_type.live_version_id:
            place.fail(
                f"there is no form of the type “{code}”. "
                f"Known are: {', '.join(self.types)}."
            )
        return form_type.live_version_id


def _listed(codes, limit=30):
    codes = sorted(codes)
    more = ["…"] if len(codes) > limit else []
    return ", ".join(codes[:limit] + more) or "none"
