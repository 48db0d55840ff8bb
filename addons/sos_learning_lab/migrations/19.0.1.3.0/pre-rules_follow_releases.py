"""Rules of ideas were kept as they were first installed; from now on a release mends
them, as it does those of every other addon."""


def migrate(cr, version):
    cr.execute(
        """
        UPDATE ir_model_data SET noupdate = FALSE
        WHERE module = 'sos_learning_lab' AND model = 'ir.rule'
        """
    )
