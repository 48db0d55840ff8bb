from collections import defaultdict
from functools import cached_property

#: Kinds of lines that are about somebody only through what they hang on.
FORM_STATES = ("draft", "submitted")


class SplitChoice:
    """What of one family file goes to another one with some of its children.

    * open periods of need of these children, with their plans and enquiries, and
      their clocks that run;
    * forms about these children only that are not signed, with the time kept for them;
    * lines of the practice record and notes that name only these children. Lines that
      hang together (a danger statement, its bottom lines and ratings) go together or
      stay together: if one of them is about others as well, all of them stay.

    Everything else stays. What is asked is asked as superuser: the file is the user's.
    """

    def __init__(self, case, children, target=None):
        self.case = case.sudo()
        self.env = self.case.env
        self.children = children.sudo()
        #: the file that takes them, where it is there already
        self.target = target if target is not None else case.browse()

    def _search(self, model, domain):
        return self.env[model].search([("case_id", "=", self.case.id), *domain])

    # ----------------------------------------------------------------- pathway

    @cached_property
    def forms(self):
        forms = self._search("sos.form", [("state", "in", FORM_STATES)])
        return forms.filtered(lambda form: not form.child_ids.child_id - self.children)

    @cached_property
    def mixed_forms(self):
        """Forms that are not signed and are about children on both sides."""
        forms = self._search("sos.form", [("state", "in", FORM_STATES)]) - self.forms
        return forms.filtered(lambda form: form.child_ids.child_id & self.children)

    @cached_property
    def episodes(self):
        domain = [("child_id", "in", self.children.ids), ("state", "=", "open")]
        return self._search("sos.episode", domain)

    def _get_of_episodes(self, model):
        return self._search(model, []).filtered(
            lambda record: record.episode_id in self.episodes
            or (self.target and record.episode_id.case_id == self.target)
        )

    @cached_property
    def clocks(self):
        domain = [("child_id", "in", self.children.ids)]
        return self._search(
            "sos.deadline", [*domain, ("state", "in", ("open", "paused"))]
        )

    @cached_property
    def allocations(self):
        """Those for these children only; the others are copied."""
        return self._search("sos.allocation", []).filtered(
            lambda a: a.child_ids and not a.child_ids - self.children
        )

    # ---------------------------------------------------------- lines and notes

    def _get_line_models(self):
        mixin = self.env.registry["sos.family.line.mixin"]
        for name, model in self.env.registry.items():
            if isinstance(self.env[name], mixin) and not model._abstract:
                yield name
        yield "sos.case.note"

    @cached_property
    def lines(self):
        """All lines of the file, by (model, id)."""
        return {
            (name, line.id): line
            for name in self._get_line_models()
            for line in self._search(name, [])
        }

    def _get_side(self, line):
        """``goes``, ``stays``, or ``follows`` what the line hangs on."""
        names = getattr(line, "_child_fields", ("child_ids",))
        named = self.env["sos.person"].union(*(line[name] for name in names))
        if named:
            return "stays" if named - self.children else "goes"
        hangs = getattr(line, "_case_from_fields", ())
        return "follows" if any(line[name] for name in hangs) else "stays"

    def _get_neighbours(self, line):
        """The lines and forms that this one points at."""
        names = getattr(line, "_same_case_fields", ("adds_to_id",))
        if line._name == "sos.rating" and line.danger_id:
            # given in a form, and about a danger statement: it stays with that
            names = ("danger_id",)
        return [line[name] for name in names if line[name]]

    @cached_property
    def _groups(self):
        """Lines that hang together: list of (keys, sides)."""
        links = defaultdict(set)
        sides = {}
        for key, line in self.lines.items():
            sides[key] = self._get_side(line)
            for other in self._get_neighbours(line):
                other_key = (other._name, other.id)
                links[key].add(other_key)
                links[other_key].add(key)
                if other._name == "sos.form":
                    sides[other_key] = "goes" if other in self.forms else "stays"
                elif self.target and other.case_id == self.target:
                    sides[other_key] = "goes"
        groups, seen = [], set()
        for key in sides:
            if key in seen:
                continue
            group, waiting = set(), [key]
            while waiting:
                current = waiting.pop()
                # a form does not tie together what was written in it
                if current not in group:
                    group.add(current)
                    if current[0] != "sos.form":
                        waiting.extend(links[current])
            seen |= {k for k in group if k[0] != "sos.form"}
            groups.append((group, {sides[k] for k in group if k in sides}))
        return groups

    @cached_property
    def moving(self):
        """Ids of the lines that go, by model."""
        moving = defaultdict(set)
        for group, sides in self._groups:
            if "goes" in sides and "stays" not in sides:
                for name, line_id in group:
                    if (name, line_id) in self.lines:
                        moving[name].add(line_id)
        return moving

    @cached_property
    def torn(self):
        """Lines about others that hang on what is in the other file already."""
        torn = [
            self.lines[key]
            for group, sides in self._groups
            if "stays" in sides and any(self._is_there(key) for key in group)
            for key in group
            if key in self.lines
        ]
        return torn

    def _is_there(self, key):
        name, line_id = key
        return (
            bool(self.target)
            and key not in self.lines
            and name != "sos.form"
            and self.env[name].browse(line_id).case_id == self.target
        )

    # ------------------------------------------------------------------- moves

    def get_ids(self):
        """Ids of everything that goes, by model and field that names the file."""
        ids = {("sos.form", "case_id"): self.forms.ids}
        for records in (
            self.episodes,
            self._get_of_episodes("sos.plan"),
            self._get_of_episodes("sos.enquiry"),
            self.clocks,
            self.allocations,
        ):
            ids[records._name, "case_id"] = records.ids
        for name, line_ids in self.moving.items():
            ids[name, "case_id"] = sorted(line_ids)
        known = {name for name, _field in ids} | {key[0] for key in self.lines}
        ids.update(self._get_of_forms(known))
        return {key: found for key, found in ids.items() if found}

    def _get_of_forms(self, known):
        """What other models hold of the forms that go: time, releases."""
        ids = {}
        for model, field in self.env["sos.merge"]._iter_relations("sos.case"):
            if field.type != "many2one" or model._name in known:
                continue
            for other in model._fields.values():
                if other.comodel_name == "sos.form" and other.store:
                    domain = [
                        (field.name, "=", self.case.id),
                        (other.name, "in", self.forms.ids),
                    ]
                    ids[model._name, field.name] = model.sudo().search(domain).ids
        return ids
