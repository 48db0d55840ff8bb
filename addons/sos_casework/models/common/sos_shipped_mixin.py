from odoo import models

from .installation import is_installing


class SosShippedMixin(models.AbstractModel):
    """For lists that ship with the system and that an authority changes: an upgrade
    keeps what the authority has changed, and takes up what it has added itself."""

    _name = "sos.shipped.mixin"
    _description = "Shipped list"

    #: names of the fields that say which row it is
    _shipped_key = ()

    def write(self, vals):
        result = super().write(vals)
        if not is_installing(self.env):
            self._keep_at_upgrade()
        return result

    def _keep_at_upgrade(self):
        # sudo: who may change the list need not know of external ids
        external_ids = self.env["ir.model.data"].sudo()
        external_ids.search(
            [
                ("model", "=", self._name),
                ("res_id", "in", self.ids),
                ("noupdate", "=", False),
            ]
        ).write({"noupdate": True})

    def _is_shipped(self):
        self.ensure_one()
        # sudo: as above
        return bool(
            self.env["ir.model.data"]
            .sudo()
            .search_count(
                [
                    ("model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("module", "=like", "sos\\_%"),
                ],
                limit=1,
            )
        )

    def _load_records(self, data_list, update=False):
        """A row that the authority has added before it was shipped becomes the
        shipped one; a second one would be refused and stop the upgrade."""
        external_ids = self.env["ir.model.data"].sudo()
        names = [data["xml_id"] for data in data_list if data.get("xml_id")]
        known = {
            f"{module}.{name}"
            for _id, module, name, *_rest in external_ids._lookup_xmlids(names, self)
        }
        adopted = []
        for data in data_list:
            if not data.get("xml_id") or data["xml_id"] in known:
                continue
            record = self._find_shipped(data["values"])
            if record:
                adopted.append({"xml_id": data["xml_id"], "record": record})
        external_ids._update_xmlids(adopted)
        return super()._load_records(data_list, update)

    def _find_shipped(self, values):
        """The row, archived or not, that these values are about."""
        domain = [(name, "=", values.get(name, False)) for name in self._shipped_key]
        return self.with_context(active_test=False).search(domain, limit=1)
