from . import sos_form_idea
