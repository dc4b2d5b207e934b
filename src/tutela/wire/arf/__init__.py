"""ARF: reports of abuse by mail, in the three parts of RFC 5965.

Job: a mail -> its report with findings, addresses, domains and the mail reported; fields -> a mail.
Words: feedback type, field, incident, original.
Verbs: `read`, `of_mail`, `write`.
Does not know: whose mail it was, how it came here, whether a host exists.
"""

from tutela.wire.arf.read import FEEDBACK, FORM, TYPES, ArfReport, is_feedback, of_mail, read
from tutela.wire.arf.write import write

__all__ = ["FEEDBACK", "FORM", "TYPES", "ArfReport", "is_feedback", "of_mail", "read", "write"]
