"""What can have happened to a client's record."""

from typing import Final

CLIENT_REGISTERED: Final = "ClientRegistered"
CONTACTS_RECORDED: Final = "ContactsRecorded"
PREFERENCES_RECORDED: Final = "PreferencesRecorded"
PLACE_RECORDED: Final = "PlaceRecorded"
PLACE_REMOVED: Final = "PlaceRemoved"
NEEDS_RECORDED: Final = "NeedsRecorded"
ELIGIBILITY_RECORDED: Final = "EligibilityRecorded"
ELIGIBILITY_VERIFIED: Final = "EligibilityVerified"
MANDATE_GRANTED: Final = "MandateGranted"
MANDATE_ACCEPTED: Final = "MandateAccepted"
MANDATE_REVOKED: Final = "MandateRevoked"
ORGANISATION_FOUNDED: Final = "OrganisationFounded"
MEMBER_JOINED: Final = "MemberJoined"
MEMBER_LEFT: Final = "MemberLeft"
HANDED_OVER: Final = "HandedOver"
