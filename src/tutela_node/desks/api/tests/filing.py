"""A program of a provider that speaks the CyberTipline interface, as its documentation shows requests."""

import base64

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tutela.wire.cybertip.answers import read_response

REPORT = (
    "<report><incidentSummary>"
    "<incidentType>Child Pornography (possession, manufacture, and distribution)</incidentType>"
    "<incidentDateTime>2024-05-06T07:08:09Z</incidentDateTime></incidentSummary>"
    "<internetDetails><webPageIncident><url>https://pages.example/a/1</url></webPageIncident></internetDetails>"
    "<reporter><reportingPerson><email>r@quay.example</email></reportingPerson></reporter>"
    "<personOrUserReported><espIdentifier>u-1</espIdentifier></personOrUserReported></report>"
)


def details(number, file, more="<fileViewedByEsp>true</fileViewedByEsp>"):
    return f"<fileDetails><reportId>{number}</reportId><fileId>{file}</fileId>{more}</fileDetails>"


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


class Filer(Client):
    """`answer` is the last answer as a client reads it, `status` its HTTP status."""

    def __init__(self, user, token):
        super().__init__(headers={"Authorization": basic(user, token)}, raise_request_exception=False)

    def read(self, response):
        self.response, self.status = response, response.status_code
        self.answer = read_response(response.content)
        return self.answer

    def submit(self, text=REPORT):
        raw = text if isinstance(text, bytes) else text.encode()
        return self.read(self.post("/ispws/submit", raw, content_type="text/xml; charset=utf-8"))

    def upload(self, number, body, name="name of somebody.jpg"):
        return self.read(self.post("/ispws/upload", {"id": number, "file": SimpleUploadedFile(name, body)}))

    def fileinfo(self, text):
        return self.read(self.post("/ispws/fileinfo", text.encode(), content_type="text/xml"))

    def ends(self, how, number, *, urlencoded=False):
        if urlencoded:
            kind = "application/x-www-form-urlencoded"
            return self.read(self.post(f"/ispws/{how}", f"id={number}", content_type=kind))
        return self.read(self.post(f"/ispws/{how}", {"id": number}))
