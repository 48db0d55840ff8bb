from . import sos_effect
from . import sos_step
from . import sos_decision
from . import sos_form_child_decision
from . import sos_form_child_effects
from . import sos_deadline
from . import sos_deadline_clock
from . import sos_deadline_reminders
