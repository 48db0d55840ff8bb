"""nginx from Debian, with the settings that ship (config/nginx.conf)."""

import os
import re
import shutil
import subprocess
import time
from datetime import datetime, timedelta, timezone

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .machine import ROOT, end_with_parent, find_port, run

HOST = "localhost"


class Proxy:
    """
    :ivar address: where people come in
    :ivar certificate: what they trust
    """

    def __init__(self, folder, odoo_port, websocket_port):
        self.folder = folder
        self.port, self.plain_port = find_port(), find_port()
        self.address = f"https://{HOST}:{self.port}"
        self.certificate = str(folder / "fullchain.pem")
        self.log, self.error_log = folder / "access.log", folder / "error.log"
        self.make_certificate()
        settings = folder / "nginx.conf"
        settings.write_text(self.render(odoo_port, websocket_port))
        # where Debian has it only root's PATH looks
        nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
        command = (nginx, "-p", folder, "-e", self.error_log, "-c", settings)
        run(*map(str, command), "-t")
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=end_with_parent,
        )

    def make_certificate(self):
        """One that nobody but these tests trusts."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
        now = datetime.now(timezone.utc)
        certificate = (
            x509.CertificateBuilder(name, name, key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), False)
            .sign(key, hashes.SHA256())
        )
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        (self.folder / "privkey.pem").write_bytes(private)
        pem = certificate.public_bytes(serialization.Encoding.PEM)
        (self.folder / "fullchain.pem").write_bytes(pem)

    def render(self, odoo_port, websocket_port):
        """What the image of nginx makes of the template, with the ports and folders
        of this machine, and without the one line that Debian's nginx 1.22 cannot read
        (since 1.25 "http2" is a directive of its own)."""
        text = (ROOT / "config/nginx.conf").read_text()
        for old, new in (
            (r"    http2 on;\n", ""),
            (r"server odoo:8069;", f"server 127.0.0.1:{odoo_port};"),
            (r"server odoo:8072;", f"server 127.0.0.1:{websocket_port};"),
            (r"listen 80\b", f"listen 127.0.0.1:{self.plain_port}"),
            (r"listen 443\b", f"listen 127.0.0.1:{self.port}"),
            (r"/etc/nginx/tls/", f"{self.folder}/"),
            (r"/var/log/nginx/", f"{self.folder}/"),
            (r"(server_name) \$\{SOS_HOST\}", rf"\1 {HOST}"),
            (r"\$\{SOS_HOST\}", f"{HOST}:{self.port}"),
        ):
            text, count = re.subn(old, new, text)
            assert count or "/var/log/" in old, f"nginx.conf has no {old}"
        temporary = "\n".join(
            f"{name}_temp_path {self.folder}/{name};"
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        return f"""
            daemon off;
            master_process off;
            pid {self.folder}/nginx.pid;
            {"user root;" if os.geteuid() == 0 else ""}
            events {{}}
            http {{
                # as in the image
                access_log {self.log};
                {temporary}
                {text}
            }}
        """

    def wait(self):
        for _n in range(100):
            assert self.process.poll() is None, self.error_log.read_text()
            try:
                requests.get(self.address, verify=self.certificate, timeout=60)
                return self
            except requests.ConnectionError:
                time.sleep(0.1)
        raise AssertionError("nginx did not start: " + self.error_log.read_text())

    def stop(self):
        self.process.terminate()
        self.process.wait(30)
