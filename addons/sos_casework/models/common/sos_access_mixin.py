from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import MissingError
from odoo.fields import Domain
from odoo.http import request
from odoo.service.server import thread_local

#: where a cursor keeps what is being shown by the call that goes on
LOOK = "sos.access.look"
#: embedded records of these are named in the line as well, whoever embeds them
MAIN_MODELS = ("sos.case", "sos.person", "sos.form")
#: a query is kept up to this many characters
QUERY_LENGTH = 2000


class Look:
    """What one call of a user shows: ``{model: {id: None}}``, in order."""

    def __init__(self, model=None):
        #: without one, the call is an onchange: what it reads beyond names counts
        self.model = model
        self.shown = {}

    def add(self, records):
        if self.model in (None, records._name) or records._name in MAIN_MODELS:
            ids = [i for i in records._ids if isinstance(i, int)]
            if ids:
                self.shown.setdefault(records._name, {}).update(dict.fromkeys(ids))

    def get(self):
        return {model: list(ids) for model, ids in self.shown.items()}


@contextmanager
def looking(env, model=None):
    """Collect what is shown within. A call within another one adds to that."""
    cache = env.cr.cache
    look = cache[LOOK] = Look(model)
    try:
        yield look
    finally:
        del cache[LOOK]


def logs(method):
    """The method writes a line of the log, so Odoo must not call it with a cursor
    that only reads."""
    method._readonly = False
    return method


class SosAccessMixin(models.AbstractModel):
    """Every way by which records leave the server to a user goes through here, and is
    one line of the access log in the same transaction: what cannot be logged is not
    shown. What runs as superuser is nobody's look, and reading in Python is none."""

    _name = "sos.access.mixin"
    _description = "Every look is logged"

    def _get_readable(self):
        """Those among these that the user may read and that are still there: the log
        outlives what it names."""
        try:
            return self._filtered_access("read")
        except MissingError:
            return self.exists()._filtered_access("read")

    def _get_looked_at(self):
        """The records that somebody sees who sees these: dialogs show others."""
        return self

    @contextmanager
    def _logged(self, operation="opened", detail=None, query=None, fold=False):
        """What is shown within is one line. Several records opened are a list.

        :param fold: no second line for the same within minutes
        """
        if self.env.su:
            yield Look(self._name)
            return
        records = self._get_looked_at()
        if look := self.env.cr.cache.get(LOOK):
            look.add(records)
            yield look
            return
        with looking(self.env, records._name) as look:
            look.add(records)
            yield look
        shown = look.get()
        ids = shown.get(records._name, [])
        if operation == "opened":
            if not ids:
                return
            if len(ids) > 1:
                operation = "listed"
        self.env["sos.access.log"]._write_line(
            operation, records.browse(ids), shown, detail, query, fold
        )

    @api.model
    def _get_query_text(self, domain, groupby=()):
        text = str(list(Domain(domain or [])))
        if groupby:
            groups = [groupby] if isinstance(groupby, str) else groupby
            text = f"{text} by {', '.join(map(str, groups))}"
        return text[:QUERY_LENGTH]

    @api.model
    def _is_called_by_client(self, name):
        """Whether a client has asked for this very method, which Python uses too."""
        if self.env.su:
            return False
        call = f"{self._name}.{name}"
        if getattr(thread_local, "rpc_model_method", "") == call:
            return True
        return bool(request) and request.httprequest.path.endswith(
            (f"/{call}", f"/{self._name}/{name}")
        )

    # ------------------------------------------------------------------ records

    @logs
    def read(self, fields=None, load="_classic_read"):
        with self._logged():
            return super().read(fields, load)

    @logs
    def web_read(self, specification):
        look = self.env.cr.cache.get(LOOK)
        if specification.keys() - {"id"} or self.env.su:
            with self._logged():
                return super().web_read(specification)
        if not look:
            # a relation of a record that is not a family's: it shows names, to those
            # who may see them
            with self._get_readable()._logged():
                return super().web_read(specification)
        if look.model:
            look.add(self)
        return super().web_read(specification)

    @logs
    def web_save(self, vals, specification, next_id=None):
        # who goes on writing in what is open looks at the same
        with self._logged(fold=bool(vals) and not next_id):
            return super().web_save(vals, specification, next_id)

    @logs
    def web_save_multi(self, vals_list, specification):
        with self._logged(fold=any(vals_list)):
            return super().web_save_multi(vals_list, specification)

    @logs
    def copy_data(self, default=None):
        with self._logged(detail=self.env._("copied")):
            return super().copy_data(default)

    @logs
    def export_data(self, fields_to_export):
        with self._logged("exported", detail=", ".join(fields_to_export)):
            return super().export_data(fields_to_export)

    # -------------------------------------------------------------------- lists

    @api.model
    @logs
    def search_read(
        self,
        domain=None,
        fields=None,
        offset=0,
        limit=None,
        order=None,
        **read_kwargs,
    ):
        with self.browse()._logged(
            "listed", query=self._get_query_text(domain)
        ) as look:
            rows = super().search_read(
                domain, fields, offset, limit, order, **read_kwargs
            )
            look.add(self.browse([row["id"] for row in rows]))
            return rows

    @api.model
    @logs
    def web_search_read(
        self,
        domain,
        specification,
        offset=0,
        limit=None,
        order=None,
        count_limit=None,
    ):
        with self.browse()._logged("listed", query=self._get_query_text(domain)):
            return super().web_search_read(
                domain, specification, offset, limit, order, count_limit
            )

    @api.model
    @logs
    def search(self, domain, offset=0, limit=None, order=None):
        if not self._is_called_by_client("search"):
            return super().search(domain, offset, limit, order)
        with self.browse()._logged(
            "listed", query=self._get_query_text(domain)
        ) as look:
            records = super().search(domain, offset, limit, order)
            look.add(records)
            return records

    @api.model
    @logs
    def search_count(self, domain, limit=None):
        if not self._is_called_by_client("search_count"):
            return super().search_count(domain, limit)
        with self.browse()._logged("listed", query=self._get_query_text(domain)):
            return super().search_count(domain, limit)

    @api.model
    @logs
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        query = self._get_query_text(domain) if domain else None
        query = f"{name} {query}" if query else name
        with self.browse()._logged("searched", query=query[:QUERY_LENGTH]) as look:
            found = super().name_search(name, domain, operator, limit)
            look.add(self.browse([row[0] for row in found]))
            return found

    @api.model
    @logs
    def web_name_search(
        self, name, specification, domain=None, operator="ilike", limit=100
    ):
        with self.browse()._logged("searched", query=(name or "")[:QUERY_LENGTH]):
            return super().web_name_search(name, specification, domain, operator, limit)

    # ------------------------------------------------------------------- groups

    @api.model
    @logs
    def web_read_group(self, domain, groupby, aggregates=(), *args, **kwargs):
        query = self._get_query_text(domain, groupby)
        with self.browse()._logged("listed", query=query):
            return super().web_read_group(domain, groupby, aggregates, *args, **kwargs)

    @api.model
    @logs
    def formatted_read_group(self, domain, groupby=(), aggregates=(), *args, **kwargs):
        query = self._get_query_text(domain, groupby)
        with self.browse()._logged("listed", query=query):
            return super().formatted_read_group(
                domain, groupby, aggregates, *args, **kwargs
            )

    @api.model
    @logs
    def formatted_read_grouping_sets(self, domain, grouping_sets, *args, **kwargs):
        query = self._get_query_text(domain, grouping_sets)
        with self.browse()._logged("listed", query=query):
            return super().formatted_read_grouping_sets(
                domain, grouping_sets, *args, **kwargs
            )

    @api.model
    @logs
    @api.deprecated("Since 19.0, as in Odoo: use formatted_read_group.")
    def read_group(self, domain, fields, groupby, *args, **kwargs):
        query = self._get_query_text(domain, groupby)
        with self.browse()._logged("listed", query=query):
            return super().read_group(domain, fields, groupby, *args, **kwargs)

    @api.model
    @logs
    def read_progress_bar(self, domain, group_by, progress_bar):
        query = self._get_query_text(domain, group_by)
        with self.browse()._logged("listed", query=query):
            return super().read_progress_bar(domain, group_by, progress_bar)

    @api.model
    @logs
    def search_panel_select_range(self, field_name, **kwargs):
        query = self._get_query_text(kwargs.get("search_domain"), field_name)
        with self.browse()._logged("listed", query=query):
            return super().search_panel_select_range(field_name, **kwargs)

    @api.model
    @logs
    def search_panel_select_multi_range(self, field_name, **kwargs):
        query = self._get_query_text(kwargs.get("search_domain"), field_name)
        with self.browse()._logged("listed", query=query):
            return super().search_panel_select_multi_range(field_name, **kwargs)
