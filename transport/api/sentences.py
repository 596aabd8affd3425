"""What a refusal says to the person in front of the page: one sentence for each code, and the words for reasons.

The sentence tells what to do. Facts of the refusal fill the braces, dates and times in the reader's language.
"""

from datetime import date, datetime

from transport.kernel.errors import ServiceError
from transport.kernel.i18n import Catalogue


def _(message: str) -> str:
    """Mark a text for the catalogues; it is translated when it is shown."""
    return message


REFUSALS: dict[str, str] = {
    # whoever you are
    "role.missing": _("This page is for other people of the service. Log in with another name."),
    "form.too_old": _("This form is too old. Go back, load the page again and send it once more."),
    "page": _("We do not have this page."),
    "request.unreadable": _("We could not read what your browser sent. Go back and try again, or call us."),
    "login.wrong": _("The name or the password is not right. Try again, or call us."),
    "login.too_many": _("Too many tries. Try again after {until}, or call us."),
    "login.contact_unusable": _("Write a telephone number or an e-mail address, for example 777 123 456."),
    "login.way_missing": _("Choose how the code should come."),
    "login.too_many_codes": _("We have sent several messages already. Ask for another one after {until}, or call us."),
    "login.code_missing": _("Write the {digits} digits from the message, for example 123 456."),
    "login.code_wrong": _("This is not the code we sent. Look at the message again, or have a new code sent."),
    "login.code_over": _("This code does not work any more. Have a new one sent, or call us."),
    "login.person_missing": _("Choose who you are."),
    "login.nobody": _("We do not know this person at your contact. Call us."),
    "login.device_unknown": _("We do not remember you on this device any more. Log in with a code."),
    "login.device": _("There is no such device. Look at the list again."),
    "login.passkey": _("There is no such passkey. Look at the list again."),
    "passkey.not_added": _("The passkey was not added. Try once more, or log in with a code as before."),
    "message.not_sent": _("We could not send the message now. Choose another way, or call us."),
    "message.refused": _("The message cannot be delivered there. Check the number or the address, or call us."),
    "database.busy": _("The system is busy at the moment. Nothing was lost: send the form again."),
    # people and mandates
    "client.unknown": _("We do not know this person, or you may not act for them."),
    "client.needs_unknown": _("We do not know yet what help is needed. Call us before the first ride."),
    "client.not_yours_to_register": _("You may only register yourself."),
    "client.name_unusable": _("Write the name, at most {most} characters."),
    "client.born_unlikely": _("Check the date of birth."),
    "client.phone_unusable": _("Write the phone number, for example 777 123 456."),
    "client.email_unusable": _("Write the e-mail address, for example name@example.cz."),
    "client.language_missing": _("Choose a language."),
    "eligibility.card_over": _("That card is over already. Write the last day of the new one."),
    "preferences.channel_missing": _("Choose how our messages should come."),
    "preferences.no_mobile": _("An SMS needs a mobile. Write a mobile number, or choose another way."),
    "preferences.no_email": _("Write an e-mail address, or choose another way."),
    "preferences.no_phone": _("A call needs a telephone number. Write it, or choose another way."),
    "preferences.calls_unwanted": _("You do not want to be called. Choose SMS or e-mail."),
    "preferences.nobody_to_call": _("First write the telephone of your contact person."),
    "registration": _("This registration is not here any more. Begin a new one, or call us."),
    "registration.known": _("We know you already. Log in, or call us."),
    "registration.incomplete": _("Something is still missing in the registration. Continue where you stopped."),
    "registration.too_many": _(
        "Too many registrations from one place. Go on after {until}, or call us. What you have written is kept."
    ),
    "registration.born_unclear": _("Write the date of birth, for example 17. 5. 1950."),
    "registration.address_missing": _("Write the street and the number, for example Slovanská 12."),
    "registration.pick_missing": _("Choose your address, or say that it is not here."),
    "client.contact_missing": _("Write a telephone number or an e-mail address. One of the two is enough."),
    "registration.residence_missing": _("Choose whether your permanent address is in {city}."),
    "registration.ground_missing": _("Choose what applies to you."),
    "registration.card_missing": _("Write the number of the card, or say that you show it to the driver."),
    "registration.until_unclear": _("Write until when the card is valid, for example 31. 12. 2028."),
    "registration.representative_missing": _("Choose whether somebody should order rides for you."),
    "registration.other_contact_missing": _("Write the telephone or the e-mail of the person you trust."),
    "registration.other_contact_own": _("Write the contact of the other person, not your own."),
    "mandate.missing": _("Your mandate does not cover this. Ask the client, or call us."),
    "mandate.expired": _("Your mandate has ended or has not begun yet. Call us, we will help you renew it."),
    "mandate.ends_before_start": _("The mandate must end after it begins."),
    "mandate.for_oneself": _("Nobody needs a mandate for themselves."),
    "mandate.not_yours_to_give": _("Only the client or our staff can give this mandate."),
    "mandate.supporter_only_prepares": _("A supporter may see the rides and prepare orders; the client decides."),
    "mandate.for_nobody": _("Choose a person or an organisation for the mandate."),
    "mandate.evidence_missing": _("Write which document gives this mandate: what it is, its date, where it is kept."),
    "mandate.exclusive_without_court": _(
        "Only a guardian appointed because of limited capacity can decide instead of the client."
    ),
    "mandate.guardian_decides": _("Your guardian decides this with you. Ask them, or call us."),
    "mandate.only_staff": _("This mandate is recorded and ended by our staff. Call us."),
    "mandate.not_a_member": _(
        "This person does not work for the organisation on the first day of the mandate. Choose somebody who does."
    ),
    "organisation.unknown": _("We do not know this organisation. Check its name."),
    "organisation.only_staff": _("Only our staff can change this. Call us."),
    "organisation.name_missing": _("Write the name of the organisation."),
    "organisation.name_taken": _("There already is an organisation called {name}."),
    "organisation.member_already": _("This person works for the organisation on some of these days already."),
    "deputy.oneself": _("Choose a colleague: nobody stands in for themselves."),
    "deputy.other_organisation": _("The deputy must work for the same organisation. Choose a colleague."),
    "mandate": _("There is no such question or mandate. Look at the list again."),
    "mandate.contact_unusable": _("Write a telephone number or an e-mail address, for example 777 123 456."),
    "mandate.kind_missing": _("Choose how this person helps you."),
    "mandate.powers_missing": _("Choose at least one thing the person may do."),
    "mandate.too_many_invitations": _("{most} people have not answered yet. Remove one of them, then ask another one."),
    "organisation.nobody_unticked": _("Everybody is ticked. Untick whoever does not go."),
    "consent": _("There is no such question. Check the list of orders to decide."),
    "consent.needed": _("Somebody else has to agree to this order. Ask for their agreement."),
    "consent.over": _("This order does not wait for an answer any more. Begin a new one."),
    "consent.changed": _("The order has been changed since you were asked. Look at it again."),
    "consent.not_yours_to_give": _("Somebody else has to agree, not whoever prepared the order."),
    "eligibility.residence": _("The service is for people who live in the city that pays for it. Call us."),
    "eligibility.child_alone": _("A child this young needs a companion. Say who travels along."),
    "eligibility.unverified": _("We have not seen the card yet. Show it to us before that day, or call us."),
    "eligibility.suspended": _("Rides are suspended on that day by a decision of the city. Call us about an appeal."),
    "allowance.rides": _("The entitlement is {amount} rides; {left} are left in this period."),
    "allowance.kilometres": _("The entitlement is {amount} kilometres; {left} are left in this period."),
    "allowance.fares": _("The entitlement is used up in this period. Call us."),
    "eligibility.none": _("According to our records there is no entitlement to ride on that day. Call us."),
    "eligibility.card_expired": _(
        "The card will have expired by that day. Renew it and call us, or choose an earlier day."
    ),
    "eligibility.card_not_yet_valid": _("The card is not valid yet on that day. Choose a later day."),
    "eligibility.ends_before_start": _("The entitlement must end after it begins."),
    "eligibility.only_staff": _("Only our staff can record this."),
    "needs.chair_mass_unlikely": _("Check the weight of the chair with the person: {kg} kg."),
    "needs.chair_size_unlikely": _("Check the size of the chair: {cm} cm."),
    "needs.door_opens_unclear": _("Write from when somebody opens the door, for example 7:30."),
    "needs.only_staff": _("Only our staff can record that somebody rides alone. Call us."),
    "needs.companions_negative": _("Write how many people travel along, for example 1."),
    "needs.mobility_missing": _("Choose how you move."),
    "needs.assistance_missing": _("Choose how far we help you."),
    "needs.size_unclear": _("Write a number between {least} and {most}, or leave the field empty."),
    "needs.name_too_long": _("Shorten the name to {most} characters."),
    "needs.note_too_long": _("Shorten the note to {most} characters."),
    # places
    "place": _("We do not know this place. Search for it again."),
    "place.unknown": _("We do not know this place. Search for it again."),
    "place.house_number_missing": _("Add the house number, so that the driver finds the door."),
    "place.label_missing": _("Give the place a name, for example Home."),
    "place.label_taken": _("You already have a place called {label}."),
    "place.floor_unlikely": _("Write the floor, for example 3. The ground floor is 0."),
    "place.text_too_long": _("Shorten it to {most} characters."),
    "place.stairs_negative": _("Write the number of steps, for example 3."),
    "geocoder.busy": _("The search for addresses is busy. Try again in a moment."),
    "geocoder.failed": _("The search for addresses does not answer. Try again, or call us."),
    "geocoder.not_understood": _("The search for addresses gave no usable answer. Try other words."),
    "gazetteer.broken": _("The list of addresses is damaged. Call us with the address."),
    # asking for a ride
    "ride": _("There is no such ride. Check its number."),
    "draft": _("This order is not here any more. Begin a new one."),
    "draft.incomplete": _("Something is still missing in the order. Continue where you stopped."),
    "ride.day_in_the_past": _("That day has passed. Choose today or later."),
    "ride.in_the_past": _("That time has passed. Choose a later time."),
    "ride.too_soon": _("Such a ride had to be ordered by {day}, {time}. Choose a later time, or call us."),
    "ride.beyond_horizon": _("Rides can be ordered until {last}. Choose an earlier day."),
    "ride.outside_hours": _("We drive between {opens} and {closes}. Choose a time in these hours."),
    "ride.outside_area": _("We do not drive to {place}. Choose a place in the city, or call us."),
    "ride.same_place": _("The ride would end where it begins. Choose another place."),
    "ride.overlaps": _("There is another ride at that time. Choose another time, or cancel the other ride first."),
    "ride.too_many_open": _("At most {most} rides can be ordered ahead. Cancel one, or wait until one is over."),
    "ride.too_many_on_day": _("At most {most} rides can be ordered for one day."),
    "ride.phone_only": _("Rides on that day are ordered by phone. Call us."),
    "ride.help_not_given": _("We cannot give this kind of help. Call us, we will look for somebody who can."),
    "ride.no_will_call": _("Calling for the way back is not offered on that day. Choose a time."),
    "ride.purpose_not_served": _("Choose what the ride is for; the rules serve some purposes only."),
    "ride.too_many_companions": _("At most {most} people can travel along."),
    "ride.return_before_outbound": _("The way back must be later than the way there."),
    "ride.chair_too_heavy": _(
        "The chair with the person weighs {mass} kg, our strongest ramp carries {limit} kg. "
        "Call us, we will look for help."
    ),
    "ride.which_way": _("Choose what to cancel."),
    "offer.choose": _("Choose one of the times."),
    "offer.changed": _("The times have changed meanwhile. Choose again."),
    # the waiting list
    "waiting.not_kept": _("There is no waiting list on this day. Choose another time, or call us."),
    "waiting.not_needed": _("This ride is ordered already. Look at it among the rides."),
    "waiting.not_offered": _("This place is not kept any more. Ask again, or call us."),
    "waiting.span_short": _("Choose a later end: there must be at least {minutes} minutes between the two times."),
    "denial": _("This wish is not part of the order any more. Ask again."),
    # promises and days
    "promise.no_room": _("The place has been taken meanwhile. Choose another time."),
    "promise.not_held": _("The time we kept for you is over. Choose again."),
    "promise.not_live": _("This promise is over already."),
    "day.not_open": _("Rides on this day cannot be ordered yet."),
    "day.closed": _("This day is closed."),
    "day.rides_open": _("Rides of this day have no result yet: {count}. Say what became of them, then close the day."),
    "day.somebody_out": _("People we took out have no ride home: {count}. Say how they got home, then close the day."),
    "policy.none": _("There are no rules for this day yet. Choose another day."),
    "policy.unknown": _("The rules under which this ride was ordered are missing. Call us."),
    "tariff.no_solo": _("Riding alone is not sold on this day."),
    # standing orders
    "standing_order": _("There is no such standing order."),
    "standing.too_short": _(
        "A standing order is for at least {weeks} weeks. Choose a later last day, or order single rides."
    ),
    "standing.too_long": _("A standing order is for a year at most. Choose an earlier last day."),
    "standing.begins_too_soon": _("A standing order begins tomorrow at the earliest. Choose a later first day."),
    "standing.weeks_unclear": _("Choose every week or every other week."),
    "standing.no_dates": _("No day is left on which the order would ride. Choose other days of the week."),
    "standing.days_missing": _("Choose at least one day of the week."),
    "standing.holidays_missing": _("Choose whether you ride on these days."),
    "standing.pause_too_soon": _("A pause begins tomorrow at the earliest. Cancel today's ride on its own page."),
    "standing.scope_missing": _("Choose whether it is only that day, also all later ones, or everything."),
    "standing.not_on_that_day": _(
        "The standing order does not cover this day, or the day is over. Choose another day."
    ),
    # deciding about a ride
    "ride.changed_meanwhile": _("Somebody has decided about this ride meanwhile. Look at it again."),
    "ride.not_possible": _("This cannot be done with the ride as it is now. Look at it again."),
    "ride.no_such_reason": _("Choose one of the reasons of the rules."),
    "ride.reason_missing": _("Write the reason: the client will read it."),
    "ride.offer_pending": _("Another time has been offered already and waits for an answer."),
    "ride.no_offer": _("The other time is not offered any more. The old time stands."),
    "ride.answer_missing": _("Choose the new time, or keep the old one."),
    "ride.no_evidence": _("The driver has not reported that nobody was there."),
    "ride.would_strand": _("This is the only way home of somebody who is out. Promise another ride home first."),
    "ride.driver_comes": _("The driver is on the way already. Please call or write, so that the driver hears of it."),
    "link.over": _("This link does not open any ride now. Ask whoever sent it, or call us."),
    "return.not_waiting": _("This ride is not waiting for a call. Look at it again."),
    "return.not_sooner": _("No vehicle can come sooner. The promised time stands."),
    "return.not_later": _("There is no place later that day. The promised time stands. Call us if it is too soon."),
    "return.ready_in_the_past": _("That time has passed. Write when you will be ready."),
    "return.no_such_way": _("Choose how the person gets home."),
    "return.not_stranded": _("This person has a way home."),
    "absence": _("No absence was reported for this ride."),
    "absence.we_were_late": _("We came after the promised time: the client was not absent. Say that we missed it."),
    "absence.left_too_soon": _("The driver did not wait {minutes} minutes within the promised time."),
    "absence.decided": _("This absence has been decided already."),
    "absence.objection_over": _("The time to object ended on {day}. Call the city if something is wrong."),
    "absence.hearing_open": _("The client may object until {day}. Decide after that day."),
    "absence.city_decides": _("Only the city decides about absences."),
    "absence.text_missing": _("Write what happened."),
    "absence.no_pattern": _("These absences are not a pattern: nothing follows from them."),
    "absence.suspension_days": _("A suspension lasts from 1 to {most} days."),
    # the day and the plan
    "plan.rides_wait": _("Orders still wait for a yes or no: {count}. Decide them, then publish."),
    "plan.day_has_begun": _("The day has begun: it is changed ride by ride, not planned anew."),
    "plan.day_has_moved_on": _("The day has changed since this plan was thought of. Ask for a new one."),
    "plan.not_ready": _("This plan is not ready, or has been used already."),
    "plan.breaks_promises": _("This plan would break a promise, so it was not put in force. ({first})"),
    "proposal": _("There is no such plan."),
    "shift": _("There is no such shift."),
    "shift.ends_before_start": _("The shift must end after it begins."),
    "shift.vehicle_not_active": _("The vehicle {vehicle} is out of service."),
    "shift.vehicle_busy": _("The vehicle {vehicle} is on another shift at that time."),
    "shift.driver_busy": _("The driver is on another shift at that time."),
    "stop": _("There is no such stop on your shift."),
    "stop.not_live": _("This stop is not part of the plan any more. Load the list again."),
    "visit.not_on_board": _("Somebody can get off only after getting on board."),
    "visit.not_arrived": _("First report that you are there."),
    "visit.too_soon": _("Wait {minutes} minutes at the door before reporting that nobody is there."),
    # the contract
    "contract.none": _("No contract covers this day."),
    "contract.unknown": _("There is no such contract."),
    "contract.no_capacity": _("The contract does not have that much left: free {free}, needed {needed} ({unit})."),
    "contract.already_reserved": _("Capacity was set aside for this already."),
    "contract.already_consumed": _("This was counted already; it can only be corrected."),
    "contract.released_beyond": _("More would be given back than was set aside."),
    "contract.corrected_below_zero": _("The correction would take away more than was used."),
    "contract.not_on_that_day": _("The contract does not cover this day."),
    "contract.negative": _("Write a number that is not below zero."),
    "contract.reason_missing": _("Write the reason; it stands in the ledger."),
    "contract.override_needs_name_and_reason": _("Going beyond the contract needs your name and a reason."),
    "contract.ends_before_start": _("The contract must end after it begins."),
    "contract.overlaps": _("Another contract ({other}) covers these days."),
    "span.ends_before_start": _("The last day must not be before the first one."),
    # places that change, and people who must not meet
    "ride.place_moved": _("{place} is closed on that day. It is at {moved_to} meanwhile: choose that place."),
    "ride.place_away": _("{place} is closed on that day. Choose another place, or call us."),
    "ride.place_shut": _("{place} is not open on that day. Choose another day."),
    "ride.place_closed": _("{place} is open {hours} on that day. Choose a time when somebody can let you in."),
    "place.hours_unusable": _("Write opening hours of a weekday, the beginning before the end."),
    "closure": _("There is no such closure. Look at the list again."),
    "closure.already": _("This place is closed on some of these days already. Look at the list of closures."),
    "closure.changed_meanwhile": _("Something has changed since this was shown. Look at the rides again, then decide."),
    "closure.moved_nowhere": _("Choose another place than the one that is closed."),
    "closure.reason_missing": _("Write why the place is closed."),
    "incompatible.with_whom": _("Choose either the other client or the driver."),
    "incompatible.oneself": _("Choose somebody else: these two are the same person."),
    "incompatible.reason_missing": _("Write the reason. Only our staff read it."),
    "driver.unknown": _("We do not know this driver. Choose one from the list."),
    # opinions, complaints, announcements
    "opinion.empty": _("Choose one of the words, or write what you think."),
    "letter.contact_missing": _("Write where we can answer: a phone number, an e-mail or an address."),
    "letter.too_long": _("Shorten the text to {most} characters. It has {has} now."),
    "letter.too_often": _("You have sent us several messages. Send the next one after {until}, or call us."),
    "complaint": _("We do not have this complaint. Check the address of the page, or call us."),
    "complaint.text_missing": _("Write what happened. Or choose that we call you."),
    "complaint.phone_missing": _("Write the phone number we are to call, for example 777 123 456."),
    "announcement.text_missing": _("Write the announcement in Czech."),
    "announcement.over_already": _("Choose a later end: the announcement would be over already."),
    # users and times
    "user.unknown": _("There is no such user."),
    "user.login_taken": _("This log-in name is taken."),
    "user.login_unusable": _("Write a log-in name without spaces."),
    "user.name_missing": _("Write the name."),
    "user.phone_unusable": _("Write the telephone number, for example 777 123 456."),
    "user.email_unusable": _("Write the e-mail address, for example jana@example.org."),
    "user.contact_missing": _("Write a telephone number or an e-mail address."),
    "user.password_short": _("The password needs at least {least} characters."),
    "user.password_long": _("The password may have at most {most} characters."),
    "user.role_not_for_people": _("This role is not for people."),
    "travel.no_version": _("There are no travel times yet. Run the command: transport seed."),
    "travel.parameters_broken": _("The travel times are damaged. Import the roads again."),
    "travel_version": _("There are no travel times yet. Run the command: transport seed."),
    "roads.file_missing": _("The imported roads are gone. Import them again."),
    # the steps of booking
    "book.place_missing": _("Choose a place, or write one."),
    "book.day_missing": _("Choose a day."),
    "book.day_unclear": _("Write the day, for example 26. 11."),
    "book.anchor_missing": _("Choose whether the time is for leaving or for being there."),
    "book.time_missing": _("Write a time, for example 9:15."),
    "book.time_unclear": _("Write a time, for example 9:15."),
    "book.back_missing": _("Choose whether you need a ride back."),
    "book.purpose_missing": _("Choose what the ride is for."),
    "book.change_missing": _("Choose what you want to change."),
    "book.companions_missing": _("Choose how many people travel along."),
    "book.client_missing": _("Choose for whom the ride is."),
}

REASONS: dict[str, str] = {
    # why nothing near a wish could be offered: proven by the engine
    "no_room": _("all vehicles are taken around that time"),
    "features": _("no vehicle on duty has what this ride needs"),
    "layout": _("no vehicle on duty has that many places"),
    "chair_mass": _("no vehicle on duty can carry this chair"),
    "hours": _("the time is outside the hours of the service"),
    "ride_time": _("the ride would take longer than we may promise"),
    "contract": _("the contract has no capacity left in this period"),
    "door": _("nobody could let you in there at that time"),
    "still_on_the_way": _("you would still be on the way there at that time"),
    # why a date of a standing order is not ridden
    "quota": _("the vehicles for regular rides are taken, the others are kept for single rides"),
    "allowance": _("the allowance of rides is used up"),
    "overlaps": _("there is another ride at that time"),
    "too_late": _("it was too late to order a ride for that time"),
    "holiday": _("it is a holiday, on which the order does not ride"),
    "rules": _("the rules of the service do not allow it; call us"),
    "skipped": _("you do not ride on this day"),
    "paused": _("the order is paused on this day"),
    "ended": _("the order has ended before this day"),
    "changed": _("the order has been changed for this day"),
    # why the dispatcher said no
    "not_entitled": _("there is no entitlement on the day of the ride"),
    "unsafe": _("the ride would not be safe"),
    "wrong_data": _("the data in the order are not right"),
}


def sentence(error: ServiceError, words: Catalogue) -> str:
    """The refusal as the person reads it; a code without a sentence is a programming error (KeyError)."""
    shown = {name: _shown(value, words) for name, value in error.facts.items()}
    return words.text(REFUSALS[error.code]).format(**shown)


def reason(code: str, words: Catalogue) -> str:
    """A reason in words; what a person has written stands as it is."""
    return words.text(REASONS[code]) if code in REASONS else code


def _shown(value: object, words: Catalogue) -> str:
    if isinstance(value, datetime):
        return words.instant(value)
    if isinstance(value, date):
        return words.day(value)
    return str(value)
