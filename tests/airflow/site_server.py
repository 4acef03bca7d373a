"""The shipped recording as a web site, which can be told to misbehave."""

import fnmatch
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit


class SiteServer:
    """Answers what is recorded, and 404 to all else.

    `trouble` maps a pattern of paths to what is wrong there: a status, a body in place of the right one, or seconds to wait.
    """

    def __init__(self, recording):
        self.answers = {}
        self.trouble = {}
        self.asked = []
        for index in sorted(recording.glob("*/index.ndjson")):
            for line in index.read_text().splitlines():
                entry = json.loads(line)
                if entry.get("body"):
                    body = (index.parent / entry["body"]).read_bytes()
                    self.answers[self._key(entry["path"], entry.get("query", ""))] = (entry["status"], entry["headers"], body)

    @staticmethod
    def _key(path, query):
        return path, urlencode(sorted(parse_qsl(query, keep_blank_values=True)))

    def __enter__(self):
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                parts = urlsplit(self.path)
                site.asked.append(parts.path)
                status, headers, body = site.answers.get(site._key(parts.path, parts.query), (404, {}, b""))
                for pattern, wrong in list(site.trouble.items()):
                    if fnmatch.fnmatch(parts.path, pattern):
                        if isinstance(wrong, int):
                            status, headers, body = wrong, {}, b"trouble"
                        elif isinstance(wrong, bytes):
                            status, headers, body = 200, {"content-type": "text/html"}, wrong
                        else:
                            until = time.monotonic() + wrong
                            while time.monotonic() < until and pattern in site.trouble:
                                time.sleep(0.05)
                try:
                    self.send_response(status)
                    for name, value in headers.items():
                        if name.lower() not in ("content-length", "transfer-encoding", "content-encoding"):
                            self.send_header(name, value)
                    self.send_header("content-length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except (BrokenPipeError, ConnectionResetError):
                    pass  # The program was stopped meanwhile.

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def environment(self):
        """Settings that make it every source, asked as fast as it can answer, with nothing kept and no patience."""
        env = {"PIPELINE_HTTP_ATTEMPTS": "1"}
        for source in ("NCAA_DIRECTORY", "NCAA_STATS", "NCAA_COM", "NICHE"):
            env[f"PIPELINE_BASE_URL_{source}"] = self.url
            env[f"PIPELINE_RATE_{source}"] = "500/s"
            env[f"PIPELINE_SOURCES_{source}_CACHE"] = "0"
        return env
