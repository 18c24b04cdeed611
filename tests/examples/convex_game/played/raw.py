"""Bytes on sockets, right and wrong: HTTP as it is said, and the frames of a WebSocket."""
import base64
import contextlib
import json
import os
import socket
import struct

PATIENCE = 120  # what hangs longer than this hangs, on a busy machine too


class Connection:
    """Says bytes and hears bytes, whatever they mean."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.held = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def say(self, data):
        """All of it, or as much as the other side wants to hear."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.socket.sendall(data)

    def say_no_more(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)

    def hear_some(self):
        """Empty at the end. Raises TimeoutError where nothing comes and nothing ends."""
        try:
            return self.socket.recv(1 << 16)
        except ConnectionResetError:
            return b""

    def hear_all(self):
        while data := self.hear_some():
            self.held += data
        return self.held

    def hear(self, count):
        """That many bytes; fewer at the end."""
        while len(self.held) < count and (data := self.hear_some()):
            self.held += data
        heard, self.held = self.held[:count], self.held[count:]
        return heard

    def hear_until(self, mark):
        while mark not in self.held and (data := self.hear_some()):
            self.held += data
        heard, _, self.held = self.held.partition(mark)
        return heard


def request(method, target, body=b"", *fields, length=True):
    """The bytes of a request after which the server hangs up."""
    data = [method + b" " + target + b" HTTP/1.1", b"Host: game", b"Connection: close", *fields]
    if body and length:
        data.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(data) + b"\r\n\r\n" + body


def responses(heard, is_head=False):
    """[(status, body)] of responses that have their lengths; raises ValueError for what is none. Of a HEAD the first has no body."""
    found = []
    while heard:
        head, mark, rest = heard.partition(b"\r\n\r\n")
        first, *fields = head.split(b"\r\n")
        if not mark or not first.startswith(b"HTTP/1.1 "):
            raise ValueError(f"no response: {heard[:200]}")
        named = {name.lower(): text.strip() for name, _, text in (field.partition(b":") for field in fields)}
        size = 0 if is_head and not found else int(named.get(b"content-length", b"0"))
        if len(rest) < size:
            raise ValueError(f"a response that is cut: {heard[:200]}")
        found.append((int(first.split()[1]), rest[:size]))
        heard = rest[size:]
    return found


CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA


def frame(payload, kind=TEXT, final=True, reserved=0, mask=b"\x5a\x01\xfe\x33", length=None):
    """A frame of RFC 6455, 5.2. `length` says how the length is written, and that may be a lie: (code, bytes)."""
    size = len(payload)
    if length is None:
        length = (size, b"") if size < 126 else (126, struct.pack(">H", size)) if size < 1 << 16 else (127, struct.pack(">Q", size))
    first = (0x80 if final else 0) | reserved << 4 | kind
    head = bytes([first, (0x80 if mask else 0) | length[0]]) + length[1]
    if not mask:
        return head + payload
    pattern = (mask * (size // 4 + 1))[:size]
    masked = (int.from_bytes(payload, "big") ^ int.from_bytes(pattern, "big")).to_bytes(size, "big")
    return head + mask + masked


class WebSocket(Connection):
    """A client of the sync protocol that can be told to break it."""

    def __init__(self, port, target=b"/api/1.48.0/sync"):
        super().__init__(port)
        self.say(upgrade(target))
        answer = self.hear_until(b"\r\n\r\n")
        if not answer.startswith(b"HTTP/1.1 101 "):
            raise ValueError(f"no WebSocket: {answer[:200]}")

    def send(self, message):
        self.say(frame(message if isinstance(message, bytes) else json.dumps(message).encode()))

    def connect(self, **more):
        self.send({"type": "Connect", "sessionId": "89ec472b-cb0d-4350-bbcd-f2aba803d133", "connectionCount": 0,
                   "lastCloseReason": "InitialConnect", "clientTs": 1, **more})

    def next_frame(self):
        """(kind, payload), or None at the end."""
        head = self.hear(2)
        if len(head) < 2:
            return None
        size = head[1] & 0x7F
        if size > 125:
            size = int.from_bytes(self.hear(2 if size == 126 else 8), "big")
        return head[0] & 0xF, self.hear(size)

    def next_message(self):
        """A message as it was decoded; (code, reason) when the server closes; None when the socket is just gone."""
        while got := self.next_frame():
            kind, payload = got
            if kind == CLOSE:
                return int.from_bytes(payload[:2], "big"), payload[2:].decode()
            if kind in (TEXT, BINARY):
                return json.loads(payload)
        return None


def upgrade(target=b"/api/1.48.0/sync", method=b"GET", version=b"HTTP/1.1", without=(), **changed):
    fields = {"Host": "game", "Upgrade": "websocket", "Connection": "Upgrade", "Sec_WebSocket_Version": "13",
              "Sec_WebSocket_Key": base64.b64encode(os.urandom(16)).decode(), **changed}
    lines = [f"{name.replace('_', '-')}: {text}".encode() for name, text in fields.items() if name not in without]
    return b"\r\n".join([method + b" " + target + b" " + version, *lines]) + b"\r\n\r\n"
