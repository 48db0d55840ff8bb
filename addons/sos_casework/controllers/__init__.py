from . import attachment
from . import export
from . import health
from . import html_editor
from . import look
from . import second_step
