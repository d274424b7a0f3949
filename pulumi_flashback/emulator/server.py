"""The HTTP server in a thread of this process."""

import asyncio
import logging
import socket
import threading
import time

import uvicorn
from starlette.types import ASGIApp


class ServerThread:
    """Serves an application at a local address; port 0 selects a free port."""

    def __init__(self, app: ASGIApp, host: str, port: int) -> None:
        self._socket = _listen(host, port)
        bound_host, bound_port = self._socket.getsockname()[:2]
        shown_host = f"[{bound_host}]" if ":" in bound_host else bound_host
        self.base_url = f"http://{shown_host}:{bound_port}"
        self._server = _Server(
            uvicorn.Config(
                app,
                lifespan="off",
                http="h11",
                log_config=None,
                log_level=logging.CRITICAL,  # broken connections are intended here
                access_log=False,
                timeout_graceful_shutdown=0,  # only connections without a full request are left
                server_header=False,
            )
        )
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True
        )

    @property
    def running(self) -> bool:
        """Whether it serves requests."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Serve requests."""
        self._thread.start()
        deadline = time.monotonic() + 10.0
        while not self._server.started:
            if time.monotonic() > deadline or not self.running:
                raise RuntimeError("the emulator's server does not start")
            time.sleep(0.002)

    def stop(self) -> None:
        """Stop serving. May be called twice."""
        if self.running:
            self._server.should_exit = True
            self._thread.join(5.0)
        self._socket.close()


class _Server(uvicorn.Server):
    """Stops immediately; uvicorn takes tenths of a second, and tests start many servers."""

    async def main_loop(self) -> None:
        while not await self.on_tick(0):
            await asyncio.sleep(0.01)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        for _ in range(50):
            if not self.server_state.connections and not self.server_state.tasks:
                return
            await asyncio.sleep(0.001)
        await super().shutdown(sockets)  # waits for busy connections


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # the protocol is explicit, because only then asyncio sends small responses without delay
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(256)
    except BaseException:
        listener.close()
        raise
    return listener
