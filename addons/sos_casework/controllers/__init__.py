from . import export
from . import html_editor
from . import second_step
