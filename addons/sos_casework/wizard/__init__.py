from . import sos_form_reason
from . import sos_form_give
from . import sos_form_open
