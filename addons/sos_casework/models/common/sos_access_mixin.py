from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import MissingError
from odoo.fields import Domain
from odoo.http import request
from odoo.service.server import thread_local
from odoo.tools import SQL

from .look import LOOK, Look, logs, looking

#: a query is kept up to this many characters
QUERY_LENGTH = 2000
#: groups over more families than these tell nothing about one of them
FAMILIES_TOLD = 100


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
    def _logged(
        self, operation="opened", detail=None, query=None, fold=False, shown=True
    ):
        """What is shown within is one line. Several records opened are a list.

        :param fold: no second line for the same within minutes
        :param shown: these are shown; otherwise only what is read within
        """
        if self.env.su:
            yield Look(self._name)
            return
        records = self._get_looked_at()
        look = self.env.cr.cache.get(LOOK)
        if look is not None:
            if shown:
                look.add(records)
            yield look
            return
        with looking(self.env, records._name) as look:
            look.operation, look.detail = operation, detail
            if shown:
                look.add(records)
            yield look
        self.env["sos.access.log"]._write_look(look, query, fold)

    @contextmanager
    def _logged_groups(self, domain, groupby):
        """Groups are a line that says of which families they tell."""
        if self.env.su or LOOK in self.env.cr.cache:
            yield
            return
        query = self._get_query_text(domain, groupby)
        with self.browse()._logged("listed", query=query) as look:
            yield
            self._add_grouped(look, domain)

    @api.model
    def _add_grouped(self, look, domain):
        """A number of one family is a number about that family."""
        fields = self.env["sos.access.log"]._get_owner_fields(self)
        query = self._search(domain or [], limit=FAMILIES_TOLD + 1)
        if not fields or query.is_empty():
            return
        columns = [
            self._field_to_sql(self._table, f.name, query) for f, _about in fields
        ]
        distinct = SQL("DISTINCT %s", SQL(", ").join(columns))
        rows = self.env.execute_query(query.select(distinct))
        if len(rows) > FAMILIES_TOLD:
            return
        for place, (_field, about) in enumerate(fields):
            ids = {row[place] for row in rows if row[place]}
            look.add_names(self.env[about].browse(ids))

    def _sos_show(self, look, names):
        if set(names) - {"id"}:
            look.add(self._get_looked_at())

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
        if specification.keys() - {"id"}:
            with self._logged():
                return super().web_read(specification)
        # within another record: the name is added where it is worked out, unless it
        # is known already
        if look := not self.env.su and self.env.cr.cache.get(LOOK):
            look.add_names(self)
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
    def onchange(self, values, field_names, fields_spec):
        # what changes is read of a new record, as which it is shown
        with self._logged(fold=True, shown=False):
            return super().onchange(values, field_names, fields_spec)

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
        with self._logged_groups(domain, groupby):
            return super().web_read_group(domain, groupby, aggregates, *args, **kwargs)

    @api.model
    @logs
    def formatted_read_group(self, domain, groupby=(), aggregates=(), *args, **kwargs):
        with self._logged_groups(domain, groupby):
            return super().formatted_read_group(
                domain, groupby, aggregates, *args, **kwargs
            )

    @api.model
    @logs
    def formatted_read_grouping_sets(self, domain, grouping_sets, *args, **kwargs):
        with self._logged_groups(domain, grouping_sets):
            return super().formatted_read_grouping_sets(
                domain, grouping_sets, *args, **kwargs
            )

    @api.model
    @logs
    @api.deprecated("Since 19.0, as in Odoo: use formatted_read_group.")
    def read_group(self, domain, fields, groupby, *args, **kwargs):
        with self._logged_groups(domain, groupby):
            return super().read_group(domain, fields, groupby, *args, **kwargs)

    @api.model
    @logs
    def read_progress_bar(self, domain, group_by, progress_bar):
        with self._logged_groups(domain, group_by):
            return super().read_progress_bar(domain, group_by, progress_bar)

    @api.model
    @logs
    def search_panel_select_range(self, field_name, **kwargs):
        with self._logged_groups(kwargs.get("search_domain"), field_name):
            return super().search_panel_select_range(field_name, **kwargs)

    @api.model
    @logs
    def search_panel_select_multi_range(self, field_name, **kwargs):
        with self._logged_groups(kwargs.get("search_domain"), field_name):
            return super().search_panel_select_multi_range(field_name, **kwargs)
