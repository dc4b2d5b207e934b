"""Room: look through folders, archives, web captures and disk images for what is on hash lists.

Job: walk a root, fingerprint and match every file in it with a pool of processes or a cluster, write one line a file.
Words: root, member (a file inside a file), container (a file that holds members; its readers are in `containers`),
line, mark (what is done), journal (the marks), listing (the lists as a folder that every process maps), known-good,
workman (a process that looks, and who watches it), unpacking (the members of one container, by a process of their own).
Verbs: walk, look, scan, resume, unpack.
Does not know: what a match means, who is told, how fingerprints are made.
"""

from tutela.scanning import table
from tutela.scanning.cluster import Cluster
from tutela.scanning.containers.recognition import HEAD, TAIL
from tutela.scanning.journal import SUFFIX, Journal
from tutela.scanning.lines import Match, Seen
from tutela.scanning.listing import Given, Lists
from tutela.scanning.options import Options
from tutela.scanning.pool import Pool
from tutela.scanning.scan import Watch, scan
from tutela.scanning.summary import Totals
from tutela.scanning.unpacking import SHOWN, Allowance, Member, Reason, Unpacking, is_container
from tutela.scanning.walk import Found, tally, walk
from tutela.scanning.workman import Setup, Workman

__all__ = [
    "HEAD",
    "SHOWN",
    "SUFFIX",
    "TAIL",
    "Allowance",
    "Cluster",
    "Found",
    "Given",
    "Journal",
    "Lists",
    "Match",
    "Member",
    "Options",
    "Pool",
    "Reason",
    "Seen",
    "Setup",
    "Totals",
    "Unpacking",
    "Watch",
    "Workman",
    "is_container",
    "scan",
    "table",
    "tally",
    "walk",
]
