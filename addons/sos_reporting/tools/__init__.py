from . import annex_a
from . import census
from . import cin
from . import period
