class CaseError(Exception):
    """What is wrong with a case file, or with playing it, as one line that says where
    it is and what to do."""

    def __init__(self, file, where, message):
        self.file = file
        self.where = where
        self.message = " ".join(str(message).split())
        super().__init__(": ".join(filter(None, (str(file), where, self.message))))
