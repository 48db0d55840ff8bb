from . import test_annex_a
from . import test_census
from . import test_cin_read
from . import test_cin_rules
from . import test_correction_returns
from . import test_one_number
from . import test_return
from . import test_return_export
