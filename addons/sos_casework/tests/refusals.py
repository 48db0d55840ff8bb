from contextlib import contextmanager


class RefusalsMixin:
    @contextmanager
    def _refused(self, exception, words):
        """What is done within is refused with these words (a regular expression), and
        undone, as it is for a user. ``assertRaisesRegex`` undoes nothing."""
        with self.assertRaises(exception) as caught:
            yield
        self.assertRegex(str(caught.exception), words)
