from . import test_duration
from . import test_log_time
from . import test_screen_time
from . import test_team_time
from . import test_time_add
from . import test_time_merge
from . import test_time_privacy
from . import test_timer
