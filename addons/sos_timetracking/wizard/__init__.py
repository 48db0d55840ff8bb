from . import sos_time_add
