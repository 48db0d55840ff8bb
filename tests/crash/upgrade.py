"""An upgrade that has something to do, and what there is afterwards."""

from contextlib import closing

from odoo import sql_db

#: As if an earlier version of the addons had been installed: other rules, views,
#: codes, rights, columns and indexes than those that ship.
EARLIER = """
UPDATE ir_module_module SET latest_version = '19.0.0.0.1' WHERE name LIKE 'sos\\_%';
UPDATE ir_rule SET domain_force = '[(1, ''='', 1)]'
 WHERE id IN (SELECT res_id FROM ir_model_data
               WHERE model = 'ir.rule' AND module LIKE 'sos\\_%');
UPDATE ir_model_access SET perm_unlink = TRUE
 WHERE id IN (SELECT res_id FROM ir_model_data
               WHERE model = 'ir.model.access' AND module LIKE 'sos\\_%');
UPDATE ir_ui_view
   SET arch_db = jsonb_build_object('en_US', '<list><field name="id"/></list>')
 WHERE type = 'list' AND inherit_id IS NULL
   AND id IN (SELECT res_id FROM ir_model_data
               WHERE model = 'ir.ui.view' AND module LIKE 'sos\\_%');
UPDATE sos_code SET name = jsonb_build_object('en_US', 'before') WHERE code_set = 'sex';
DROP INDEX sos_deadline_open_idx;
ALTER TABLE sos_document_check DROP COLUMN found_on;
DELETE FROM ir_ui_menu WHERE id IN (SELECT res_id FROM ir_model_data
 WHERE model = 'ir.ui.menu' AND name = 'sos_document_check_menu');
DELETE FROM ir_model_data WHERE name = 'sos_document_check_menu';
"""

#: What an upgrade leaves, by names and not by numbers.
QUERIES = {
    "modules": "SELECT name, state, latest_version FROM ir_module_module"
    " WHERE name LIKE 'sos\\_%'",
    "rules": "SELECT d.module, d.name, r.domain_force, r.active, r.perm_read,"
    " r.perm_write"
    " FROM ir_rule r JOIN ir_model_data d ON d.model = 'ir.rule' AND d.res_id = r.id",
    "rights": "SELECT d.module, d.name, a.perm_read, a.perm_write, a.perm_create,"
    " a.perm_unlink"
    " FROM ir_model_access a"
    " JOIN ir_model_data d ON d.model = 'ir.model.access' AND d.res_id = a.id",
    "views": "SELECT d.module, d.name, v.active, v.arch_db::text FROM ir_ui_view v"
    " JOIN ir_model_data d ON d.model = 'ir.ui.view' AND d.res_id = v.id",
    "menus": "SELECT d.module, d.name, m.active, m.action FROM ir_ui_menu m"
    " JOIN ir_model_data d ON d.model = 'ir.ui.menu' AND d.res_id = m.id",
    "external ids": "SELECT module, name, model, noupdate FROM ir_model_data",
    "codes": "SELECT code_set, code, name::text, active FROM sos_code",
    "versions": "SELECT t.code, v.number, v.state FROM sos_form_version v"
    " JOIN sos_form_type t ON t.id = v.type_id",
    "sections": "SELECT version_id, code, name::text, sequence FROM sos_form_section",
    "fields": "SELECT model, name, ttype, store FROM ir_model_fields",
    "columns": "SELECT table_name, column_name, data_type, is_nullable"
    " FROM information_schema.columns WHERE table_schema = 'public'",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)"
    " FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
    "jobs": "SELECT cron_name::text, active FROM ir_cron",
    "families": "SELECT id, reference, name FROM sos_case",
    "forms": "SELECT id, reference, state FROM sos_form",
}


def make_earlier(database):
    with closing(sql_db.db_connect(database).cursor()) as cursor:
        cursor.execute(EARLIER)
        cursor.commit()


def take_stock(database):
    with closing(sql_db.db_connect(database).cursor()) as cursor:
        stock = {}
        for name, query in QUERIES.items():
            cursor.execute(query)
            stock[name] = sorted(map(str, cursor.fetchall()))
        return stock


def of_addon(stock, addon):
    """Rules, rights, views and menus of one addon."""
    return {
        name: [row for row in stock[name] if row.startswith(f"('{addon}',")]
        for name in ("rules", "rights", "views", "menus")
    }


def differences(one, other):
    """The names of what is not the same, with an example of each."""
    return {
        name: sorted(set(one[name]) ^ set(other[name]))[:3]
        for name in one
        if one[name] != other[name]
    }
