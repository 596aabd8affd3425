"""Tests talk to this machine only."""

import socket

import pytest


def test_a_test_that_talks_to_another_machine_is_stopped():
    with (
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as phone,
        pytest.raises(PermissionError, match="wanted to talk"),
    ):
        phone.connect(("192.0.2.1", 80))  # an address of documentation: nobody is there


def test_this_machine_may_be_talked_to():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as phone:
        assert phone.getpeername() == server.getsockname()
