"""Tables, roles, logins, databases and dashboards; repeating it changes nothing but what the repository has changed."""

from pathlib import Path

import superset
from flask_migrate import upgrade
from settings import setting
from superset.app import create_app

# How a permission's name begins says what it allows; the viewer gets these of Gamma's, and no more. Pages report what was
# looked at, and list what somebody has looked at last.
LOOKING = ("can_read", "can_get", "can_dashboard", "can_slice", "can_time_range", "can_log", "can_recent_activity")
# A dashboard stores there which filters its reader has chosen.
OWN_CHOICE = "DashboardFilterStateRestApi"
VIEWER_ROLE = "Ebb viewer"


def main() -> None:
    app = create_app()
    with app.app_context():
        upgrade(directory=str(Path(superset.__file__).parent / "migrations"))
        # Much of Superset reads its configuration where it is imported.
        from import_assets import import_assets
        from report_schedules import ensure_reports
        from superset.extensions import appbuilder, db, security_manager

        appbuilder.add_permissions(update_perms=True)
        security_manager.sync_role_definitions()
        ensure_viewer_role(security_manager)
        db.session.commit()
        admin = ensure_login(security_manager, "admin", "Admin", setting("EBB_SUPERSET_ADMIN_PASSWORD"))
        ensure_login(security_manager, "viewer", VIEWER_ROLE, setting("EBB_SUPERSET_VIEWER_PASSWORD"))
        print(f"superset: {import_assets(admin)} dashboards are as in the repository", flush=True)
        print(f"superset: {ensure_reports(admin)} alerts and reports are scheduled", flush=True)


def ensure_viewer_role(manager) -> None:
    """Sees every dashboard and its data; changes nothing, and has no SQL Lab."""
    gamma = manager.find_role("Gamma")
    seen = [one for one in gamma.permissions if is_looking(one)]
    seen.append(manager.add_permission_view_menu("all_datasource_access", "all_datasource_access"))
    role = manager.add_role(VIEWER_ROLE)
    role.permissions = seen


def is_looking(permission) -> bool:
    action, place = permission.permission.name, permission.view_menu.name
    if place in ("SQL Lab", "SQLLab"):
        return False
    if place == OWN_CHOICE:
        return True
    return action.startswith(LOOKING) or (action == "menu_access" and place in ("Dashboards", "Home"))


def ensure_login(manager, name: str, role_name: str, password: str):
    """Gives a login the password that the secrets say, also when they were renewed."""
    from werkzeug.security import check_password_hash

    role = manager.find_role(role_name)
    known = manager.find_user(username=name)
    if known is None:
        known = manager.add_user(name, "Ebb", name.capitalize(), f"{name}@ebb.example", role, password)
        if not known:
            raise SystemExit(f"superset: the login {name} could not be made; its own message stands above")
    elif not check_password_hash(known.password, password):
        manager.reset_password(known.id, password)
    return known


if __name__ == "__main__":
    main()
