from . import annex_a
from . import census
from . import cin
from . import numbers
from . import period
from . import sql
from . import ssd
