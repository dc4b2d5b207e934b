"""The elements of the CyberTipline reporting interface, as a table of our own (state of November 2025, and what the
public documentation added until August 2026).

How it is read (`shapes.py`): a type is a line of parts. `name` once, `name?` at most once, `name*` any number, `name+`
at least one; `name:type` where the type has another name than the element. `(a?|b?)` one of them. A line that begins
with `&` takes its parts in any order, with `|` exactly one of them, with `=` is text of that type. `@name` is an
attribute, required with `!`. `^` after a part marks what came after November 2025.

Source: the interface's public documentation and schema; these are names and numbers, in an arrangement of our own.
"""

from collections.abc import Mapping

_ACCOUNT = "espIdentifier?:string espService?:string compromisedAccount?:boolean screenName?:string"
_PROFILE = "displayName*:string profileUrl*:string profileBio?:string"
_CAPTURED = "ipCaptureEvent* deviceId*"
_DISABLED = "accountTemporarilyDisabled? accountPermanentlyDisabled?"
_WHERE = "estimatedLocation? allEmailsReported?:boolean"
_PERSON = "firstName?:string lastName?:string phone* email* address*"
_TEXT = "content?:string additionalInfo?:string"
_DATES = "@disabledDate:dateTime @userNotified:boolean @userNotifiedDate:dateTime"

TYPES: Mapping[str, str] = {
    "report": "batchedReport? incidentSummary internetDetails* lawEnforcement? reporter personOrUserReported* "
    "intendedRecipient* victim* additionalInfo?:string",
    "batchedReport": "@reason!:batchedReportReason",
    "incidentSummary": "incidentType platform?:string escalateToHighPriority?:string reportAnnotations? "
    "incidentDateTime:dateTime incidentDateTimeDescription?:string",
    "reportAnnotations": "& sextortion?:flag csamSolicitation?:flag minorToMinorInteraction?:flag spam?:flag "
    "sadisticOnlineExploitation?:flag informational?:flag^ potentialAggravatingFactors?:open^ instrumentalUse?:flag^",
    "internetDetails": "| webPageIncident emailIncident newsgroupIncident chatImIncident onlineGamingIncident "
    "cellPhoneIncident nonInternetIncident peer2peerIncident",
    "webPageIncident": "url*:string additionalInfo?:string @thirdPartyHostedContent:boolean",
    "emailIncident": f"emailAddress*:email {_TEXT}",
    "newsgroupIncident": f"name?:string emailAddress*:email {_TEXT}",
    "chatImIncident": f"chatClient?:string chatRoomName?:string {_TEXT}",
    "onlineGamingIncident": f"gameName?:string console?:string {_TEXT}",
    "cellPhoneIncident": "phoneNumber?:phone latitude?:double longitude?:double additionalInfo?:string",
    "nonInternetIncident": "locationName?:string incidentAddress*:address additionalInfo?:string",
    "peer2peerIncident": "client?:string ipCaptureEvent* fileNames?:string additionalInfo?:string",
    "lawEnforcement": "agencyName:string caseNumber?:string officerContact?:contactPerson reportedToLe?:boolean "
    "servedLegalProcessDomestic?:boolean servedLegalProcessInternational?:foreignProcess",
    "foreignProcess": "=boolean @fleaCountry:country",
    "reporter": "reportingPerson:person contactPerson? companyTemplate?:string termsOfService?:string legalURL?:string",
    "personOrUserReported": "personOrUserReportedPerson?:person vehicleDescription?:string "
    f"{_ACCOUNT} {_PROFILE} {_CAPTURED} thirdPartyUserReported?:boolean priorCTReports*:long groupIdentifier?:string "
    f"{_DISABLED} {_WHERE} associatedAccount* additionalInfo?:string",
    "intendedRecipient": "intendedRecipientPerson?:person "
    f"{_ACCOUNT} {_PROFILE} {_CAPTURED} priorCTReports*:long groupIdentifier?:string "
    f"{_DISABLED} {_WHERE} additionalInfo*:string",
    "victim": f"victimPerson:person {_ACCOUNT} {_PROFILE} {_CAPTURED} schoolName?:string priorCTReports*:long "
    f"{_DISABLED} {_WHERE} associatedAccount* additionalInfo?:string",
    "associatedAccount": "platform?:associatedPlatform firstName?:string middleName?:string lastName?:string "
    "approximateAge?:int ageAssertionDiscrepancy?:boolean^ dateOfBirth?:date phone* email* allEmailsReported?:boolean "
    "address* espService?:string espIdentifier?:string profileUrl*:string screenName?:string displayName*:string "
    f"profileBio?:string groupIdentifier?:string compromisedAccount?:boolean {_DISABLED} {_CAPTURED} "
    "priorCTReport*:long additionalInfo?:string @type!:associatedAccountType",
    "associatedPlatform": "=string @thirdPartyUser:boolean",
    "person": f"{_PERSON} age?:int ageAssertionDiscrepancy?:boolean^ dateOfBirth?:date",
    "contactPerson": _PERSON,
    "address": "address?:string city?:string zipCode?:string state? nonUsaState?:string country? @type:addressType",
    "email": "=string @type:emailType @verified:boolean @verificationDate:dateTime",
    "phone": "=string @type:phoneType @verified:boolean @verificationDate:dateTime "
    "@countryCallingCode:callingCode @extension:extension",
    "estimatedLocation": "city?:string region?:string countryCode?:country @verified:boolean @timestamp:dateTime",
    "ipCaptureEvent": "ipAddress:string eventName?:eventName dateTime?:dateTime possibleProxy?:boolean port?:int",
    "deviceId": "idType:string idValue:string eventName?:eventName dateTime?:dateTime",
    "accountTemporarilyDisabled": f"=boolean {_DATES} @reenabledDate:dateTime",
    "accountPermanentlyDisabled": f"=boolean {_DATES}",
    "fileDetails": "reportId:long fileId:token fileName?:string originalFileName?:string "
    "uploadedToEspTimestamp?:dateTime locationOfFile?:string fileViewedByEsp?:boolean exifViewedByEsp?:boolean "
    "publiclyAvailable?:boolean fileRelevance? (potentialMeme?:boolean|fileAnnotations?) "
    "industryClassification? originalFileHash*:hash ipCaptureEvent? deviceId* details* additionalInfo*:string",
    "fileAnnotations": "& animeDrawingVirtualHentai?:flag potentialMeme?:flag viral?:flag possibleSelfProduction?:flag "
    "physicalHarm?:flag violenceGore?:flag bestiality?:flag liveStreaming?:flag infant?:flag generativeAi?:flag",
    "hash": "=string @hashType!:string",
    "details": "nameValuePair+ @type:metadataType",
    "nameValuePair": "name:string value:string",
    "reportResponse": "responseCode:int responseDescription:string reportId?:long fileId?:token hash?:token",
    "reportDoneResponse": "responseCode:int reportId:long files",
    "files": "fileId*:string",
}
ROOTS = ("report", "fileDetails", "reportResponse", "reportDoneResponse")
ANNOTATIONS = ("reportAnnotations", "fileAnnotations")  # what is unknown in these is tolerated

INCIDENT_TYPES = (
    "Child Pornography (possession, manufacture, and distribution)",
    "Child Sex Trafficking",
    "Child Sex Tourism",
    "Child Sexual Molestation",
    "Misleading Domain Name",
    "Misleading Words or Digital Images on the Internet",
    "Online Enticement of Children for Sexual Acts",
    "Unsolicited Obscene Material Sent to a Child",
)
# ISO 3166-1 alpha-2, and the codes that tables of addresses by country add; empty is a value of its own
_COUNTRIES = (
    "A1 A2 O1 AD AE AF AG AI AL AM AN AO AP AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT "
    "BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET EU FI "
    "FJ FK FM FO FR FX GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ "
    "IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML "
    "MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS "
    "PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL "
    "TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"
)
_STATES = (
    "AK AL AR AZ CA CO CT DC DE FL GA GU HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ NM NV NY OH OK "
    "OR PA PR RI SC SD TN TX UT VA VI VT WA WI WV WY"
)
COUNTRIES = ("", *_COUNTRIES.split())
STATES = ("", *_STATES.split())
CHOICES: Mapping[str, tuple[str, ...]] = {
    "batchedReportReason": ("VIRAL_POTENTIAL_MEME",),
    "incidentType": INCIDENT_TYPES,
    "associatedAccountType": ("Billing", "Linked", "Business", "Creator", "Parent/Guardian", "Other"),
    "addressType": ("Home", "Business", "Billing", "Shipping", "Technical"),
    "emailType": ("Home", "Work", "Business", "Recovery"),
    "phoneType": ("Mobile", "Home", "Business", "Work", "Fax", "Internet", "Recovery"),
    "eventName": ("Login", "Registration", "Purchase", "Upload", "Other", "Unknown"),
    "fileRelevance": ("Reported", "Supplemental Reported"),
    "industryClassification": ("A1", "A2", "B1", "B2"),
    "metadataType": ("EXIF", "HASH"),
    "country": COUNTRIES,
    "state": STATES,
}
PATTERNS: Mapping[str, tuple[str, str]] = {  # regular expression, what it asks for
    "callingCode": (r"\+[0-9]{1,3}", "a plus sign and 1 to 3 digits, such as +41"),
    "extension": (r"[0-9]+", "digits"),
}
