{
    "name": "Signs of Safety Casework: Learning lab",
    "summary": "What practitioners say about the forms, and what became of it",
    "version": "19.0.1.3.0",
    "author": "Signs of Safety Casework contributors",
    "license": "LGPL-3",
    "category": "Services/Casework",
    "depends": ["sos_casework"],
    "data": [
        "security/ir.model.access.csv",
        "security/ir.rule.csv",
        "views/sos_form_idea_views.xml",
        "views/sos_form_views.xml",
        "views/sos_form_type_views.xml",
        "report/sos_form_type_templates.xml",
        "report/sos_form_type_reports.xml",
        "views/sos_learning_lab_menus.xml",
    ],
}
