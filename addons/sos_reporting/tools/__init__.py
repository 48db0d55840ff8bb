from . import annex_a
from . import census
from . import period
