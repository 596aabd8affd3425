"""Events and their facts in words; what has none here is shown as it was recorded."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from transport.kernel.i18n import Catalogue
from transport.kernel.i18n import mark as _

KINDS: dict[str, str] = {
    # log-ins
    "UserAdded": _("log-in added"),
    "UserDisabled": _("shut out"),
    "UserEnabled": _("let in again"),
    "RoleChanged": _("role changed"),
    "WaysReset": _("ways to log in reset"),
    "PasswordChanged": _("password changed"),
    "ContactChanged": _("contact changed"),
    "LoggedIn": _("logged in"),
    "PinSet": _("PIN given"),
    "PinRests": _("too many wrong PINs"),
    "PinLifted": _("wrong PINs forgiven"),
    "DeviceRemembered": _("device remembered"),
    "DeviceForgotten": _("device forgotten"),
    "PasskeyAdded": _("passkey added"),
    "PasskeyRemoved": _("passkey removed"),
    "trail_looked_at": _("trail of a client read"),
    "driver_linked": _("log-in given to a driver"),
    "driver_unlinked": _("log-in taken from a driver"),
    # people
    "ClientRegistered": _("client registered"),
    "ContactsRecorded": _("contacts written down"),
    "PreferencesRecorded": _("wishes about messages written down"),
    "PlaceRecorded": _("place of the client saved"),
    "PlaceRemoved": _("place of the client removed"),
    "NeedsRecorded": _("needs written down"),
    "EligibilityRecorded": _("entitlement written down"),
    "EligibilityVerified": _("card seen"),
    "MandateGranted": _("mandate given"),
    "MandateAccepted": _("mandate accepted"),
    "MandateRevoked": _("mandate ended"),
    "OrganisationFounded": _("organisation added"),
    "MemberJoined": _("member joined"),
    "MemberLeft": _("member left"),
    "HandedOver": _("clients handed over to a deputy"),
    "incompatibility_recorded": _("two people do not ride together"),
    "incompatibility_ended": _("two people ride together again"),
    "client_suspended": _("client suspended"),
    "suspension_lifted": _("suspension lifted"),
    # orders and rides
    "ride_requested": _("ride ordered"),
    "ride_confirmed": _("ride confirmed"),
    "ride_declined": _("ride declined"),
    "ride_cancelled": _("ride cancelled"),
    "ride_changed": _("ride changed"),
    "ride_offered": _("another time offered"),
    "ride_moved": _("ride moved"),
    "ride_moved_by_hand": _("ride moved by hand"),
    "ride_pinned": _("ride pinned"),
    "ride_unpinned": _("ride unpinned"),
    "edit_undone": _("change by hand taken back"),
    "consent_recorded": _("consent to another time written down"),
    "ride_started": _("ride began"),
    "ride_late": _("ride expected late"),
    "ride_completed": _("ride ended"),
    "ride_no_show": _("client did not come"),
    "ride_missed": _("we did not come"),
    "ride_denied": _("wish not met"),
    "denial_possible": _("wish possible by now"),
    "offer_accepted": _("other time accepted"),
    "offer_refused": _("other time refused"),
    "offer_lapsed": _("offer ended"),
    "ride_link_made": _("link to a ride made"),
    "ride_link_revoked": _("link to a ride taken back"),
    "ride_link_used": _("ride cancelled by its link"),
    "return_called": _("way back called for"),
    "return_postponed": _("way back put off"),
    "return_promised_anew": _("way back promised anew"),
    "return_at_risk": _("way back at risk"),
    "stranding_near": _("way back about to fail"),
    "client_stranded": _("no way home"),
    "return_resolved": _("said how somebody gets home"),
    "absence_reported": _("absence reported"),
    "absence_objected": _("objection to an absence"),
    "absence_decided": _("absence decided"),
    "absence_followed": _("step after absences"),
    "consent_asked": _("consent asked for"),
    "consent_given": _("consent given"),
    "consent_refused": _("consent refused"),
    "waiting_began": _("waits for a place"),
    "waiting_offered": _("freed place offered"),
    "waiting_taken": _("freed place taken"),
    "standing_order_asked": _("regular ride asked for"),
    "standing_order_changed": _("regular ride changed"),
    "standing_order_paused": _("regular ride paused"),
    "standing_order_ended": _("regular ride ended"),
    "standing_orders_answered": _("regular rides of a day answered"),
    # promises, plans, days
    "promise_held": _("place held"),
    "promise_made": _("promise made"),
    "promise_prolonged": _("place held longer"),
    "promise_lapsed": _("held place given back"),
    "promise_withdrawn": _("promise withdrawn"),
    "promise_broken": _("promise broken"),
    "stop_visited": _("driver reported a stop"),
    "report_taken": _("report of a driver taken"),
    "report_aside": _("report of a driver laid aside"),
    "boarding_time_accepted": _("time at the door accepted"),
    "boarding_time_rejected": _("time at the door put away"),
    "visit_undone": _("report of a stop taken back"),
    "visit_retimed": _("time of a stop corrected"),
    "ride_not_started": _("boarding taken back"),
    "ride_not_completed": _("getting off taken back"),
    "ride_driven_elsewhere": _("ride goes on in another vehicle"),
    "day_opened": _("day opened"),
    "day_closed": _("day closed"),
    "day_judged_again": _("day judged with new travel times"),
    "plan_published": _("plan published"),
    "plan_improved": _("plan improved"),
    "proposal_asked": _("better plan asked for"),
    "proposal_applied": _("better plan put in force"),
    "proposal_discarded": _("better plan put away"),
    "shift_opened": _("shift added"),
    "place_closed": _("place closed"),
    "place_reopened": _("place open again"),
    "travel_times_imported": _("travel times imported"),
    "list_imported": _("list imported"),
    # the city
    "ContractSigned": _("contract signed"),
    "CapacityOverridden": _("contract gone beyond by name"),
    "LedgerCorrected": _("ledger corrected"),
    "announced": _("announcement made"),
    "announcement_withdrawn": _("announcement withdrawn"),
    "complaint_received": _("complaint received"),
    "complaint_answered": _("complaint answered"),
    "feedback_given": _("opinion given"),
    # the console
    "absence_not_accepted": _("report of nobody there not accepted"),
    "call_asked": _("call promised"),
    "call_let_go": _("call left to others"),
    "call_noted": _("result of a call noted"),
    "call_taken": _("call taken over"),
    "client_unreachable": _("nobody could be told"),
    "driver_away": _("driver absent"),
    "driver_not_away": _("absence of a driver ended"),
    "driver_qualified": _("qualification recorded"),
    "driver_unqualified": _("qualification taken away"),
    "feedback_answered": _("opinion answered"),
    "message_failed": _("message could not be sent"),
    "letters_printed": _("letters printed"),
    "standing_order_ends": _("regular ride ends soon"),
    "vehicle_near": _("vehicle is near"),
    "message_worded": _("message worded anew"),
    "offers_turned_down": _("offers turned down on the telephone"),
    "phone_order_timed": _("length of an order by telephone"),
    "place_hours_set": _("opening hours of a place set"),
    "promise_changed": _("promise changed"),
    "proposal_stopped": _("thinking about a plan stopped"),
    "shift_code_renewed": _("code of a shift made anew"),
    "shift_changed": _("shift changed"),
    "shift_dropped": _("shift taken out"),
    "sms_handled": _("text message dealt with"),
    "tracker_made": _("device of a vehicle made known"),
    "tracker_revoked": _("device of a vehicle not listened to any more"),
    "sms_received": _("text message received"),
    "sms_understood": _("text message understood and answered"),
    "sms_reopened": _("text message opened again"),
    "sms_replied": _("text message answered"),
    "vehicle_back": _("vehicle back in service"),
    "vehicle_broke_down": _("vehicle broke down"),
    "driver_dropped_out": _("driver cannot go on"),
    "lift_failed": _("ramp or lift does not work"),
    "shift_delayed": _("shift lost time"),
    "door_left": _("vehicle drove on from a door"),
    "promise_handed_on": _("promise handed on to a taxi"),
    "promise_taken_back": _("promise taken back from a taxi"),
    "taxi_asked": _("taxi asked for"),
    "taxi_accepted": _("taxi comes"),
    "taxi_refused": _("taxi does not come"),
    "taxi_cancelled": _("taxi called off"),
    "taxi_driven": _("ride driven by taxi"),
    "vehicle_out": _("vehicle out of service"),
}
FACTS: dict[str, str] = {
    "answered_at": _("answered"),
    "day": _("day"),
    "device": _("device"),
    "driver": _("driver"),
    "from": _("before"),
    "ground": _("ground"),
    "how": _("way in"),
    "last": _("last day"),
    "leg": _("direction"),
    "mandate": _("mandate"),
    "metres": _("metres"),
    "offer": _("offer"),
    "organisation": _("organisation"),
    "passkey": _("passkey"),
    "place": _("place"),
    "plan": _("plan"),
    "reason": _("reason"),
    "result": _("result"),
    "role": _("role"),
    "shift": _("shift"),
    "state": _("state"),
    "to": _("after"),
    "until": _("until"),
    "user": _("log-in"),
    "version": _("version"),
}


def kind(word: str, words: Catalogue) -> str:
    """What a kind of event is called."""
    return words.text(KINDS[word]) if word in KINDS else word


def facts(recorded: Mapping[str, Any], words: Catalogue) -> str:
    """The facts of an event in one line: `day: 24. 11. 2026, reason: no_room`; what is empty is left out."""
    told = (
        f"{words.text(FACTS[name]) if name in FACTS else name}: {_value(value, words)}"
        for name, value in recorded.items()
        if value not in (None, "", [], {})
    )
    return ", ".join(told)


def _value(value: object, words: Catalogue) -> str:
    if isinstance(value, bool):
        return words.text(_("yes")) if value else words.text(_("no"))
    if isinstance(value, str) and len(value) == len("2026-11-24"):
        try:
            return words.day_full(date.fromisoformat(value))
        except ValueError:
            return value
    if isinstance(value, list):
        return " ".join(_value(each, words) for each in value)
    return str(value)
