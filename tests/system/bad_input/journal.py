#!/usr/bin/env python3
"""Stands in for systemd-journald: takes datagrams of its native protocol at SOCKET and prints each entry as a line,
`level message` and, behind a tab, `source=… object=… cloud=… call=… request_id=…` as far as there.

usage: journal.py SOCKET"""

import os
import socket
import sys

LEVELS = ["emergency", "alert", "critical", "error", "warning", "notice", "info", "debug"]
PREFIX = "SETPOINT_"


def entry(data):
    """KEY=value lines; a value with line breaks stands behind KEY, a line break and its length in 8 bytes."""
    fields = {}
    while data:
        line, _, rest = data.partition(b"\n")
        key, equals, value = line.partition(b"=")
        if not equals:
            size = int.from_bytes(rest[:8], "little")
            value, rest = rest[8:8 + size], rest[9 + size:]
        fields[key.decode()] = value.decode(errors="replace")
        data = rest
    return fields


def main():
    os.makedirs(os.path.dirname(sys.argv[1]), exist_ok=True)
    journal = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    journal.bind(sys.argv[1])
    while True:
        fields = entry(journal.recv(1 << 20))
        ours = " ".join(f"{key[len(PREFIX):].lower()}={value}" for key, value in fields.items() if key.startswith(PREFIX))
        message = fields["MESSAGE"].replace("\n", "\\n")
        print(f"{LEVELS[int(fields['PRIORITY'])]} {message}\t{ours}", flush=True)


main()
