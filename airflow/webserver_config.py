"""Logins are accounts in Airflow's own database; nobody registers himself, and nobody is let in without one."""

from flask_appbuilder.const import AUTH_DB

AUTH_TYPE = AUTH_DB
AUTH_USER_REGISTRATION = False
AUTH_ROLES_ADMIN = "Admin"
WTF_CSRF_ENABLED = True
# Guessing a password is slow.
RATELIMIT_ENABLED = True
AUTH_RATE_LIMITED = True
AUTH_RATE_LIMIT = "10 per 20 second"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
