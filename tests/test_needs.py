"""What cannot be installed fails where a change is judged."""

import os
from unittest import SkipTest
from unittest.mock import patch

import needs
import pytest


@pytest.mark.parametrize(("ci", "error"), [("1", AssertionError), ("", SkipTest)])
def test_what_is_missing(ci, error, tmp_path):
    with patch.dict(os.environ, CI=ci), patch.object(needs, "SCHEMA", tmp_path / "x"):
        with pytest.raises(error, match="say where it is in SOS_CIN_SCHEMA"):
            needs.get_schema()


def test_validator_that_cannot_be_installed(tmp_path):
    broken = tmp_path / "make_cin_validator"
    broken.write_text("#!/bin/sh\necho 'no such package' >&2\nexit 1\n")
    broken.chmod(0o755)
    with patch.dict(os.environ, CI="1"), patch.object(needs, "OUTSIDE", tmp_path):
        with pytest.raises(AssertionError, match="requirements-cin.*no such package"):
            needs.get_validator()
