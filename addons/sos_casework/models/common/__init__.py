from . import sos_change_log
from . import sos_record_mixin
from . import sos_code
from . import sos_day_off
from . import sos_team
from . import res_company
from . import res_partner
from . import res_users
