PROJECT = "project_children_services"


def uninstall_hook(env):
    """Time on families goes with them, words and all. The project stays where other
    time is kept on it: it is an ordinary one then."""
    env.cr.execute("DELETE FROM account_analytic_line WHERE sos_case_id IS NOT NULL")
    env.invalidate_all()
    project = env.ref(f"sos_timetracking.{PROJECT}", raise_if_not_found=False)
    lines = env["account.analytic.line"]
    if project and lines.search_count([("project_id", "=", project.id)], limit=1):
        env["ir.model.data"].search(
            [("module", "=", "sos_timetracking"), ("name", "=", PROJECT)]
        ).unlink()
