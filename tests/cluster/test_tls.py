"""Two sides that prove who they are: a run over TLS, and who is turned away."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from dask import config
from distributed import Client
from distributed.security import Security

from pytest_alienbio.engine.dask_address import TLS_KEYS
from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Outcome

from .conftest import Cluster, Write
from .test_cluster import play


def authority(folder: Path, name: str) -> tuple[Path, Path, Path]:
    """A certificate authority and a certificate that it signed: the files of the authority, the certificate and its key."""
    folder.mkdir()
    now = datetime.datetime.now(datetime.UTC)

    def signed(subject: str, key: ec.EllipticCurvePrivateKey, by: ec.EllipticCurvePrivateKey, *, is_ca: bool) -> bytes:
        made = x509.CertificateBuilder().subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        made = made.issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])).public_key(key.public_key())
        made = made.serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(hours=1))
        made = made.not_valid_after(now + datetime.timedelta(hours=1))
        made = made.add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        cert: bytes = made.sign(by, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        return cert

    root, leaf = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    files = folder / "ca.pem", folder / "cert.pem", folder / "key.pem"
    files[0].write_bytes(signed(name, root, root, is_ca=True))
    files[1].write_bytes(signed("alienbio", leaf, root, is_ca=False))
    plain = serialization.NoEncryption()
    files[2].write_bytes(leaf.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return files


def test_a_run_over_tls_and_who_is_turned_away(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the certificates cells are played; without one we say which are missing, and the scheduler refuses in any case."""
    ca, cert, key = authority(tmp_path / "ours", "ours")
    told = ("--tls-ca-file", str(ca), "--tls-cert", str(cert), "--tls-key", str(key))
    cluster = Cluster(tmp_path, security=told, protocol="tls").start()
    try:
        cluster.workers(1)
        path = write("Waiter", 2)
        with pytest.raises(
            SpecError, match=r"a certificate, and there is none here; set DASK_\w+ and DASK_\w+.*docs/cluster.md"
        ):
            play(path, f"dask:{cluster.file}")
        for name, file in zip(TLS_KEYS.values(), (ca, cert, key), strict=True):
            monkeypatch.setenv(name, str(file))
        read = config.collect_env()["distributed"]["comm"]["tls"]
        with config.set({"distributed.comm.tls": config.merge(config.get("distributed.comm.tls"), read)}):
            assert play(path, f"dask:{cluster.file}").counts == {Outcome.COMPLETED: 2}
        stranger = authority(tmp_path / "others", "others")
        others = Security(
            tls_ca_file=str(ca), tls_client_cert=str(stranger[1]), tls_client_key=str(stranger[2]), require_encryption=True
        )
        with pytest.raises(OSError, match=r"(?i)timed out|certificate|closed"):
            Client(scheduler_file=str(cluster.file), security=others, timeout=3, set_as_default=False)
    finally:
        cluster.close()
