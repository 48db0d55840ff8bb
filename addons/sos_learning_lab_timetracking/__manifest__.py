{
    "name": "Signs of Safety Casework: Learning lab and time",
    "summary": "What a change of a form did to the time it takes",
    "version": "19.0.1.0.0",
    "author": "Signs of Safety Casework contributors",
    "license": "LGPL-3",
    "category": "Services/Casework",
    "depends": ["sos_learning_lab", "sos_timetracking"],
    "data": ["views/sos_form_idea_views.xml"],
    "auto_install": True,
}
