from . import sos_form_idea
from . import sos_form_type
from . import sos_form
