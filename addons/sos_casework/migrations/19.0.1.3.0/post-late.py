"""A step that was late when its plan or need ended is late, and not only one that was
done late."""


def migrate(cr, version):
    cr.execute(
        """
        UPDATE sos_deadline SET late = TRUE
        WHERE state = 'ended' AND ended_on > due_on AND late IS NOT TRUE
        """
    )
