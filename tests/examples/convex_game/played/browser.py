"""Chromium without a window, driven through the pipe of its debugging protocol: nothing but Python's own library is needed."""
import base64
import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time

BROWSER = shutil.which("chromium-headless-shell") or shutil.which("chromium")


class Browser:
    def __init__(self):
        self.home = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        to_browser, self.commands = os.pipe()
        self.answers, from_browser = os.pipe()
        # Away from 3 and 4, on which the browser listens.
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 20) for end in (to_browser, from_browser)]

        def place():
            os.dup2(ends[0], 3)
            os.dup2(ends[1], 4)

        self.process = subprocess.Popen(
            [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
             "--remote-debugging-pipe", f"--user-data-dir={self.home.name}", "--window-size=1440,900", "--lang=en-GB"],
            preexec_fn=place, pass_fds=(3, 4), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for end in (to_browser, from_browser, *ends):
            os.close(end)
        self.count, self.waiting, self.errors = 0, {}, []
        self.changed = threading.Condition()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        held = b""
        with contextlib.suppress(OSError):
            while data := os.read(self.answers, 1 << 16):
                *messages, held = (held + data).split(b"\0")
                for message in map(json.loads, messages):
                    with self.changed:
                        if "id" in message:
                            self.waiting[message["id"]] = message
                        elif message.get("method") == "Runtime.exceptionThrown":
                            thrown = message["params"]["exceptionDetails"]
                            self.errors.append(thrown.get("exception", {}).get("description", thrown["text"]))
                        self.changed.notify_all()

    def send(self, method, session=None, **parameters):
        with self.changed:
            self.count += 1
            number = self.count
        message = {"id": number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        with self.changed:
            if not self.changed.wait_for(lambda: number in self.waiting, timeout=60):
                raise TimeoutError(f"{method}: the browser does not answer")
            answer = self.waiting.pop(number)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def open(self, address):
        """A page of a visitor of its own: nothing is shared with other pages."""
        context = self.send("Target.createBrowserContext")["browserContextId"]
        target = self.send("Target.createTarget", url="about:blank", browserContextId=context, width=1440, height=900)["targetId"]
        session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session)
        page.send("Runtime.enable")
        page.send("Page.enable")
        page.send("Page.navigate", url=address)
        return page

    def close(self):
        with contextlib.suppress(OSError, TimeoutError, RuntimeError):
            self.send("Browser.close")
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.commands)
        self.reader.join(10)
        os.close(self.answers)
        self.home.cleanup()


class Page:
    def __init__(self, browser, session):
        self.browser, self.session = browser, session

    def send(self, method, **parameters):
        return self.browser.send(method, self.session, **parameters)

    def value(self, expression):
        told = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in told:
            raise RuntimeError(told["exceptionDetails"].get("exception", {}).get("description", "the page threw"))
        return told["result"].get("value")

    def wait(self, expression, patience=60):
        """The value of the expression, once it is true."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            with contextlib.suppress(RuntimeError):  # what is asked for may not be there yet
                if found := self.value(expression):
                    return found
            time.sleep(0.05)
        raise AssertionError(f"never true: {expression}\nthe page says: {self.value('document.body.innerText')}\n{self.browser.errors}")

    def text(self, name):
        return self.value(f"document.querySelector('[data-testid={json.dumps(name)}]')?.innerText")

    def wait_text(self, name, part):
        return self.wait(f"document.querySelector('[data-testid={json.dumps(name)}]')?.innerText.includes({json.dumps(part)})")

    def click(self, name, x=0.5, y=0.5):
        """A click with the mouse at a place of the element, from its upper left corner to its lower right one."""
        place = self.wait(f"""(() => {{
            const element = document.querySelector('[data-testid={json.dumps(name)}]');
            if (!element || element.disabled) return null;
            const box = element.getBoundingClientRect();
            return box.width && [box.left + {x} * box.width, box.top + {y} * box.height];
        }})()""")
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1)

    def type(self, text):
        self.send("Input.insertText", text=text)

    def press(self, key, code, text=""):
        for kind in ("keyDown", "keyUp"):
            self.send("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, text=text)

    def press_enter(self):
        self.press("Enter", 13, "\r")

    def resize(self, width, height):
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self.wait(f"window.innerWidth === {width} && window.innerHeight === {height}")

    def prefer(self, scheme):
        """"dark" or "light"."""
        self.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.wait(f"matchMedia('(prefers-color-scheme: {scheme})').matches")

    def shoot(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.send("Page.captureScreenshot", format="png")["data"]))
