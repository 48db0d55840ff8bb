from . import sos_census_check
from . import sos_census_check_line
from . import sos_return_export
