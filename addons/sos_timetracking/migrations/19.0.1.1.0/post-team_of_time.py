"""Time that was kept before teams were noted is that of the family's team."""


def migrate(cr, version):
    cr.execute(
        """
        UPDATE account_analytic_line AS line SET sos_team_id = family.team_id
        FROM sos_case AS family
        WHERE family.id = line.sos_case_id AND line.sos_team_id IS NULL
        """
    )
