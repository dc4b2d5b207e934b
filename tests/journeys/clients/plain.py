"""A client of the CyberTipline interface with nothing but the standard library, written from its documentation.

Usage: plain.py BASE USER PASSWORD multipart|urlencoded. Prints the ids of the report and of its files.
"""

import base64
import json
import sys
import urllib.request
import xml.etree.ElementTree as ET

REPORT = """<report xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:noNamespaceSchemaLocation="https://hotline.example/ispws/xsd">
 <incidentSummary>
  <incidentType>Child Pornography (possession, manufacture, and distribution)</incidentType>
  <reportAnnotations><sextortion/><spam/></reportAnnotations>
  <incidentDateTime>2012-10-15T08:00:00-07:00</incidentDateTime>
 </incidentSummary>
 <internetDetails><webPageIncident><url>http://pages.example/a.html</url></webPageIncident></internetDetails>
 <reporter><reportingPerson>
  <firstName>John</firstName><lastName>Smith</lastName><email>jsmith@harbour.example</email>
 </reportingPerson></reporter>
</report>"""
DETAILS = """<?xml version="1.0" encoding="UTF-8"?>
<fileDetails><reportId>{report}</reportId><fileId>{file}</fileId><originalFileName>pattern.bin</originalFileName>
<ipCaptureEvent><ipAddress>192.0.2.7</ipAddress><eventName>Upload</eventName>
<dateTime>2012-10-15T08:00:00-07:00</dateTime></ipCaptureEvent></fileDetails>"""


def main(base: str, user: str, password: str, form: str) -> None:
    credentials = base64.b64encode(f"{user}:{password}".encode()).decode()

    def ask(path: str, body: bytes | None = None, kind: str = "text/xml; charset=utf-8") -> ET.Element:
        headers = {"Authorization": f"Basic {credentials}", **({"Content-Type": kind} if body is not None else {})}
        with urllib.request.urlopen(urllib.request.Request(base + path, body, headers), timeout=60) as answer:
            root = ET.fromstring(answer.read())
        assert root.findtext("responseCode") == "0", root.findtext("responseDescription")
        return root

    ask("/status")
    report = ask("/submit", REPORT.encode()).findtext("reportId") or ""
    files = []
    for number in range(2):
        body, kind = multipart([("id", None, report.encode()), ("file", f"{number}.bin", bytes([number]) * 5000)])
        answer = ask("/upload", body, kind)
        files.append(answer.findtext("fileId"))
        ask("/fileinfo", DETAILS.format(report=report, file=files[-1]).encode())
    body, kind = multipart([("id", None, report.encode())])
    if form == "urlencoded":
        body, kind = f"id={report}".encode(), "application/x-www-form-urlencoded"
    done = ask("/finish", body, kind)
    assert [each.text for each in done.iter("fileId")] == files
    print(json.dumps({"report": done.findtext("reportId"), "files": files}))


def multipart(parts: list[tuple[str, str | None, bytes]]) -> tuple[bytes, str]:
    found = b""
    for name, file, value in parts:
        named = f'; filename="{file}"\r\nContent-Type: application/octet-stream' if file else ""
        found += f'--xyz\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'.encode() + value + b"\r\n"
    return found + b"--xyz--\r\n", "multipart/form-data; boundary=xyz"


main(*sys.argv[1:])
