"""2,000 generated children, made once for a test's class."""

from datetime import date

import generate

from odoo.tests import TransactionCase

CHILDREN = 2000
AS_AT = date(2026, 3, 31)
YEAR = 2026


class GeneratedCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.world = generate.World(cls.env, CHILDREN, AS_AT)
        generate.generate(cls.env, cls.world, CHILDREN, seed=1)
