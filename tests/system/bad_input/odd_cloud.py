#!/usr/bin/env python3
"""In front of a simulated cloud: passes every request on, and once told so makes its replies odd.

usage: odd_cloud.py CLOUD_PORT ODDITY

ODDITY is a row of the table below. The port it listens on is printed. SIGUSR1 begins the oddity."""

import http.client
import http.server
import re
import signal
import sys

FIELD_BYTES = 10 << 20

ODDITIES = {
    # A status that no Nova has.
    "status": lambda body: body.replace(b'"status":"ACTIVE"', b'"status":"FROBNICATING"'),
    # Every number a text.
    "numbers": lambda body: re.sub(rb":(-?[0-9]+(\.[0-9]+)?)(?=[,}\]])", rb':"\1"', body),
    # One field of 10 MB.
    "field": lambda body: re.sub(rb'"image_name":"[^"]*"', b'"image_name":"' + b"x" * FIELD_BYTES + b'"', body),
}
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # header and body in one packet

    def pass_on(self):
        size = int(self.headers.get("Content-Length", 0))
        cloud = http.client.HTTPConnection("127.0.0.1", self.server.cloud_port)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        headers["Accept-Encoding"] = "identity"
        cloud.request(self.command, self.path, self.rfile.read(size), headers)
        reply = cloud.getresponse()
        body = reply.read()
        if self.server.odd:
            body = self.server.oddity(body)
        self.send_response_only(reply.status)
        for name, value in reply.getheaders():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        cloud.close()

    do_GET = do_POST = do_PUT = do_DELETE = pass_on

    def log_message(self, *_):
        pass


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.cloud_port, server.oddity, server.odd = int(sys.argv[1]), ODDITIES[sys.argv[2]], False

    def begin(*_):
        server.odd = True

    signal.signal(signal.SIGUSR1, begin)
    print(server.server_port, flush=True)
    server.serve_forever()


main()
