from . import sos_time_add
from . import sos_time_share_summary
