"""The command line. `casepulse --help` lists what it can do."""

from casepulse.commands import application


def main() -> None:
    """Run the command line."""
    application()


if __name__ == "__main__":
    main()
