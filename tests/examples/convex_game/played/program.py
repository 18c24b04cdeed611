"""A convex_game that runs, and how to call it without a browser."""
import base64
import http.client
import json
import os
import signal
import subprocess

PROGRAM = os.environ["CONVEX_GAME"]


class Game:
    """The program on a folder; `end` or `kill` it, and `start` it again on the same port."""

    def __init__(self, folder, *options):
        self.folder, self.options, self.port = folder, options, 0
        self.start()

    def start(self):
        self.process = subprocess.Popen([PROGRAM, "--data", self.folder, "--port", str(self.port), *self.options],
                                        stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.address = line.strip()
        self.port = int(self.address.rsplit(":", 1)[1])

    def kill(self):
        self.process.kill()
        self.finish()

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.finish()

    def finish(self):
        status = self.process.wait(60)
        self.process.stdout.close()
        return status

    def ask(self, method, target, body=None, headers=None):
        """(status, headers, body); the target goes out as it is."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.putrequest(method, target, skip_accept_encoding=True)
            data = b"" if body is None else json.dumps(body).encode()
            for name, value in {"Content-Length": str(len(data)), **(headers or {})}.items():
                connection.putheader(name, value)
            connection.endheaders(data)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def call(self, kind, path, **arguments):
        """What the function returns; RuntimeError with what it says when it fails."""
        status, _, body = self.ask("POST", f"/api/{kind}", {"path": path, "args": [arguments], "format": "convex_encoded_json"})
        told = json.loads(body)
        if status != 200 or told["status"] != "success":
            raise RuntimeError(told.get("errorMessage") or told.get("message"))
        return told["value"]

    def query(self, path, **arguments):
        return self.call("query", path, **arguments)

    def mutate(self, path, **arguments):
        return self.call("mutation", path, **arguments)

    def act(self, path, **arguments):
        return self.call("action", path, **arguments)


def as_integer(number):
    return {"$integer": base64.b64encode(number.to_bytes(8, "little", signed=True)).decode()}


def as_bytes(data):
    return {"$bytes": base64.b64encode(data).decode()}
