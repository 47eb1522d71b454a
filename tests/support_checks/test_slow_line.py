"""The slow line of the measurements: what goes through it, and how much at a time."""

import socket
import threading

from tests.support.servers.processes import listening_socket
from tests.support.servers.slow_line import SEGMENT, Line, slow_line


def test_pieces_leave_one_after_the_other() -> None:
    line = Line(rate=8000)
    assert [line.reserve(500, at=0), line.reserve(1000, at=0), line.reserve(250, at=1)] == [0.5, 1.5, 1.75]


def test_a_line_that_was_idle_has_saved_nothing_up() -> None:
    line = Line(rate=8000)
    line.reserve(1000, at=0)
    assert line.reserve(1000, at=60) == 61


def test_everything_arrives_in_order_both_ways_and_the_end_too() -> None:
    sent = bytes(range(256)) * (3 * SEGMENT // 256)
    with listening_socket() as server:
        threading.Thread(target=echo, args=(server,), daemon=True).start()
        with slow_line(server.getsockname()[1]) as port, socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(sent)
            client.shutdown(socket.SHUT_WR)
            assert b"".join(iter(lambda: client.recv(65536), b"")) == sent


def echo(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection:
        while data := connection.recv(65536):
            connection.sendall(data)
