"""Certificates for the stand-in of BankID, made on the spot: its authority, itself, and the one who asks it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from journal_core.clock import SystemClock

LIFE = timedelta(days=365)


@dataclass(frozen=True)
class Certificates:
    """Paths of PEM files."""

    authority: str
    server: str
    server_key: str
    client: str
    client_key: str


def certificates_in(folder: Path) -> Certificates:
    names = ("authority.pem", "server.pem", "server-key.pem", "client.pem", "client-key.pem")
    return Certificates(*(str(folder / name) for name in names))


def make_certificates(folder: Path) -> Certificates:
    """New ones, in place of those that may lie there. Only the owner can read the keys; the authority's own is not kept."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = certificates_in(folder)
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = _signed(_name("BankID-låtsas"), authority_key, None, authority_key, None)
    _write(paths.authority, authority.public_bytes(Encoding.PEM))
    for certificate_path, key_path, name, usage in (
        (paths.server, paths.server_key, "127.0.0.1", ExtendedKeyUsageOID.SERVER_AUTH),
        (paths.client, paths.client_key, "Vaccinporten", ExtendedKeyUsageOID.CLIENT_AUTH),
    ):
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _signed(_name(name), key, authority, authority_key, usage)
        _write(certificate_path, certificate.public_bytes(Encoding.PEM))
        _write(key_path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return paths


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _signed(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Certificate | None,
    issuer_key: ec.EllipticCurvePrivateKey,
    usage: x509.ObjectIdentifier | None,
) -> x509.Certificate:
    """Without `issuer` an authority's own certificate. It is judged by the machine's clock, whatever time tests have set."""
    now = SystemClock().now()
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + LIFE)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(_may(authority=issuer is None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if usage:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    if usage == ExtendedKeyUsageOID.SERVER_AUTH:
        names = [x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("localhost")]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(issuer_key, SHA256())


def _may(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write(path: str, content: bytes) -> None:
    Path(path).unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
