"""Gives every user of the demonstration database one password.

Run in "odoo shell" (which defines env). Reads the password from the environment,
so that it shows in no list of processes.
"""

import os

GROUPS = {
    "practitioner": "Practitioner",
    "team_manager": "Team manager",
    "conference_chair": "Conference chair",
    "business_support": "Business support",
    "practice_lead": "Practice lead",
    "quality_auditor": "Quality auditor",
    "performance_analyst": "Performance analyst",
    "service_manager": "Service manager",
    "configurator": "Configurator",
}
password = os.environ["SOS_DEMO_PASSWORD"]
Users = env["res.users"].with_context(no_reset_password=True)  # noqa: F821
root = env.ref("base.user_root")  # noqa: F821
admin = env.ref("base.user_admin")  # noqa: F821
staff = Users.search([("share", "=", False), ("id", "not in", (root | admin).ids)])

# The cases do not use every role; one user for each that is left over, so that
# all of them can be tried.
for role, name in GROUPS.items():
    group = env.ref(f"sos_casework.group_{role}", raise_if_not_found=False)  # noqa: F821
    if not group or staff.filtered(lambda user, group=group: group in user.group_ids):
        continue
    staff |= Users.create(
        {
            "name": f"{name} (demonstration)",
            "login": role,
            "group_ids": [(6, 0, [env.ref("base.group_user").id, group.id])],  # noqa: F821
        }
    )

(staff | admin).write({"password": password})
env.cr.commit()  # noqa: F821
