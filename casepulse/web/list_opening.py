"""Puts together what the lists are served with; a wrong setting stops the start."""

from casepulse.access.audit import AuditLog
from casepulse.access.reading import list_reader
from casepulse.access.rules import load_access
from casepulse.state import Catalogue
from casepulse.streams.settings import Settings, SettingsError
from casepulse.web.list_settings import ListSettings, is_loopback, is_safe
from casepulse.web.lists import OpenLists
from casepulse.web.sessions import Sessions
from casepulse.web.settings import PREFIX
from casepulse.web.sign_in import OpenIdSignIn


def open_lists(
    settings: Settings, lists: ListSettings, address: str, catalogue: Catalogue
) -> OpenLists:
    """The lists, for those who sign in with the provider of the settings.

    Args:
        settings: where Redis is.
        lists: who may see lists, and so on.
        address: where people reach the service, without a slash at its end.
        catalogue: the measures, and the profile that the grants speak of.

    Raises:
        SettingsError: people would sign in over a line that others can read along.
        casepulse.access.rules.AccessError: the file of grants can't be used.
        casepulse.access.audit.AuditError: the audit log can't be written.
    """
    if not is_safe(address):
        raise SettingsError(
            f"{PREFIX}ADDRESS: must begin with https:// where there are lists "
            "(http:// only on 127.0.0.1 or localhost)"
        )
    access = load_access(lists.access, catalogue)
    audit = AuditLog(lists.audit, lists.audit_head)
    audit.check()
    sessions = Sessions(lists.session_key.get_secret_value(), secure=not is_loopback(address))
    return OpenLists(
        OpenIdSignIn(lists, access, address, sessions),
        audit,
        list_reader(lists.of_redis(settings)),
        catalogue,
    )
