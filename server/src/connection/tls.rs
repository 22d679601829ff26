//! TLS by rustls, with libpq's meaning of `sslmode`.
//!
//! `verify-full` without a root certificate trusts what the operating system trusts; libpq would fail there.
//! A certificate that stands itself in the file of root certificates is trusted as it is, whatever it says it is for.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::ConnectionSettings;

/// libpq's `sslmode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsMode {
    /// Never.
    Disable,
    /// Only where the server does not admit a connection without.
    Allow,
    /// Where the server offers it, unverified; else without. The default.
    Prefer,
    /// Always; the server's certificate is not verified.
    Require,
    /// Always; the certificate must come from a trusted authority.
    VerifyCa,
    /// Always; and it must be for the host that was asked for.
    VerifyFull,
}

impl TlsMode {
    pub(super) const EXPECTED: &str = "must be disable, allow, prefer, require, verify-ca or verify-full";

    /// Returns what the driver makes of it.
    pub(crate) fn driver_mode(self) -> tokio_postgres::config::SslMode {
        match self {
            Self::Disable | Self::Allow => tokio_postgres::config::SslMode::Disable,
            Self::Prefer => tokio_postgres::config::SslMode::Prefer,
            Self::Require | Self::VerifyCa | Self::VerifyFull => tokio_postgres::config::SslMode::Require,
        }
    }
}

impl FromStr for TlsMode {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Ok(match text {
            "disable" => Self::Disable,
            "allow" => Self::Allow,
            "prefer" => Self::Prefer,
            "require" => Self::Require,
            "verify-ca" => Self::VerifyCa,
            "verify-full" => Self::VerifyFull,
            _ => return Err(()),
        })
    }
}

/// Why TLS cannot be set up, before the server is asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlsError {
    /// A certificate or key file is not there or not PEM.
    #[error("{} cannot be read as PEM: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// Nothing to verify against.
    #[error("sslmode=verify-ca needs a root certificate")]
    NoRoot,
    /// The operating system trusts nobody.
    #[error("this system has no trusted root certificates")]
    NoSystemRoots,
    /// rustls refuses certificate or key.
    #[error("{0}")]
    Rustls(String),
}

/// Returns the connector for the settings' `sslmode`.
pub(crate) fn connector(settings: &ConnectionSettings) -> Result<MakeRustlsConnect, TlsError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| TlsError::Rustls(error.to_string()))?;
    let verifier = Arc::new(Verifier::new(settings, provider)?);
    let builder = builder.dangerous().with_custom_certificate_verifier(verifier);
    let mut config = match &settings.client_certificate {
        None => builder.with_no_client_auth(),
        Some((certificate, key)) => {
            let chain = read_certificates(certificate)?;
            let key = PrivateKeyDer::from_pem_file(key).map_err(|error| not_pem(key, &error))?;
            builder.with_client_auth_cert(chain, key).map_err(|error| TlsError::Rustls(error.to_string()))?
        }
    };
    // Needed where the handshake opens the connection (`sslnegotiation=direct`), harmless elsewhere.
    config.alpn_protocols = vec![b"postgresql".to_vec()];
    Ok(MakeRustlsConnect::new(config))
}

/// Verifies as much as the mode asks for.
#[derive(Debug)]
struct Verifier {
    provider: Arc<CryptoProvider>,
    /// None where nothing is verified.
    chain: Option<Arc<WebPkiServerVerifier>>,
    /// Certificates that are trusted as they are.
    pinned: Vec<CertificateDer<'static>>,
    name: bool,
}

impl Verifier {
    fn new(settings: &ConnectionSettings, provider: Arc<CryptoProvider>) -> Result<Self, TlsError> {
        let name = match settings.tls() {
            TlsMode::VerifyFull => true,
            TlsMode::VerifyCa => false,
            _ => return Ok(Self { provider, chain: None, pinned: Vec::new(), name: false }),
        };
        let default =
            settings.home.as_ref().map(|home| home.join(".postgresql/root.crt")).filter(|path| path.is_file());
        let file = match settings.root_certificate.as_deref() {
            Some("system") => None,
            Some(path) => Some(PathBuf::from(path)),
            None => default,
        };
        let pinned = match file {
            Some(path) => read_certificates(&path)?,
            None if !name => return Err(TlsError::NoRoot),
            None => Vec::new(),
        };
        let mut roots = RootCertStore::empty();
        if pinned.is_empty() {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            if roots.is_empty() {
                return Err(TlsError::NoSystemRoots);
            }
        } else {
            roots.add_parsable_certificates(pinned.iter().cloned());
        }
        let chain = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .build()
            .map_err(|error| TlsError::Rustls(error.to_string()))?;
        Ok(Self { provider, chain: Some(chain), pinned, name })
    }

    fn algorithms(&self) -> &WebPkiSupportedAlgorithms {
        &self.provider.signature_verification_algorithms
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(chain) = &self.chain else { return Ok(ServerCertVerified::assertion()) };
        if self.pinned.iter().any(|pinned| pinned.as_ref() == end_entity.as_ref()) {
            if self.name {
                let certificate = rustls::server::ParsedCertificate::try_from(end_entity)?;
                rustls::client::verify_server_name(&certificate, server_name)?;
            }
            return Ok(ServerCertVerified::assertion());
        }
        match chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            // The name is looked at last, so that everything else is in order here.
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !self.name => Ok(ServerCertVerified::assertion()),
            verdict => verdict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(message, certificate, signature, self.algorithms())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(message, certificate, signature, self.algorithms())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms().supported_schemes()
    }
}

fn not_pem(path: &Path, reason: &impl ToString) -> TlsError {
    TlsError::File { path: path.to_path_buf(), reason: reason.to_string() }
}

fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let certificates = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| not_pem(path, &error))?;
    if certificates.is_empty() { Err(not_pem(path, &"there is no certificate in it")) } else { Ok(certificates) }
}
