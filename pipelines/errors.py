"""Errors that a user can fix; the command line turns each into one message and its exit status."""


class FunnelError(Exception):
    """Base of every error that is reported without a traceback."""

    exit_status = 1


class UsageError(FunnelError):
    """The command, a rule, a mapping or the configuration is wrong; nothing was touched."""

    exit_status = 2


class GateError(FunnelError):
    """A blocking quality gate failed; the marts published before stay."""

    exit_status = 3


class HomeLockedError(FunnelError):
    """Another run holds the home."""

    exit_status = 4


class InterruptError(FunnelError):
    """Somebody pressed Ctrl-C; what was done stands."""

    exit_status = 130
