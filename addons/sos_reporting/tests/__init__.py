from . import test_annex_a
from . import test_census
from . import test_return_export
