"""The program and what nobody should send it: an answer or a close, and then it still serves."""
import json
import os
import pathlib
import socket
import subprocess
import tempfile
import threading
import time
import unittest

import odd_http
import odd_values
import odd_websockets
from odd_websockets import FATAL, GOES_ON, GONE
from program import Game
from raw import PATIENCE, Connection, WebSocket, responses

MIB = 1 << 20


class Odd(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.game = Game(str(self.folder), "--patience", "1" if "slow" in self.id() else "60")
        self.addCleanup(self.game.end)
        self.one = self.game.mutate("games:create", state={"entities": {"a": {}, "x": 7}}, rules="r", isActive=True, status="playing")

    def memory(self, what="VmRSS"):
        """Of the program, in bytes."""
        status = pathlib.Path(f"/proc/{self.game.process.pid}/status").read_text()
        return int(status.split(what + ":")[1].split()[0]) * 1024

    def assert_serves(self):
        """Who watches over it, and a client as the official one, are answered at once."""
        self.assertEqual(self.game.ask("GET", "/health")[::2], (200, b"ok\n"))
        body = json.dumps({"path": "games:get", "format": "convex_encoded_json", "args": [{"gameId": self.one}]}).encode()
        with Connection(self.game.port) as fresh:
            fresh.say(b"POST /api/query HTTP/1.1\r\nHost: game\r\nConnection: close\r\nContent-Type: application/json\r\nConvex-Client: npm-1.48.0\r\n"
                      b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
            [(status, told)] = responses(fresh.hear_all())
        self.assertEqual(status, 200)
        self.assertEqual(json.loads(told)["value"]["_id"], self.one)

    def each(self, cases, judge):
        """Every case by itself; what went wrong in one is said with its name."""
        for name, *case in cases:
            with self.subTest(name):
                judge(*case)
                self.assert_serves()
        # What was needed was given back, or is kept by the allocator for the next time.
        self.assertLess(self.memory(), 600 * MIB)
        self.assertLess(self.memory("VmHWM"), 1500 * MIB)

    def exchange(self, data):
        """All that comes back; a case in which nothing comes and nothing ends is a failure by its time."""
        with Connection(self.game.port) as odd:
            odd.say(data)
            odd.say_no_more()
            return odd.hear_all()

    def judge_request(self, data, expected):
        told = responses(self.exchange(data), is_head=data.startswith(b"HEAD"))
        self.assertEqual([status for status, _ in told], list(expected))
        for _, body in told:
            if body.startswith(b"{"):
                json.loads(body)  # which a client can read, whatever it was sent

    def test_request_lines_and_fields(self):
        self.each(odd_http.LINES, self.judge_request)

    def test_lengths_and_chunks(self):
        self.each(odd_http.LENGTHS, self.judge_request)

    def test_many_requests_at_once(self):
        self.each(odd_http.AT_ONCE, self.judge_request)

    def test_bodies(self):
        self.each(odd_http.BODIES, self.judge_request)

    def test_paths_of_artifacts(self):
        run = self.folder / "runs/r1"
        run.mkdir()
        (run / "background.png").write_bytes(b"a picture")
        (self.folder / "secret.txt").write_bytes(odd_http.SECRET)
        (run / "link.png").symlink_to(self.folder / "secret.txt")
        (run / "out").symlink_to(self.folder)
        os.mkfifo(run / "pipe")

        def judge(data, expected):
            heard = self.exchange(data)
            self.assertNotIn(odd_http.SECRET, heard)
            self.assertNotIn(b"root:", heard)
            self.assertEqual([status for status, _ in responses(heard)], expected)

        self.each(odd_http.ASSETS, judge)

    def head(self):
        return json.loads(self.game.ask("POST", "/api/query_ts")[2])["ts"]

    def call_raw(self, path, arguments):
        """As it is, and it may be no JSON."""
        body = b'{"path":"%s","format":"convex_encoded_json","args":[%s]}' % (path.encode(), arguments.encode(errors="surrogatepass"))
        [(status, told)] = responses(self.exchange(odd_http.post(body, b"/api/mutation")))
        return status, json.loads(told)

    def test_values(self):
        def judge(text, expected):
            before = self.head()
            status, told = self.call_raw("games:create", '{"state":%s,"rules":"","isActive":false,"status":"idle"}' % text)
            if expected is odd_values.REFUSED:
                self.assertNotEqual((status, told.get("status")), (200, "success"))
                self.assertEqual(self.head(), before)
                return
            self.assertEqual((status, told.get("status")), (200, "success"), told)
            body = odd_http.post(json.dumps({"path": "games:get", "args": [{"gameId": told["value"]}], "format": "convex_encoded_json"}))
            [(_, kept)] = responses(self.exchange(body))
            canonical = (text if expected is odd_values.SAME else expected).encode()
            self.assertIn(b'"state":' + canonical + b',"status"', kept)

        self.each(odd_values.VALUES, judge)
        self.assert_the_official_client_reads_all()

    def test_calls_that_are_refused(self):
        message = self.game.mutate("messages:send", gameId=self.one, role="user", content="x", timestamp=1)
        other = self.one[:-1] + ("0" if self.one[-1] != "0" else "1")
        names = {"game": self.one, "GAME": self.one.upper(), "other": other, "message": message}

        def judge(path, arguments, succeeds=False):
            before = self.head()
            status, told = self.call_raw(path, arguments % names)
            self.assertEqual((status, told.get("status")) == (200, "success"), succeeds)
            self.assertEqual(self.head(), before)

        self.each(odd_values.REFUSED_CALLS, judge)
        self.assert_the_official_client_reads_all()

    def assert_the_official_client_reads_all(self):
        """Over HTTP and as a subscriber, now and when the log was read again."""
        for _ in range(2):
            subprocess.run([os.environ["NODE"], "../reads_all.cjs", os.environ["CONVEX_CLIENT"], self.game.address], check=True, timeout=120)
            self.assertEqual(self.game.end(), 0)
            self.game.start()

    def test_handshakes(self):
        def judge(data, expected):
            with Connection(self.game.port) as odd:
                odd.say(data)
                self.assertEqual([int(odd.hear_until(b"\r\n").split()[1])], expected)

        self.each(odd_websockets.HANDSHAKES, judge)

    def end_of(self, client):
        """What the server closes with, and whether it said before that the client is broken."""
        was_fatal = False
        while (message := client.next_message()) is not None:
            if isinstance(message, tuple):
                return message[0], was_fatal
            was_fatal = was_fatal or message["type"] == FATAL
        return GONE, was_fatal

    def judge_end(self, client, expected, query_set):
        """`query_set`: how many the client has sent."""
        if GOES_ON not in (expected if isinstance(expected, tuple) else (expected,)):
            code, was_fatal = self.end_of(client)
            if expected is not GONE:
                self.assertEqual(code, expected)
                self.assertEqual(was_fatal, code == 1002)
            return
        client.send(odd_websockets.modify(base=query_set, new=query_set + 1))
        while True:
            message = client.next_message()
            if isinstance(message, tuple) and isinstance(expected, tuple):
                return self.assertIn(message[0], expected)
            self.assertIsInstance(message, dict)
            if message["type"] == "Transition" and message["endVersion"]["querySet"] == query_set + 1:
                return

    def test_frames(self):
        def judge(data, expected):
            with WebSocket(self.game.port) as odd:
                if expected is GOES_ON:
                    odd.connect()
                odd.say(data)
                if expected is not GOES_ON:
                    odd.say_no_more()
                self.judge_end(odd, expected, 0)

        self.each(odd_websockets.FRAMES, judge)

    def test_messages_before_connect(self):
        def judge(message, expected):
            with WebSocket(self.game.port) as odd:
                odd.send(message)
                self.judge_end(odd, expected, 0)

        self.each(odd_websockets.BEFORE_CONNECT, judge)

    def test_messages(self):
        def judge(messages, expected):
            with WebSocket(self.game.port) as odd:
                odd.connect()
                for message in messages:
                    odd.send(message)
                encoded = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in messages]
                self.judge_end(odd, expected, sum(b'"ModifyQuerySet"' in each for each in encoded))

        self.each(odd_websockets.AFTER_CONNECT, judge)

    def test_a_client_that_has_seen_the_future_is_sent_away(self):
        with WebSocket(self.game.port) as odd:
            odd.connect(maxObservedTimestamp="/////////38=")
            odd.send(odd_websockets.SET)
            self.assertEqual(self.end_of(odd), (1011, False))
        self.assert_serves()

    def test_slow_clients_are_hung_up_on_and_hold_nobody_up(self):
        beginnings = [b"", b"G", b"GET /health HTTP/1.1\r\n", b"GET /health HTTP/1.1\r\nX", b"POST /api/query HTTP/1.1\r\nContent-Length: 100\r\n\r\n{",
                      b"POST /api/query HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"POST /api/query HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
                      b"GET /health HTTP/1.1\r\nHost: game\r\n\r\n"]  # and no second request
        slow = [Connection(self.game.port) for _ in range(25) for _ in beginnings]
        for i, each in enumerate(slow):
            each.say(beginnings[i % len(beginnings)])
        waiting = set(slow)
        until = time.monotonic() + PATIENCE
        while waiting and time.monotonic() < until:  # a byte now and then is no excuse
            self.assert_serves()
            for each in list(waiting):
                each.socket.settimeout(0.001)
                try:
                    each.socket.send(b"x")
                    if each.hear_some() == b"":
                        waiting.remove(each)
                except (BrokenPipeError, ConnectionResetError):
                    waiting.remove(each)
                except TimeoutError:
                    pass
        self.assertEqual(len(waiting), 0)
        for each in slow:
            each.socket.close()

    def test_who_does_not_take_answers_is_hung_up_on_by_slow_patience(self):
        self.game.mutate("games:updateState", gameId=self.one, newState="x" * MIB)
        ask = b"POST /api/query HTTP/1.1\r\nHost: game\r\nContent-Length: 27\r\n\r\n" + b'{"path":"games:get"}'.ljust(27)
        with Connection(self.game.port) as greedy:
            greedy.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            writer = threading.Thread(target=greedy.say, args=[ask * 100_000])
            writer.start()
            writer.join(PATIENCE)
            self.assertFalse(writer.is_alive())  # nobody reads what it says: the connection is gone
        self.assert_serves()
        self.assertLess(self.memory(), 300 * MIB)


if __name__ == "__main__":
    unittest.main()
