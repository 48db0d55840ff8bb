from . import test_closed
from . import test_settings
