from . import test_sos_form_idea
