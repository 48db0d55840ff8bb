from . import sos_return_export
