"""Odd handshakes, frames and messages of the sync protocol, and what becomes of each."""
import json
import struct

from raw import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, frame, upgrade

MIB = 1 << 20

HANDSHAKES = [  # (name, bytes, statuses)
    ("as it should be", upgrade(), [101]),
    ("without a version in the path", upgrade(b"/api/sync"), [101]),
    ("of a version from far away", upgrade(b"/api/99.99.99-alpha%00/sync"), [101]),
    ("with a query", upgrade(b"/api/sync?x=/api/query"), [101]),
    ("with extensions that nobody has", upgrade(Sec_WebSocket_Extensions="permessage-deflate; client_max_window_bits, x-tea; a=b"), [101]),
    ("with a protocol that nobody speaks", upgrade(Sec_WebSocket_Protocol="chat, tea"), [101]),
    ("from any origin", upgrade(Origin="null"), [101]),
    ("elsewhere", upgrade(b"/api/query"), [400]),
    ("too deep", upgrade(b"/api/1/2/sync"), [404]),
    ("of another version", upgrade(Sec_WebSocket_Version="12"), [426]),
    ("of a version that is none", upgrade(Sec_WebSocket_Version="thirteen"), [426]),
    ("without a version", upgrade(without=["Sec_WebSocket_Version"]), [400]),
    ("without a key", upgrade(without=["Sec_WebSocket_Key"]), [400]),
    ("with a key that is long", upgrade(Sec_WebSocket_Key="A" * 5000), [400]),
    ("without an upgrade", upgrade(without=["Upgrade"]), [404]),
    ("without a connection", upgrade(without=["Connection"]), [404]),
    ("in HTTP/1.0", upgrade(version=b"HTTP/1.0", Connection="Upgrade, close"), [404]),
    ("as a POST", upgrade(method=b"POST", Connection="Upgrade, close"), [404]),
    ("without a host", upgrade(without=["Host"]), [400]),
]


def text(message):
    return frame(message if isinstance(message, bytes) else json.dumps(message).encode())


SET = {"type": "ModifyQuerySet", "baseVersion": 0, "newVersion": 1, "modifications": []}
GONE = None  # the end, with a close of any code or without
GOES_ON = "goes on"

FRAMES = [  # (name, bytes after the handshake, code of the close or GONE or GOES_ON)
    ("without a mask", frame(b"{}", mask=b""), GONE),
    ("the first reserved bit", frame(b"{}", reserved=4), GONE),
    ("the second reserved bit", frame(b"{}", reserved=2), GONE),
    ("the third reserved bit", frame(b"{}", reserved=1), GONE),
    *[(f"the kind {kind:#x}, which is reserved", frame(b"{}", kind=kind), GONE) for kind in (3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF)],
    ("a continuation of nothing", frame(b"{}", kind=CONTINUATION), GONE),
    ("a text within a text", frame(b"{", final=False) + frame(b"}"), GONE),
    ("binary within a text", frame(b"{", final=False) + frame(b"}", kind=BINARY), GONE),
    ("a ping in pieces", frame(b"x", kind=PING, final=False), GONE),
    ("a close in pieces", frame(b"\x03\xe8", kind=CLOSE, final=False), GONE),
    ("a ping of 126 bytes", frame(b"x" * 126, kind=PING), GONE),
    ("a ping with a long length", frame(b"x", kind=PING, length=(126, b"\0\1")), GONE),
    ("a pong of 126 bytes", frame(b"x" * 126, kind=PONG), GONE),
    ("a length of 2^63", frame(b"{}", length=(127, struct.pack(">Q", 1 << 63))), GONE),
    ("a length of 2^63 - 1", frame(b"{}", length=(127, struct.pack(">Q", (1 << 63) - 1))), 1009),
    ("a length of 1 TiB", frame(b"{}", length=(127, struct.pack(">Q", 1 << 40))), 1009),
    ("a short length in a long form", frame(b"{}", length=(126, b"\0\2")), GONE),
    ("a short length in the longest form", frame(b"{}", length=(127, struct.pack(">Q", 2))), GONE),
    ("a frame larger than a message may be", frame(bytes(17 * MIB)), 1009),
    ("a message larger than it may be, in pieces", frame(bytes(MIB), kind=BINARY, final=False) + frame(bytes(MIB), kind=CONTINUATION, final=False) * 17, 1009),
    ("text that is no UTF-8", frame(b"\xc3\x28"), GONE),
    ("text with a surrogate", frame(b"\xed\xa0\x80"), GONE),
    ("text whose end is cut", frame(b"\xf0\x9f\x98"), GONE),
    ("text whose last piece is no UTF-8", frame(b'"\xf0', final=False) + frame(b"(", kind=CONTINUATION), GONE),
    ("a close", frame(b"", kind=CLOSE), GONE),
    ("a close with half a code", frame(b"\x03", kind=CLOSE), GONE),
    ("a close with a code that is not sent", frame(struct.pack(">H", 1005), kind=CLOSE), GONE),
    ("a close with a code of nobody", frame(struct.pack(">H", 999), kind=CLOSE), GONE),
    ("a close with a code of 65535", frame(b"\xff\xff", kind=CLOSE), GONE),
    ("a close with a reason that is no UTF-8", frame(b"\x03\xe8\xff", kind=CLOSE), GONE),
    ("a close of 126 bytes", frame(b"\x03\xe8" + b"x" * 124, kind=CLOSE), GONE),
    ("half a frame, and the end", frame(b"{}")[:4], GONE),
    ("half a length, and the end", b"\x81\xff\0\0", GONE),
    ("all bytes", bytes(range(256)) * 8, GONE),
    ("HTTP", b"GET / HTTP/1.1\r\nHost: game\r\n\r\n", GONE),
    ("an empty message", text(b""), 1002),
    ("an empty message in a thousand pieces", frame(b"", final=False) + frame(b"", kind=CONTINUATION, final=False) * 1000 + frame(b"", kind=CONTINUATION), 1002),
    ("a thousand pings", frame(b"x" * 125, kind=PING) * 1000, GOES_ON),
    ("a thousand pongs that nobody asked for", frame(b"x", kind=PONG) * 1000, GOES_ON),
    ("pings between pieces", frame(b'{"type":', final=False) + frame(b"x", kind=PING) + frame(b'"Event"}', kind=CONTINUATION), GOES_ON),
    ("a message in pieces of a byte", b"".join(
        frame(bytes([c]), kind=CONTINUATION if i else TEXT, final=i == 15) for i, c in enumerate(b'{"type":"Event"}')), GOES_ON),
    ("JSON in binary", frame(b'{"type":"Event"}', kind=BINARY), GOES_ON),
]


def modify(*modifications, base=0, new=1):
    return {"type": "ModifyQuerySet", "baseVersion": base, "newVersion": new, "modifications": list(modifications)}


def add(number=0, path="games:get", args=({},), **more):
    return {"type": "Add", "queryId": number, "udfPath": path, "args": list(args), **more}


def mutation(number, path="games:updateStatus", args=({},), **more):
    return {"type": "Mutation", "requestId": number, "udfPath": path, "args": list(args), **more}


FATAL, AUTH = "FatalError", "AuthError"
BEFORE_CONNECT = [  # (name, message, code)
    ("no JSON", b"hello", 1002),
    ("null", b"null", 1002),
    ("a list", b"[]", 1002),
    ("an object of nothing", b"{}", 1002),
    ("half an object", b'{"type":"Connect"', 1002),
    ("two objects", b'{"type":"Event"}{"type":"Event"}', 1002),
    ("500,000 lists", b"[" * 500_000, 1002),
    ("a query set before Connect", SET, 1002),
    ("a mutation before Connect", mutation(0), 1002),
    ("a token before Connect", {"type": "Authenticate", "baseVersion": 0, "tokenType": "None"}, 1002),
    ("a type that there is not", {"type": "Hello"}, 1002),
    ("a type of a server", {"type": "Transition"}, 1002),
    ("a type that is a number", {"type": 7}, 1002),
    ("a type of a megabyte", {"type": "x" * MIB}, 1002),
    ("Connect without a session", {"type": "Connect"}, 1002),
    ("Connect with an empty session", {"type": "Connect", "sessionId": ""}, 1002),
    ("Connect with a session that is a number", {"type": "Connect", "sessionId": 7}, 1002),
    ("Connect with a session of 5,000 letters", {"type": "Connect", "sessionId": "s" * 5000}, 1002),
    ("Connect with a session with a line end", {"type": "Connect", "sessionId": "a\nb"}, 1002),
    ("Connect with a session with a zero", {"type": "Connect", "sessionId": "a\0b"}, 1002),
    ("Connect with a session with a surrogate", b'{"type":"Connect","sessionId":"\\ud800"}', 1002),
    ("Connect that has seen no time", {"type": "Connect", "sessionId": "s", "maxObservedTimestamp": "AAA="}, 1002),
    ("Connect that has seen a number", {"type": "Connect", "sessionId": "s", "maxObservedTimestamp": 7}, 1002),
]

AFTER_CONNECT = [  # (name, messages, code or GOES_ON)
    ("Connect again", [{"type": "Connect", "sessionId": "s"}], 1002),
    ("a query set from elsewhere", [modify(base=5, new=6)], 1002),
    ("a query set that jumps", [modify(new=2)], 1002),
    ("a query set that goes back", [modify(new=0)], 1002),
    ("a query set of 2^32", [modify(base=1 << 32, new=(1 << 32) + 1)], 1002),
    ("a query set of less than nothing", [modify(base=-1, new=0)], 1002),
    ("a query set of a half", [modify(base=0.5, new=1.5)], 1002),
    ("a query set of words", [modify(base="0", new="1")], 1002),
    ("a query set of 1e999", [b'{"type":"ModifyQuerySet","baseVersion":0,"newVersion":1e999,"modifications":[]}'], 1002),
    ("a query set without modifications", [{"type": "ModifyQuerySet", "baseVersion": 0, "newVersion": 1}], 1002),
    ("modifications that are no list", [{**SET, "modifications": {}}], 1002),
    ("modifications that are numbers", [modify(7)], 1002),
    ("a modification that there is not", [modify({"type": "Turn", "queryId": 0})], 1002),
    ("a query without a path", [modify({"type": "Add", "queryId": 0, "args": [{}]})], 1002),
    ("a query without arguments", [modify({"type": "Add", "queryId": 0, "udfPath": "games:get"})], 1002),
    ("a query whose path is a number", [modify(add(path=7))], 1002),
    ("a query of 2^32", [modify(add(1 << 32))], 1002),
    ("a query twice", [modify(add(), add())], 1002),
    ("a query twice, later", [modify(add()), modify(add(), base=1, new=2)], 1002),
    ("the end of no query", [modify({"type": "Remove", "queryId": 7})], 1002),
    ("a journal that is a number", [modify(add(journal=7))], 1002),
    ("10,001 queries", [modify(*[add(i) for i in range(10_001)])], 1013),
    ("10,001 queries, one by one", [modify(add(i), base=i, new=i + 1) for i in range(10_001)], 1013),
    ("20,000 queries", [modify(*[add(i) for i in range(20_000)])], 1013),
    ("a mutation without a number", [{"type": "Mutation", "udfPath": "games:create", "args": [{}]}], 1002),
    ("a mutation of less than nothing", [mutation(-1)], 1002),
    ("a mutation of a half", [mutation(0.5)], 1002),
    ("a mutation without arguments", [{"type": "Mutation", "requestId": 0, "udfPath": "games:create"}], 1002),
    ("a token", [{"type": "Authenticate", "baseVersion": 0, "tokenType": "User", "value": "a.b.c"}], 1000),
    ("a token that is none", [{"type": "Authenticate", "baseVersion": 0, "tokenType": {}, "value": 7}], 1002),
    ("a token from elsewhere", [{"type": "Authenticate", "baseVersion": 7, "tokenType": "None"}], 1002),
    ("to log out", [{"type": "Authenticate", "baseVersion": 0, "tokenType": "None"}], GOES_ON),
    ("telemetry of anything", [b'{"type":"Event","event":{"$":[{"\xc3\xa9":1e999}]},"eventType":7}'], GOES_ON),
    ("fields that nobody knows", [{**modify(), "x": {"y": [1]}}], GOES_ON),
    ("a field twice", [b'{"type":"Hello","type":"Event"}'], GOES_ON),
    ("a query that there is not", [modify(add(path="games:fly"))], GOES_ON),
    ("a query of no path", [modify(add(path=""))], GOES_ON),
    ("a query of a path with a zero", [modify(add(path="games\0:get"))], GOES_ON),
    ("a query of a path of a megabyte", [modify(add(path="x" * MIB))], GOES_ON),
    ("a query of arguments that are none", [modify({**add(), "args": {"$integer": "AAA="}})], GOES_ON),
    ("a query of two arguments", [modify(add(args=({}, {})))], GOES_ON),
    ("a query of null", [modify({**add(), "args": None})], GOES_ON),
    ("a query of deep arguments", [(b'{"type":"ModifyQuerySet","baseVersion":0,"newVersion":1,"modifications":[{"type":"Add","queryId":0,"udfPath":"games:get",'
                                    b'"args":[{"gameId":' + b"[" * 5000 + b"]" * 5000 + b"}]}]}")], GOES_ON),
    ("a page with a journal that is none", [modify(add(path="messages:page", args=[{"gameId": "x", "paginationOpts": {"numItems": 1, "cursor": None}}], journal="no"))], GOES_ON),
    ("a journal of a megabyte", [modify(add(journal="j" * MIB))], GOES_ON),
    ("a query of the highest number", [modify(add((1 << 32) - 1))], GOES_ON),
    ("a query that comes and goes", [modify(add(), {"type": "Remove", "queryId": 0}, add(0, "games:list"))], GOES_ON),
    ("a mutation that there is not", [mutation(0, "games:fly")], GOES_ON),
    ("a mutation that is a query", [mutation(0, "games:get")], GOES_ON),
    ("a mutation whose arguments are none", [b'{"type":"Mutation","requestId":0,"udfPath":"games:create","args":[{"state":{"$float":"AAAAAAAA8D8="}}]}'], GOES_ON),
    ("a mutation with the number of another", [mutation(3), mutation(3), mutation(3)], GOES_ON),
    ("mutations against their order", [mutation(9), mutation(4), mutation(0)], GOES_ON),
    ("2,000 mutations at once", [mutation(i) for i in range(2000)], (GOES_ON, 1013)),
    ("an action that there is not", [{"type": "Action", "requestId": 0, "udfPath": "games:fly", "args": [{}]}], GOES_ON),
    ("an action that is a mutation", [{"type": "Action", "requestId": 0, "udfPath": "games:create", "args": [{}]}], GOES_ON),
]
