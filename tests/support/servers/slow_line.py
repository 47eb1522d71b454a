"""A slow line between a browser and a server on this machine: a TCP relay that delays, and holds back a surplus."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

SEGMENT = 1460
"""Bytes at a time: connections take turns on the line by so much."""
DOWN = 1_600_000
UP = 750_000
DELAY = 0.075


@dataclass
class Line:
    """One direction, shared by all connections. `rate`: bits a second."""

    rate: float
    free_at: float = 0.0

    def reserve(self, size: int, at: float) -> float:
        """When so many bytes, handed over at `at`, have left: after all that were handed over before."""
        self.free_at = max(at, self.free_at) + size * 8 / self.rate
        return self.free_at


class SlowLine:
    """Relays `port`, chosen by the system, to `target` on this machine, in a thread of its own."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._up, self._down = Line(UP), Line(DOWN)
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self.port = 0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """Close everything."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        server = self._loop.run_until_complete(asyncio.start_server(self._relay, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(_cut())
        self._loop.close()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = [writer]
        try:
            await asyncio.sleep(2 * DELAY)  # the handshake of TCP, which the machine has answered at once
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
            ends.append(back)
            await asyncio.gather(_pump(reader, back, self._up), _pump(there, writer, self._down))
        except asyncio.CancelledError:
            for end in ends:
                end.transport.abort()
        finally:
            for end in ends:
                end.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: Line) -> None:
    """Each piece waits for the line, then travels; the next waits for the line meanwhile."""
    travelling: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
    arriving = asyncio.create_task(_arrive(travelling, writer))
    with contextlib.suppress(OSError):
        while data := await reader.read(SEGMENT):
            left = line.reserve(len(data), time.monotonic())
            travelling.put_nowait((left + DELAY, data))
            await asyncio.sleep(max(0.0, left - time.monotonic()))
    travelling.put_nowait((time.monotonic() + DELAY, b""))
    await arriving


async def _arrive(travelling: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while True:
            at, data = await travelling.get()
            await asyncio.sleep(max(0.0, at - time.monotonic()))
            if not data:
                break
            writer.write(data)
            await writer.drain()
        writer.write_eof()


async def _cut() -> None:
    """End what still runs."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.sleep(0)  # closed connections are told of it in the loop’s next turn


@contextlib.contextmanager
def slow_line(target: int) -> Iterator[int]:
    """The port of a slow line to a port of this machine."""
    line = SlowLine(target)
    try:
        yield line.port
    finally:
        line.stop()
