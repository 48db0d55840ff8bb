from . import ir_http
from . import ir_module_module
from . import mail_push_device
from . import mail_thread
from . import publisher_warranty_contract
from . import res_users
from . import sos_hardening_setting
