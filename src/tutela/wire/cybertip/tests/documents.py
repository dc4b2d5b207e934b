"""A report that uses most of the table, and ways to spoil it."""

from hypothesis import strategies as st
from lxml import etree

from tutela.wire.cybertip.table import TYPES

REPORT = b"""<report>
 <incidentSummary>
  <incidentType>Online Enticement of Children for Sexual Acts</incidentType>
  <platform>Quay Pictures</platform>
  <escalateToHighPriority>a test message</escalateToHighPriority>
  <reportAnnotations><spam/><informational/></reportAnnotations>
  <incidentDateTime>2024-05-06T07:08:09Z</incidentDateTime>
 </incidentSummary>
 <internetDetails>
  <webPageIncident thirdPartyHostedContent="false"><url>https://pages.example/a/1</url></webPageIncident>
 </internetDetails>
 <internetDetails>
  <chatImIncident><chatClient>Quay Talk</chatClient><content>a test message</content></chatImIncident>
 </internetDetails>
 <lawEnforcement>
  <agencyName>Unit of Exampleland</agencyName>
  <servedLegalProcessInternational fleaCountry="CH">true</servedLegalProcessInternational>
 </lawEnforcement>
 <reporter>
  <reportingPerson>
   <firstName>Ann</firstName>
   <phone type="Work" countryCallingCode="+41">5550100</phone>
   <email type="Work" verified="true" verificationDate="2024-01-02T03:04:05Z">ann@quay.example</email>
  </reportingPerson>
 </reporter>
 <personOrUserReported>
  <personOrUserReportedPerson>
   <email>u1@pages.example</email><age>40</age><ageAssertionDiscrepancy>true</ageAssertionDiscrepancy>
  </personOrUserReportedPerson>
  <espIdentifier>u-1</espIdentifier>
  <screenName>somebody</screenName>
  <profileUrl>https://pages.example/u/1</profileUrl>
  <ipCaptureEvent><ipAddress>192.0.2.1</ipAddress><eventName>Login</eventName>
   <dateTime>2024-05-06T07:00:00Z</dateTime><port>443</port></ipCaptureEvent>
  <deviceId><idType>IMEI</idType><idValue>000000000000000</idValue></deviceId>
  <priorCTReports>100001</priorCTReports>
  <accountTemporarilyDisabled disabledDate="2024-05-06T08:00:00Z">true</accountTemporarilyDisabled>
  <estimatedLocation verified="true"><city>Bern</city><countryCode>CH</countryCode></estimatedLocation>
  <associatedAccount type="Linked">
   <platform>Other Place</platform><espIdentifier>u-9</espIdentifier></associatedAccount>
 </personOrUserReported>
 <victim><victimPerson><age>12</age></victimPerson></victim>
 <additionalInfo>a test message</additionalInfo>
</report>
"""
FILE = b"""<fileDetails>
 <reportId>100001</reportId>
 <fileId>b0754af766b426f2928a02c651ed4b99</fileId>
 <originalFileName>pattern.png</originalFileName>
 <locationOfFile>https://pages.example/a/1</locationOfFile>
 <fileViewedByEsp>true</fileViewedByEsp>
 <fileAnnotations><viral/></fileAnnotations>
 <industryClassification>B2</industryClassification>
 <originalFileHash hashType="MD5">0123456789abcdef0123456789abcdef</originalFileHash>
 <ipCaptureEvent><ipAddress>2001:db8::1</ipAddress><eventName>Upload</eventName></ipCaptureEvent>
 <details type="EXIF"><nameValuePair><name>Make</name><value>X</value></nameValuePair></details>
</fileDetails>
"""
TEXTS = ["", " ", "x", "true", "1", "2024-02-30T00:00:00Z", "2024-05-06T07:08:09Z", "US", "Login", "99999999999"]


def spoil(draw, raw=REPORT):
    """The report with a few places changed."""
    root = etree.fromstring(raw)
    for _ in range(draw(st.integers(0, 3))):
        every = list(root.iter())[1:]
        if not every:
            break
        node = every[draw(st.integers(0, len(every) - 1))]
        change = draw(st.integers(0, 4))
        if change == 0:
            node.text = draw(st.sampled_from(TEXTS))
        elif change == 1:
            node.getparent().remove(node)
        elif change == 2:
            node.addnext(etree.fromstring(etree.tostring(node, with_tail=False)))
        elif change == 3:
            node.tag = draw(st.sampled_from([*TYPES, "other", "url", "spam"]))
        else:
            node.set(draw(st.sampled_from(["type", "verified", "reason", "other"])), draw(st.sampled_from(TEXTS)))
    return etree.tostring(root)
