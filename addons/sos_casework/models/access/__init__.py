from . import base
from . import ir_attachment
from . import ir_rule
