"""What can be wrong with an address, as a code that a desk can translate and a sentence that never repeats it.

Rules:
- the sentence says what would be right
- neither the sentence nor the place holds any part of the address
"""

from enum import StrEnum

from tutela.errors import Invalid


class Problem(StrEnum):
    """Why something is no address we can work with. Each desk words these for its readers."""

    EMPTY = "empty"
    SPACES = "spaces"
    SEVERAL = "several"
    CONTROL = "control"
    SCHEME = "scheme"
    NO_HOST = "no_host"
    WORD = "word"
    HOST = "host"
    PORT = "port"
    PUBLIC_SUFFIX = "public_suffix"


SENTENCES = {
    Problem.EMPTY: "nothing was entered; an address looks like https://site.example/page",
    Problem.SPACES: "there is a space inside the address; copy it whole, without spaces",
    Problem.SEVERAL: "there is more than one address; enter one at a time",
    Problem.CONTROL: "the address holds an invisible control character; copy it again from the address bar",
    Problem.SCHEME: "only addresses that start with http:// or https:// can be handled",
    Problem.NO_HOST: "the address names no site; write it as https://site.example/page",
    Problem.WORD: "this is a word, not an address; a site name has a dot in it, as in site.example",
    Problem.HOST: "the site name holds something no site name may hold; copy it again from the address bar",
    Problem.PORT: "the port after the colon must be a number from 0 to 65535",
    Problem.PUBLIC_SUFFIX: "this is an ending that many sites share, not one site; give the whole site name",
}


class BadAddress(Invalid):
    """The text is no address we can work with; `problem` says which way."""

    def __init__(self, problem: Problem, detail: str = "", *, place: str = "") -> None:
        super().__init__(detail or SENTENCES[problem], place=place)
        self.problem = problem
