"""A web server on this machine, by plain HTTP: pages by their paths; what it was asked."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Page:
    """What is answered at a path."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


Asked = dict[str, str]
Pages = dict[str, Page | Callable[[Asked], Page]]


class Web:
    """The server's pages, and each question's path and headers."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.pages: Pages = {}
        self.asked: list[tuple[str, Asked]] = []

    def at(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def answer(self, path: str, headers: Asked) -> Page:
        self.asked.append((path, headers))
        page = self.pages.get(path) or self.pages.get(path.partition("?")[0]) or Page(status=404)
        return page(headers) if callable(page) else page


@contextmanager
def web() -> Iterator[Web]:
    """Run one."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = here.answer(self.path, {name.lower(): value for name, value in self.headers.items()})
            self.send_response(page.status)
            for name, value in page.headers.items():
                self.send_header(name, value)
            if page.status != 304:
                self.send_header("Content-Length", str(len(page.body)))
            self.end_headers()
            self.wfile.write(page.body)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False  # what it still answers when it closes is waited for
    here = Web(server.server_port)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
