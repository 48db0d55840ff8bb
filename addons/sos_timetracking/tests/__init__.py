from . import test_duration
from . import test_log_time
from . import test_time_privacy
from . import test_time_add
