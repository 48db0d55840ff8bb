"""Seals say of what they are. They are only added to, and the database refuses to fill
a new column of those that are there: it comes filled."""


def migrate(cr, version):
    cr.execute(
        """ALTER TABLE sos_access_seal ADD COLUMN IF NOT EXISTS res_model varchar
        NOT NULL DEFAULT 'sos.access.log'"""
    )
    cr.execute("ALTER TABLE sos_access_seal ALTER COLUMN res_model DROP DEFAULT")
