"""What Superset loads as its configuration, in the embedded stack and in the container alike."""

from datetime import timedelta

from celery.schedules import crontab
from settings import home, public_url, server_url, setting

SECRET_KEY = setting("EBB_SUPERSET_SECRET_KEY")
SQLALCHEMY_DATABASE_URI = "postgresql+psycopg2://" + setting("EBB_SUPERSET_DATABASE_URL").split("://", 1)[1]

# Accounts in Superset's own database; nobody registers himself, and nobody is let in without a login.
AUTH_USER_REGISTRATION = False
PUBLIC_ROLE_LIKE = None
# Guessing a password is slow.
RATELIMIT_ENABLED = True
AUTH_RATE_LIMITED = True
AUTH_RATE_LIMIT = "10 per 20 second"
# A page loads some hundred files at once.
RATELIMIT_APPLICATION = "1000 per second"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

DATA_DIR = str(home())
# A figure of the marts is kept for an hour, and never beyond the publication it came from; live figures are not kept.
DATA_CACHE_CONFIG = {
    "CACHE_TYPE": "published_cache.PublishedCache",
    "CACHE_DIR": str(home() / "data-cache"),
    "CACHE_DEFAULT_TIMEOUT": 3600,
    "CACHE_THRESHOLD": 5000,
}
CACHE_CONFIG = {
    "CACHE_TYPE": "FileSystemCache",
    "CACHE_DIR": str(home() / "cache"),
    "CACHE_DEFAULT_TIMEOUT": 300,
    "CACHE_THRESHOLD": 5000,
}

# Queries of people and tiles end by themselves.
SQLLAB_TIMEOUT = 60
SUPERSET_WEBSERVER_TIMEOUT = 60
SQL_MAX_ROW = 100_000
ROW_LIMIT = 10_000

APP_NAME = "Ebb"
LOG_LEVEL = "INFO"

# Superset's own, less every address outside: its pages report nothing to anybody and load nothing from elsewhere.
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,
}

# Mails carry tables, which the worker asks the server for; pictures of dashboards would need a browser beside it.
FEATURE_FLAGS = {"ALERT_REPORTS": True}
WEBDRIVER_BASEURL = server_url()
WEBDRIVER_BASEURL_USER_FRIENDLY = public_url()
EMAIL_REPORTS_SUBJECT_PREFIX = "Ebb:"
EMAIL_REPORTS_CTA = "Open in Superset"
# A mail server with a login is spoken to encrypted; the catcher of the stack has neither.
SMTP_USER = setting("EBB_SMTP_LOGIN", "")
SMTP_PASSWORD = setting("EBB_SMTP_PASSWORD", "")
SMTP_HOST = setting("EBB_SMTP_HOST", "127.0.0.1")
SMTP_PORT = int(setting("EBB_SMTP_PORT", "1025"))
SMTP_MAIL_FROM = setting("EBB_MAIL_FROM", "ebb@ebb.example")
SMTP_SSL = False
SMTP_STARTTLS = SMTP_SSL_SERVER_AUTH = SMTP_USER != ""

# What was due while no worker ran is still sent for so long.
CELERY_BEAT_SCHEDULER_EXPIRES = timedelta(days=1)
# What was looked at, asked in SQL Lab and sent is kept so long; what a report itself keeps says report_schedules.py.
KEPT = {"retention_period_days": 90}


class CeleryConfig:
    # One machine needs no server for one queue; several containers do.
    broker_url = setting("EBB_SUPERSET_QUEUE_URL", "filesystem://")
    broker_transport_options = (
        {
            "data_folder_in": str(home() / "queue"),
            "data_folder_out": str(home() / "queue"),
            "control_folder": str(home() / "queue" / "exchanges"),
        }
        if broker_url.startswith("filesystem:")
        else {}
    )
    broker_connection_retry_on_startup = True
    imports = ("superset.tasks.scheduler",)
    task_ignore_result = True
    worker_prefetch_multiplier = 1
    worker_enable_remote_control = False
    beat_schedule = {
        "reports": {
            "task": "reports.scheduler",
            "schedule": crontab(),
            "options": {"expires": int(CELERY_BEAT_SCHEDULER_EXPIRES.total_seconds())},
        },
        "prune sent": {"task": "reports.prune_log", "schedule": crontab(minute="0", hour="0")},
        "prune asked": {"task": "prune_query", "schedule": crontab(minute="1", hour="0"), "kwargs": KEPT},
        "prune looked at": {"task": "prune_logs", "schedule": crontab(minute="2", hour="0"), "kwargs": KEPT},
    }


CELERY_CONFIG = CeleryConfig
