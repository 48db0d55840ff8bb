from . import common
from . import people
from . import case
from . import practice
from . import form
from . import pathway
from . import keeping
from . import access
