//! TLS to a database server: who may vouch for it, and, for PostgreSQL, rustls. MySQL's driver has its own words for it.

#[cfg(feature = "postgres")]
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
#[cfg(feature = "postgres")]
use rustls::{ClientConfig, RootCertStore};

use super::address::Tls;
use crate::store::StoreError;

impl Tls {
    /// The file of the authorities that may vouch for a server, read when the app starts; `None`: those that browsers
    /// trust.
    ///
    /// # Errors
    ///
    /// When it can't be read, or names nobody.
    pub(super) fn authorities(&self) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(path) = &self.roots else { return Ok(None) };
        let refused =
            |why: String| StoreError::Failed(format!("`sslrootcert` {}: {why}", path.display()).into());
        let pem = std::fs::read(path).map_err(|error| refused(error.to_string()))?;
        let certificates = CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>();
        match certificates.map_err(|error| refused(error.to_string()))?.len() {
            0 => Err(refused("there is no certificate in it".to_owned())),
            _ => Ok(Some(pem)),
        }
    }

    /// What a client goes by.
    ///
    /// # Errors
    ///
    /// When the file of authorities can't be read.
    #[cfg(feature = "postgres")]
    pub(super) fn client_config(&self) -> Result<ClientConfig, StoreError> {
        let failed = |error: Box<dyn std::error::Error + Send + Sync>| StoreError::Failed(error);
        let mut roots = RootCertStore::empty();
        match self.authorities()? {
            Some(pem) => {
                for certificate in CertificateDer::pem_slice_iter(&pem) {
                    let certificate = certificate.map_err(|error| failed(error.into()))?;
                    roots.add(certificate).map_err(|error| failed(error.into()))?;
                }
            }
            None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        }
        // Named, since a second provider in the build would make the choice a panic.
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| failed(error.into()))?;
        Ok(config.with_root_certificates(roots).with_no_client_auth())
    }
}
