"""What can have happened to an account."""

from typing import Final

USER_ADDED: Final = "UserAdded"
PASSWORD_CHANGED: Final = "PasswordChanged"  # noqa: S105 - the name of an event
USER_DISABLED: Final = "UserDisabled"
USER_ENABLED: Final = "UserEnabled"
ROLE_CHANGED: Final = "RoleChanged"
WAYS_RESET: Final = "WaysReset"
CONTACT_CHANGED: Final = "ContactChanged"
PIN_SET: Final = "PinSet"
PIN_RESTS: Final = "PinRests"
PIN_LIFTED: Final = "PinLifted"
LOGGED_IN: Final = "LoggedIn"
DEVICE_REMEMBERED: Final = "DeviceRemembered"
DEVICE_FORGOTTEN: Final = "DeviceForgotten"
PASSKEY_ADDED: Final = "PasskeyAdded"
PASSKEY_REMOVED: Final = "PasskeyRemoved"
