{
    "name": "Signs of Safety Casework: Closed database",
    "summary": "Nothing leaves the database unasked, whichever apps are in it",
    "version": "19.0.1.2.0",
    "author": "Signs of Safety Casework contributors",
    "license": "LGPL-3",
    "category": "Services/Casework",
    "depends": [
        "sos_casework",
        "auth_password_policy",
        "auth_signup",
        "spreadsheet_dashboard",
    ],
    "data": [
        "security/ir.model.access.csv",
        "security/ir.rule.csv",
        "views/sos_hardening_setting_views.xml",
    ],
    "assets": {"web.assets_backend": ["sos_hardening/static/src/**/*"]},
    "uninstall_hook": "uninstall_hook",
}
