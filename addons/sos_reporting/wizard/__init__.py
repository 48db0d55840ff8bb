from . import sos_census_check
from . import sos_census_check_line
