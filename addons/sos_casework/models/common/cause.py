from dataclasses import dataclass


@dataclass(frozen=True)
class Cause:
    """Why something is written, in the context as ``sos_cause``: what is written then
    is kept with its cause. It is no JSON, so that no caller of the API can give one.
    """

    #: the ``sos.form.child`` whose decision takes effect
    line_id: int = 0
    #: what of the decision: ``effect:…``, ``clock:…`` or ``form:…`` and a code
    source: str = ""
    #: the ``sos.correction`` that is carried out
    correction_id: int = 0
    #: tried only, and taken back: nobody is reminded, no number is used up
    rehearsal: bool = False
