"""Forms in which reports travel: what others send is read, checked and answered; what we send is written.

Words: form, document, finding (fault, warning, note), node, place.
Verbs: recognise, check, parse, write.
Does not know: who sends, what an agreement allows, where reports are kept; clocks and networks. `forms` is the list of
every form, one line each; each form has a package or a file of its own.
"""

from tutela.wire.form import Finding, Form, Weight

__all__ = ["Finding", "Form", "Weight"]
