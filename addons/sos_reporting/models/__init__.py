from . import sos_return_source
from . import sos_census
from . import sos_census_rows
from . import sos_annex_a
from . import sos_annex_a_child
from . import sos_annex_a_lists
from . import spreadsheet_dashboard
