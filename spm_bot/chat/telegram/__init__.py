"""The Telegram channel, on python-telegram-bot with a transport and an intake of our own."""

import os

# The library's own errors warn about integer seconds unless durations are opted in, and it offers
# no other switch than this variable.
os.environ.setdefault("PTB_TIMEDELTA", "true")
