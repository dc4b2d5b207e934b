"""What `tutela node filings` says: how reports of the CyberTipline interface ended, and why documents were refused."""

import json
from collections.abc import Iterator

from tutela_node.foundation.permissions import SYSTEM
from tutela_node.intake import filing_queries as filed


def counted(*, as_json: bool) -> Iterator[str]:
    found = filed.counts(SYSTEM)
    row = {**found.by_state, "tests": found.tests, "refused": found.refused}
    yield json.dumps(row) if as_json else "  ".join(f"{name} {count}" for name, count in row.items())


def refused(*, as_json: bool) -> Iterator[str]:
    """One line a document, as JSON, or several for a person: whose and when, then each finding with its place."""
    for each in filed.refused_documents(SYSTEM):
        at = each.received_at.isoformat(timespec="seconds")
        if as_json:
            row = {"id": str(each.id), "organisation": each.organisation, "at": at, "size": each.size}
            yield json.dumps({**row, "findings": each.findings})
            continue
        yield f"{at}  {each.organisation}  {each.size} bytes"
        for finding in each.findings:
            yield f"    {finding['weight']}: line {finding['line']}, {finding['place']}: {finding['message']}"
