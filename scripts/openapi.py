"""Writes the description of the machine interface to docs/api/openapi.json; a test compares it with the code."""

import json
import os
import sys
import tempfile
from pathlib import Path

OUT = Path(__file__).resolve().parents[1] / "docs" / "api" / "openapi.json"


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(TUTELA_DATA=folder, DJANGO_SETTINGS_MODULE="tutela_node.site.settings.api")
        import django

        django.setup()
        from tutela_node.desks.api.v1 import PREFIX, api

        described = json.dumps(api.get_openapi_schema(path_prefix=PREFIX), indent=2, sort_keys=True)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(described + "\n", encoding="utf-8")
    sys.stderr.write(f"wrote {OUT.name}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
