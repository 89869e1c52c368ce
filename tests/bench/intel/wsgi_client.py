"""Speaks TAXII 2.1 to a WSGI application in the same process: what is measured is the server. Standard library alone.

Run as a script it serves medallion from memory and prints what it measures as JSON:

    python tests/bench/intel/wsgi_client.py FOLDER COUNT...    (with a Python that has medallion)
"""

import base64
import io
import json
import re
import sys
import time
from pathlib import Path

KIND = "application/taxii+json;version=2.1"
STIX = "application/stix+json;version=2.1"
PEER_COLLECTION = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
_NEXT = re.compile(rb'"next":\s*"([^"]+)"')


class Server:
    """An application, asked with these credentials; `spent` is the CPU time of all answers."""

    def __init__(self, application, authorization):
        self.application = application
        self.authorization = authorization
        self.spent = 0.0

    def ask(self, method, path, query="", body=b""):
        """Return status, headers and body."""
        told = {}
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "SCRIPT_NAME": "",
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost",
            "HTTP_ACCEPT": KIND,
            "HTTP_AUTHORIZATION": self.authorization,
            "CONTENT_TYPE": KIND,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }

        def start_response(status, headers, _info=None):
            told["status"], told["headers"] = int(status[:3]), dict(headers)

        started = time.process_time()
        answer = self.application(environ, start_response)
        text = b"".join(answer)
        getattr(answer, "close", int)()
        self.spent += time.process_time() - started
        return told["status"], told["headers"], text

    def post(self, path, envelopes):
        """Send envelopes; CPU seconds."""
        before = self.spent
        for body in envelopes:
            status, _headers, text = self.ask("POST", path, body=body)
            assert status == 202, text
        return self.spent - before

    def walk(self, path, limit):
        """Read everything, page by page; CPU seconds, and how many objects there were."""
        before, found, query = self.spent, 0, f"limit={limit}"
        while query:
            status, _headers, text = self.ask("GET", path, query)
            assert status == 200, text
            found += len(json.loads(text).get("objects", []))
            following = _NEXT.search(text[:200]) or _NEXT.search(text[-200:])
            query = following and f"limit={limit}&next={following[1].decode()}"
        return self.spent - before, found

    def milliseconds(self, path, query, times=20):
        """What an answer costs, the middle of several."""
        spent = []
        for _ in range(times):
            before = self.spent
            status, _headers, text = self.ask("GET", path, query)
            assert status == 200, text
            spent.append(1000 * (self.spent - before))
        return sorted(spent)[times // 2]


def envelopes(raws, size=1_000):
    """Bodies of `size` objects."""
    return [b'{"objects":[' + b",".join(raws[at : at + size]) + b"]}" for at in range(0, len(raws), size)]


def basic(name, secret):
    """Return the header of Basic."""
    return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()


def measure_peer(raws):
    """Medallion with an empty collection in memory: objects taken in and given per CPU-second."""
    import medallion

    collection = {"id": PEER_COLLECTION, "title": "bench", "can_read": True, "can_write": True, "media_types": [STIX]}
    root = {"title": "bench", "versions": [KIND], "max_content_length": 100_000_000}
    data = {
        "/discovery": {"title": "bench", "default": "/api/", "api_roots": ["/api/"]},
        "api": {"information": root, "status": [], "collections": [collection | {"objects": [], "manifest": []}]},
    }
    path = Path(sys.argv[1]) / "medallion.json"
    path.write_text(json.dumps(data))
    app = medallion.application_instance
    medallion.set_config(app, "users", {"users": {"bench": "bench"}})
    medallion.set_config(app, "taxii", {"taxii": {"max_page_size": 1_000}})
    backend = {"module": "medallion.backends.memory_backend", "module_class": "MemoryBackend", "filename": str(path)}
    medallion.set_config(app, "backend", {"backend": backend})
    if not app.blueprints:
        medallion.register_blueprints(app)
    server = Server(app, basic("bench", "bench"))
    objects = f"/api/collections/{PEER_COLLECTION}/objects/"
    posting = server.post(objects, envelopes(raws))
    reading, found = server.walk(objects, 1_000)
    assert found == len(raws), found
    return {"post": len(raws) / posting, "get": found / reading}


if __name__ == "__main__":
    lines = (Path(sys.argv[1]) / "objects.jsonl").read_bytes().splitlines()
    print(json.dumps({count: measure_peer(lines[: int(count)]) for count in sys.argv[2:]}))
