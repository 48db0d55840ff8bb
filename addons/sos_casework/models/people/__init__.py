from . import sos_person
from . import sos_person_identifiers
from . import sos_person_duplicates
from . import sos_address
from . import sos_relationship
from . import sos_person_flag
