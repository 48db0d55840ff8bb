"""The people at work (teams, users, agencies, the authority) and the family file."""

from odoo.fields import Command

#: external ids of what files brought: __play__.team_north
MODULE = "__play__"


def find_user(env, name):
    users = env["res.users"].with_context(active_test=False)
    return users.search([("login", "=", name)], limit=1)


def find_agency(env, name):
    return _find(env, "agency", name, "res.partner")


def find_team(env, name):
    return _find(env, "team", name, "sos.team")


def _find(env, kind, name, model):
    record = env.ref(f"{MODULE}.{kind}_{name}", raise_if_not_found=False)
    return record if record and record._name == model else env[model]


def get_role_group(env, role):
    return env.ref(f"sos_casework.group_{role}")


class World:
    """Makes what the file needs and the database has not, as superuser: teams and
    users are configuration and not casework.

    :param fail: called with keys and a message when the database says otherwise
    """

    def __init__(self, case, env, refs, fail):
        self.case, self.env, self.refs, self.fail = case, env, refs, fail

    def make(self):
        # as in a real service (config/production.py)
        self.env["res.lang"]._sos_set_up_england()
        self._set_agency()
        for name, team in self.case.teams.items():
            self.refs[name] = self._get_team(name, team)
        for name, user in self.case.users.items():
            self.refs[name] = self._get_user(name, user)
        for name, agency in self.case.agencies.items():
            self.refs[name] = self._get_agency(name, agency)
        self._find_shared()

    def _find_shared(self):
        """What earlier files brought and this one only names."""
        for question in self.case.questions:
            if question.kind == "shared":
                name = question.subject[0]
                found = find_user(self.env, name) or find_agency(self.env, name)
                self.refs[name] = found or find_team(self.env, name)

    def _set_agency(self):
        company, agency = self.env.company, self.case.agency
        if not agency:
            return
        code = agency.get("la_code")
        if not company.sos_la_code:
            company.write({"name": agency["name"], "sos_la_code": code})
        elif company.sos_la_code != code or company.name != agency["name"]:
            self.fail(
                ("agency",),
                f"this database is that of {company.name} ({company.sos_la_code}). "
                "Play into another database, or with --fresh.",
            )

    def _name(self, kind, name, record):
        """Remember what a reference of a file names, for the files after it."""
        self.env["ir.model.data"].create(
            {
                "module": MODULE,
                "name": f"{kind}_{name}",
                "model": record._name,
                "res_id": record.id,
                "noupdate": True,
            }
        )
        return record

    def _get_team(self, name, fields):
        team = find_team(self.env, name)
        if not team:
            team = self.env["sos.team"].create({"name": fields["name"]})
            return self._name("team", name, team)
        self._check_same(("teams", name), "team", team.name, fields["name"])
        return team

    def _get_agency(self, name, fields):
        kind = self.env["sos.code"]._get("agency_kind", fields["kind"])
        agency = find_agency(self.env, name)
        if not agency:
            agency = self.env["res.partner"].create(
                {
                    "name": fields["name"],
                    "is_company": True,
                    "sos_agency_kind_id": kind.id,
                }
            )
            return self._name("agency", name, agency)
        self._check_same(("agencies", name), "agency", agency.name, fields["name"])
        return agency

    def _get_user(self, name, fields):
        group = get_role_group(self.env, fields["role"])
        team = self.refs.get(fields.get("team"))
        if "team" in fields and not team:
            team = find_team(self.env, fields["team"])
        user = find_user(self.env, name)
        if not user:
            return self._create_user(name, fields["name"], group, team)
        where = ("users", name)
        self._check_same(where, "user", user.name, fields["name"])
        if group not in user.group_ids:
            roles = user.group_ids.filtered(lambda g: g.privilege_id).mapped("name")
            self._check_same(where, "user", ", ".join(roles).lower(), fields["role"])
        if team and team not in user.sos_team_ids:
            teams = ", ".join(user.sos_team_ids.mapped("name"))
            self._check_same(where, "user", teams, team.name)
        return user

    def _check_same(self, where, kind, have, want):
        if have != want:
            self.fail(
                where,
                f"this database knows this {kind} as “{have}”, the file says "
                f"“{want}”. Use another reference, or play with --fresh.",
            )

    def _create_user(self, login, name, group, team):
        users = self.env["res.users"].with_context(no_reset_password=True)
        internal = self.env.ref("base.group_user")
        user = users.create(
            {
                "name": name,
                "login": login,
                "group_ids": [Command.set((internal | group).ids)],
                "sos_team_ids": [Command.set(team.ids if team else [])],
            }
        )
        if "hr.employee" in self.env:
            self.env["hr.employee"].create({"name": name, "user_id": user.id})
        return user


class Family:
    """Opens the family file as the user of the first event: people, who is who,
    addresses.

    :param speaking: a context in which a refusal is told with its keys
    """

    def __init__(self, case, env, refs, speaking):
        self.case, self.env, self.refs = case, env, refs
        self.speaking = speaking

    def make(self):
        for name, person in self.case.people.items():
            with self.speaking(("people", name)):
                values = self._get_person(person)
                self.refs[name] = self.env["sos.person"].create(values)
        members = [
            Command.create(
                {
                    "person_id": self.refs[name].id,
                    "role": self.case.people[name]["kind"],
                }
            )
            for name in self.case.people
        ]
        family = self.env["sos.case"].create(
            {"name": self.case.family["name"], "member_ids": members}
        )
        for number, relation in enumerate(self.case.relationships, start=1):
            with self.speaking(("relationships", f"number {number}")):
                self._relate(relation)
        return family

    def _code(self, code_set, code):
        return self.env["sos.code"]._get(code_set, code).id if code else False

    def _get_person(self, person):
        values = {
            "kind": person["kind"],
            "first_name": person.get("first"),
            "last_name": person["last"],
            "birth_date": person.get("born"),
            "expected_on": person.get("expected"),
            "sex_id": self._code("sex", person.get("sex")),
            "gender_id": self._code("gender", person.get("gender")),
            "ethnicity_id": self._code("ethnicity", person.get("ethnicity")),
            "disability_ids": [
                Command.link(self._code("disability", code))
                for code in person.get("disabilities", ())
            ],
            "upn": person.get("upn"),
            "upn_unknown_id": self._code("upn_unknown", person.get("upn_unknown")),
            "previous_plans": person.get("previous_plans", 0),
        }
        if "address" in person:
            address = {
                "text": person["address"],
                "confidential": person.get("address_confidential", False),
            }
            values["address_ids"] = [Command.create(address)]
        return values

    def _relate(self, relation):
        self.env["sos.relationship"].create(
            {
                "person_id": self.refs[relation["from"]].id,
                "type_id": self._code("relationship", relation["type"]),
                "other_id": self.refs[relation["to"]].id,
                "parental_responsibility": relation.get("parental_responsibility"),
                "carer": relation.get("carer"),
                "since": relation.get("since"),
                "until": relation.get("until"),
            }
        )
