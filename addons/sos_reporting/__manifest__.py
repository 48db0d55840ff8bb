{
    "name": "Signs of Safety Returns and Measures",
    "summary": "Children in need census and Annex A from what casework recorded",
    "version": "19.0.1.1.0",
    "author": "Signs of Safety Casework contributors",
    "license": "LGPL-3",
    "category": "Services/Casework",
    "depends": ["sos_casework", "spreadsheet_dashboard"],
    "data": [
        "security/ir.model.access.csv",
        "security/sos_reporting_security.xml",
        "data/ir_cron.xml",
        "views/sos_return_views.xml",
        "wizard/sos_return_export_views.xml",
        "views/sos_reporting_menus.xml",
    ],
}
