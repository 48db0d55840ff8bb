from . import account_analytic_line
from . import res_company
from . import res_config_settings
from . import sos_time_mixin
from . import sos_case
from . import sos_form
from . import sos_team
