from . import sos_form_reason
from . import sos_form_give
from . import sos_form_open
from . import sos_deadline_pause
from . import sos_referral
from . import sos_referral_person
from . import sos_person_birth
