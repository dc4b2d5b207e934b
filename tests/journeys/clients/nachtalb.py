"""Drives the published client ncmec-cybertip, unmodified, against another base address. Needs Python 3.13.

Usage: nachtalb.py BASE USER PASSWORD. Prints the ids of the report and of its files.
"""

import asyncio
import json
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import ncmec_cybertip as client

WHEN = datetime(2012, 10, 15, 8, tzinfo=UTC)
REPORT = client.Report(
    incident_summary=client.IncidentSummary(
        incident_type=client.IncidentType.CHILD_PORNOGRAPHY,
        escalate_to_high_priority="a test message",
        report_annotations=client.ReportAnnotations(spam=True, informational=True),
        incident_date_time=WHEN,
    ),
    internet_details=[client.InternetDetails(web_page_incident=client.WebPageIncident(url=["http://pages.example/x"]))],
    reporter=client.Reporter(reporting_person=client.Person(email=[client.Email(value="ann@harbour.example")])),
)


async def main(base: str, username: str, password: str, file: Path) -> None:
    file.write_bytes(b"pattern" * 1000)
    async with client.CyberTiplineClient(username=username, password=password, base_url=base) as filer:
        await filer.status()
        report = (await filer.submit(REPORT)).report_id
        uploaded = await filer.upload(report, str(file))
        details = client.FileDetails(
            report_id=report,
            file_id=uploaded.file_id,
            file_viewed_by_esp=True,
            file_annotations=client.FileAnnotations(viral=True),
            original_file_hash=client.file_hashes(str(file)),
        )
        await filer.file_info(details)
        done = await filer.finish(report)
        taken_back = (await filer.submit(REPORT)).report_id
        await filer.retract(taken_back)
    print(json.dumps({"report": str(done.report_id), "files": [uploaded.file_id]}))


with tempfile.TemporaryDirectory() as folder:
    asyncio.run(main(*sys.argv[1:], Path(folder) / "pattern.bin"))
