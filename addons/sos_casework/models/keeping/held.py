"""What in this database hangs on a person or on a family file: read from the fields of
all models, so that a new model is in without new code."""

from odoo.fields import Domain

PERSON, CASE = "sos.person", "sos.case"
#: Kinds of record that are not copied row by row, and why.
NOT_ROWS = {
    "sos.form.document": "as signed, section by section (_gather_documents)",
    "sos.form.document.picture": "with its document",
    "sos.change.log": "one piece for each record that was changed (_gather_changes)",
    "sos.access.log": "counted, without the names of staff (_gather_looks)",
    "sos.access.notice": "counted with the looks (_gather_looks)",
    "sos.subject.piece": "holds copies of what is gathered anyway",
    "sos.destruction": "holds nothing but the reference of a family file",
}


def get_stored_models(env):
    """Names of the models that have rows, dialogs left out."""
    return [
        name
        for name in sorted(env.registry)
        if env[name]._auto and not env[name]._abstract and not env[name]._transient
    ]


def get_pointers(env, model, comodel, kinds=("many2one",)):
    """Names of the stored fields of a model that point at another."""
    return [
        name
        for name, field in env[model]._fields.items()
        if field.store
        and field.type in kinds
        and field.comodel_name == comodel
        and name not in ("create_uid", "write_uid")
    ]


def get_person_fields(env, model):
    return get_pointers(env, model, PERSON, ("many2one", "many2many"))


def get_case_field(env, model):
    """The field that says whose family a row is of; None where there is none."""
    if model == CASE:
        return "id"
    fields = get_pointers(env, model, CASE)
    return next(iter(sorted(fields, key=lambda name: name != "case_id")), None)


def get_walked(env):
    """How a model is found from a person and their files.

    :return: ``{model: function(ids by model, person, cases) -> domain}`` in an order
        in which what a model hangs on comes before it
    """
    walked = {
        PERSON: lambda found, person, cases: Domain("id", "=", person.id),
        CASE: lambda found, person, cases: Domain("id", "in", cases.ids),
    }
    # users name the people whom they are blocked from: that is not about those people
    models = [name for name in get_stored_models(env) if name != "res.users"]
    for model in models:
        persons, case = get_person_fields(env, model), get_case_field(env, model)
        if model not in walked and (persons or case):
            walked[model] = _by_owner(persons, case)
    # what has neither, but is a line of something that has
    grown = True
    while grown:
        grown = False
        for model in models:
            if model in walked or not model.startswith("sos."):
                continue
            parents = [
                (name, field.comodel_name)
                for name, field in env[model]._fields.items()
                if field.store and field.type == "many2one" and field.required
                if field.comodel_name in walked
            ]
            if parents:
                walked[model] = _by_parent(parents)
                grown = True
    return walked


def _by_owner(person_fields, case_field):
    def domain(found, person, cases):
        conditions = [Domain(name, "in", person.ids) for name in person_fields]
        if case_field:
            conditions.append(Domain(case_field, "in", cases.ids))
        return Domain.OR(conditions)

    return domain


def _by_parent(parents):
    def domain(found, person, cases):
        return Domain.OR(
            Domain(name, "in", list(found.get(comodel, ())))
            for name, comodel in parents
        )

    return domain
