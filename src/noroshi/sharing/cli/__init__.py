"""Commands of the sharing room: `noroshi mail`, `noroshi misp`."""

from noroshi.sharing.cli import mail, misp

commands = (*mail.commands, *misp.commands)
