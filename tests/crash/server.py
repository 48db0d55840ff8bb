"""A real Odoo server on this machine that is killed in the middle of its work."""

import os
import time
from concurrent.futures import ThreadPoolExecutor

import requests
from running import odoo
from running.machine import find_port

PASSWORD = "a killed server loses nothing"  # pragma: allowlist secret


class Unanswered(Exception):
    """The server was gone before it answered: what became of it is not known."""


class Refused(Exception):
    """The server answered, and refused."""


class Program(odoo.Program):
    """Odoo with a name that its connections have in PostgreSQL."""

    _count = 0

    def __init__(self, database, log, *options):
        Program._count += 1
        self.database = database
        self.name = f"crash-{os.getpid()}-{Program._count}"
        options = ("-d", database, "--log-level=warn", *options)
        super().__init__(log, *options, f"--db_app_name={self.name}")


class Server(Program):
    """A server on a port of this machine only.

    It begins to start at once; ``wait`` waits until it answers.
    """

    def __init__(self, database, log, sessions, workers=0):
        self.port = find_port()
        self.sessions = sessions
        super().__init__(
            database,
            log,
            "--no-database-list",
            "--http-interface=127.0.0.1",
            f"--http-port={self.port}",
            f"--workers={workers}",
            "--max-cron-threads=0",
            f"--gevent-port={find_port()}",
        )

    def post(self, route, params, session):
        """One request, as the web client makes it.

        :raise Unanswered: when the server is gone
        :raise Refused: with what the server says
        """
        try:
            answer = session.post(
                f"http://127.0.0.1:{self.port}{route}",
                json={"jsonrpc": "2.0", "method": "call", "params": params},
                timeout=60,
            )
            answer.raise_for_status()
            content = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise Unanswered(str(error)) from error
        if "error" in content:
            raise Refused(content["error"]["data"]["message"])
        # what returns nothing is answered without a result
        return content.get("result")

    def call(self, user, model, method, ids, *args, **kwargs):
        params = {
            "model": model,
            "method": method,
            "args": [ids, *args],
            "kwargs": kwargs,
        }
        route = f"/web/dataset/call_kw/{model}/{method}"
        return self.post(route, params, self.sessions[user])

    def log_in(self, user):
        """A session is kept once its user is logged in, for the next server too."""
        session = requests.Session()
        self.post(
            "/web/session/authenticate",
            {"db": self.database, "login": user, "password": PASSWORD},
            session,
        )
        self.sessions[user] = session

    def wait(self, users):
        """Until it answers these users. Their sessions outlive a killed server."""
        end = time.monotonic() + 60
        while True:
            try:
                for user in users:
                    if user not in self.sessions:
                        self.log_in(user)
                    self.call(user, "res.users", "search_count", [])
                return self
            except Unanswered:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise
                time.sleep(0.05)


class Servers:
    """The server to kill, and the next one that starts meanwhile."""

    def __init__(self, database, log, users):
        self.database, self.log, self.users = database, log, users
        self.sessions = {}
        self.running = []
        self.next = None

    def start(self, workers=0):
        server = Server(self.database, self.log, self.sessions, workers)
        self.running.append(server)
        return server

    def take(self, workers=0):
        """A server that answers; the one after it starts already."""
        server = self.next or self.start(workers)
        server.wait(self.users)
        self.next = self.start(workers)
        return server

    def kill(self, server):
        server.kill()
        self.running.remove(server)

    def stop(self):
        """All of them: nothing is left running."""
        for server in list(self.running):
            self.kill(server)
        self.next = None


def kill_during(servers, server, delay, work):
    """Kill a server some seconds after some work was begun.

    :param work: called with the server in a thread of its own
    :return: what the work came to before the server was gone, None if unanswered
    """
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(work, server)
        time.sleep(delay)
        servers.kill(server)
        try:
            return future.result()
        except Unanswered:
            return None
