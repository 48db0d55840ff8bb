"""What the web client asks of the server, without a browser."""

import contextlib

from lxml import etree

from odoo.service.server import thread_local


@contextlib.contextmanager
def asked_for(model, method):
    """Within, the method is one that a client has called: looks are logged."""
    thread_local.rpc_model_method = f"{model}.{method}"
    try:
        yield
    finally:
        thread_local.rpc_model_method = ""


def get_specification(records, view_type):
    """The specification that the client makes from a view, relations included."""
    view = records.get_view(view_type=view_type)
    return _read_fields(records, etree.fromstring(view["arch"]))


def _read_fields(records, arch):
    # the fields of embedded views belong to those
    nodes = arch.xpath(".//field[not(ancestor::field)]")
    allowed = records.fields_get(attributes=("type", "relation"))
    specification = {}
    for node in nodes:
        name = node.get("name")
        if name not in allowed:
            continue
        specification[name] = _read_relation(records, allowed[name], node)
    return specification


def _read_relation(records, field, node):
    kind = field["type"]
    if kind == "many2one":
        return {"fields": {"display_name": {}}}
    if kind not in ("one2many", "many2many"):
        return {}
    inner = {}
    lines = records.env[field["relation"]]
    for view in node.xpath("./list | ./kanban"):
        inner.update(_read_fields(lines, _detach(view)))
    return {"fields": inner or {"display_name": {}}, "limit": 40}


def _detach(node):
    """The view for itself, so that its fields have no field around them."""
    return etree.fromstring(etree.tostring(node))


def open_record(record, specification):
    with asked_for(record._name, "web_read"):
        return record.web_read(specification)


def get_list_order(model):
    """The order that the list says, for which the client asks; none: the model's."""
    arch = model.get_view(view_type="list")["arch"]
    return etree.fromstring(arch).get("default_order")


def list_records(model, domain, specification, limit=80, order=None):
    with asked_for(model._name, "web_search_read"):
        return model.web_search_read(domain, specification, limit=limit, order=order)
