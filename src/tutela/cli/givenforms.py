"""The options that say how pictures and videos are looked at; three commands have them."""

from typing import Annotated

import typer

from tutela.errors import Invalid
from tutela.media import Form, forms_of

Forms = Annotated[str, typer.Option("--variants", metavar="FORMS", help=f"{', '.join(Form)}; all, default or none.")]
Keyframes = Annotated[bool, typer.Option("--keyframes", help="Of videos decode keyframes alone, which is quicker.")]


def asked_forms(text: str) -> frozenset[Form]:
    """Raises BadParameter, which ends a command with a word about its use."""
    try:
        return forms_of(text)
    except Invalid as error:
        raise typer.BadParameter(error.message, param_hint="--variants") from None
