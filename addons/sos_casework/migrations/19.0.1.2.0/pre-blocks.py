"""What a user is blocked from is no relation of the user any more; the tables are
those of the family file and the person. Merges have kept that they moved the relation:
undoing one works it out again from the blocks."""


def migrate(cr, version):
    cr.execute(
        """
        UPDATE sos_merge SET moved = jsonb_set(moved, '{links}', COALESCE(
            (SELECT jsonb_agg(link) FROM jsonb_array_elements(moved->'links') AS link
              WHERE link->>1 NOT IN ('sos_blocked_case_ids', 'sos_blocked_person_ids')),
            '[]'))
        WHERE moved->'links' @? '$[*][1] ? (@ starts with "sos_blocked_")'
        """
    )
