"""A person at a real browser, in front of the service.

The browser is the one of Odoo's own tests, driven from outside: what is clicked is
clicked with the mouse, and what is read is what stands on the screen.
"""

import base64
import json
import logging
import time
from pathlib import Path
from types import SimpleNamespace

from odoo.tests.common import ChromeBrowser, ChromeBrowserException

_logger = logging.getLogger(__name__)
# Odoo's browser says all that it does
_logger.setLevel(logging.WARNING)

SIZE = "1400x900"
#: Seconds until something that should be there is missed.
PATIENCE = 90

#: How files end that came to their end.
DOWNLOADED = {".xlsx", ".xml", ".pdf"}

#: Functions that the page has from its beginning. A dashboard draws its numbers on a
#: canvas, where no test could read them: what is drawn is noted at the canvas.
HELPERS = r"""
const draw = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
    this.canvas.drawn = String(text);
    return draw.call(this, text, ...rest);
};
const {fetch: ask, XMLHttpRequest: Request} = window;
const began = () => sos.asked++;
const ended = () => {
    sos.asked--;
    sos.answered = Date.now();
};
window.fetch = (...args) => {
    began();
    return ask(...args).finally(ended);
};
const {send} = Request.prototype;
Request.prototype.send = function (...args) {
    began();
    this.addEventListener("loadend", ended);
    return send.apply(this, args);
};
window.sos = {
    // requests that wait for an answer, and when the last one came
    asked: 0,
    answered: Date.now(),
    shown: (node) => node.checkVisibility({visibilityProperty: true}),
    words: (node) => node.innerText.replace(/\s+/g, " ").trim(),
    find(selector, text) {
        const nodes = [...document.querySelectorAll(selector)].filter(sos.shown);
        const exact = nodes.filter((node) => sos.words(node) === text);
        return text === null || exact.length
            ? (text === null ? nodes : exact)
            : nodes.filter((node) => sos.words(node).includes(text));
    },
    busy: () =>
        document.readyState !== "complete" ||
        sos.asked > 0 ||
        // what comes next is asked at once, and drawn
        Date.now() - sos.answered < 300 ||
        sos.find(".o_blockUI", null).length > 0,
    place(selector, text, at) {
        const node = sos.busy() ? null : sos.find(selector, text)[at];
        if (!node) {
            return null;
        }
        node.scrollIntoView({block: "nearest", inline: "nearest"});
        const {x, y, width, height} = node.getBoundingClientRect();
        const middle = [x + width / 2, y + height / 2];
        // not through what lies over it
        const top = document.elementFromPoint(...middle);
        return top && (node.contains(top) || top.contains(node)) ? middle : null;
    },
};
"""


class Browser(ChromeBrowser):
    """
    :ivar downloads: folder of what was downloaded
    """

    def __init__(self, address, folder):
        """:param folder: of what is downloaded"""
        case = SimpleNamespace(_logger=_logger, browser_size=SIZE, touch_enabled=False)
        super().__init__(case)
        self.address, self.downloads = address, Path(folder)
        self.downloads.mkdir(parents=True, exist_ok=True)
        # Odoo's own tests hold up what leads elsewhere; the proxy is elsewhere
        self._websocket_request("Fetch.disable")
        self._websocket_request(
            "Page.addScriptToEvaluateOnNewDocument", params={"source": HELPERS}
        )
        self._websocket_request(
            "Page.setDownloadBehavior",
            params={"behavior": "allow", "downloadPath": str(self.downloads)},
        )

    def _spawn_chrome(self, cmd):
        # nobody but these tests trusts the proxy's certificate
        program, *options = cmd
        return super()._spawn_chrome([program, "--ignore-certificate-errors", *options])

    # ----------------------------------------------------------------- the page

    def ask(self, expression, *values):
        """:param expression: of JavaScript; ``$0`` is the first of the values
        :return: what it is, as JSON has it"""
        for number, value in enumerate(values):
            expression = expression.replace(f"${number}", json.dumps(value))
        answer = self._websocket_request(
            "Runtime.evaluate",
            params={
                "expression": expression,
                "returnByValue": True,
                "awaitPromise": True,
            },
            timeout=PATIENCE,
        )
        if error := answer.get("exceptionDetails"):
            raise AssertionError(f"{expression}: {error}")
        return answer["result"].get("value")

    def wait(self, expression, *values, patience=PATIENCE):
        """:return: what an expression is, once it is something"""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            self.check()
            try:
                if value := self.ask(f"window.sos ? {expression} : null", *values):
                    return value
            except (ChromeBrowserException, AssertionError) as error:
                # the page was left meanwhile
                last = error
            else:
                last = None
            time.sleep(0.2)
        self.keep("missed")
        raise AssertionError(f"Not on the screen: {expression} {values} {last or ''}")

    def check(self):
        """:raise AssertionError: when the page says that something went wrong"""
        if self._result.done():
            self._result.result()
        if wrong := self.read(".o_error_dialog, .modal:has(.alert-danger)"):
            self.keep("wrong")
            raise AssertionError(wrong[0])

    def keep(self, name):
        """Keep a picture of the screen, for people to look at."""
        data = self._websocket_request("Page.captureScreenshot", timeout=60)["data"]
        path = self.pictures / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(data))

    def go(self, path):
        self.navigate_to(self.address + path)
        self.wait("!sos.busy()")

    # ------------------------------------------------------- what a person does

    def click(self, selector, text=None, at=0, patience=PATIENCE):
        """With the mouse, in the middle of what stands there, once it does.

        :param text: what it says, or what is in what it says
        :param at: which of several
        """
        place = self.wait(
            "sos.place($0, $1, $2)", selector, text, at, patience=patience
        )
        self._press_at(*place)

    def _press_at(self, x, y):
        for kind, buttons in (("mouseMoved", 0), ("mousePressed", 1)):
            self._mouse(kind, x, y, buttons)
        self._mouse("mouseReleased", x, y, 0)

    def _mouse(self, kind, x, y, buttons):
        values = {"type": kind, "x": x, "y": y, "buttons": buttons}
        if kind != "mouseMoved":
            values |= {"button": "left", "clickCount": 1}
        self._websocket_request("Input.dispatchMouseEvent", params=values, timeout=60)

    def write(self, selector, text, at=0):
        """Write over what stands in a field."""
        self.click(selector, at=at)
        self.ask("document.activeElement.select?.()")
        self._websocket_request("Input.insertText", params={"text": text})

    def press(self, key, code):
        """:param code: the number that browsers give the key"""
        for kind in ("rawKeyDown", "keyUp"):
            self._websocket_request(
                "Input.dispatchKeyEvent",
                params={
                    **{"type": kind, "key": key, "code": key},
                    "windowsVirtualKeyCode": code,
                },
            )

    def download(self, *click, patience=PATIENCE):
        """:return: path of the file that comes after a click; it is there until the
        next one comes"""
        for file in self.downloads.iterdir():
            file.unlink()
        self.click(*click)
        end = time.monotonic() + patience
        while time.monotonic() < end:
            self.check()
            files = list(self.downloads.iterdir())
            if files and all(file.suffix in DOWNLOADED for file in files):
                return files[0]
            time.sleep(0.2)
        raise AssertionError(f"Nothing was downloaded: {click}")

    # -------------------------------------------------------- what a person reads

    def read(self, selector):
        """:return: the words of all that stands there now"""
        return self.ask("window.sos ? sos.find($0, null).map(sos.words) : []", selector)

    def sees(self, selector, text=None, patience=PATIENCE):
        """Wait for it.

        :return: its words
        """
        (words,) = self.wait(
            "!sos.busy() && sos.find($0, $1).slice(0, 1).map(sos.words)",
            selector,
            text,
            patience=patience,
        )
        return words
