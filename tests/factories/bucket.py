"""A bucket on loopback after the published S3 protocol: put, get, delete, and uploads in parts.

Requests must be signed (Signature Version 4 with the known key); what is signed is not computed again.
"""

import hashlib
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

ACCESS_KEY = "AKIATEST"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Bucket"

    def log_message(self, *_: object) -> None:
        return

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _refused(self) -> bool:
        """Whoever signs with another key, or not at all, is sent away; so is everybody while the store is down."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.body = body
        signed = re.match(
            rf"AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/", self.headers.get("Authorization", "")
        )
        if self.server.down:
            self._answer(403, b"<Error><Code>AccessDenied</Code></Error>", Content_Type="application/xml")
            return True
        if not signed:
            self._answer(
                403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>", Content_Type="application/xml"
            )
            return True
        return False

    def _place(self) -> tuple[str, dict[str, list[str]]]:
        parts = urlsplit(self.path)
        return parts.path, parse_qs(parts.query, keep_blank_values=True)

    def do_PUT(self) -> None:
        if self._refused():
            return
        path, query = self._place()
        mark = f'"{hashlib.md5(self.body, usedforsecurity=False).hexdigest()}"'
        if "partNumber" in query:
            self.server.parts.setdefault(query["uploadId"][0], {})[int(query["partNumber"][0])] = self.body
        else:
            self.server.objects[path] = self.body
        self._answer(200, ETag=mark)

    def do_POST(self) -> None:
        if self._refused():
            return
        path, query = self._place()
        if "delete" in query:
            names = re.findall(r"<Key>([^<]+)</Key>", self.body.decode())
            for name in names:
                self.server.objects.pop(f"{path.rstrip('/')}/{name}", None)
            gone = "".join(f"<Deleted><Key>{name}</Key></Deleted>" for name in names)
            body = f"<DeleteResult>{gone}</DeleteResult>"
        elif "uploads" in query:
            key = f"u{len(self.server.parts)}"
            self.server.parts[key] = {}
            body = (
                f"<InitiateMultipartUploadResult><UploadId>{key}</UploadId></InitiateMultipartUploadResult>"
            )
        else:
            parts = self.server.parts.pop(query["uploadId"][0])
            self.server.objects[path] = b"".join(parts[number] for number in sorted(parts))
            body = '<CompleteMultipartUploadResult><ETag>"x"</ETag></CompleteMultipartUploadResult>'
        self._answer(200, body.encode(), Content_Type="application/xml")

    def do_GET(self) -> None:
        if self._refused():
            return
        path, _ = self._place()
        found = self.server.objects.get(path)
        if found is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>", Content_Type="application/xml")
            return
        headers = {"ETag": '"x"', "Last_Modified": "Sat, 14 Mar 2026 09:00:00 GMT"}
        self._answer(200, found, **headers)

    do_HEAD = do_GET  # noqa: N815 - the name the server looks for

    def do_DELETE(self) -> None:
        if not self._refused():
            self.server.objects.pop(self._place()[0], None)
            self._answer(204)


class Bucket(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.down = False
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def bucket() -> Iterator[Bucket]:
    server = Bucket()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
