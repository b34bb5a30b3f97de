//! TLS to a PostgreSQL server, by rustls. MySQL's driver has its own words for it.

use std::error::Error;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use super::address::Tls;
use crate::store::StoreError;

impl Tls {
    /// What a client goes by.
    ///
    /// # Errors
    ///
    /// When the file of authorities can't be read.
    pub(super) fn client_config(&self) -> Result<ClientConfig, StoreError> {
        let roots = self.authorities().map_err(StoreError::Failed)?;
        // Named, since a second provider in the build would make the choice a panic.
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| StoreError::Failed(error.into()))?;
        Ok(config.with_root_certificates(roots).with_no_client_auth())
    }

    fn authorities(&self) -> Result<RootCertStore, Box<dyn Error + Send + Sync>> {
        let mut roots = RootCertStore::empty();
        match &self.roots {
            Some(path) => {
                for certificate in CertificateDer::pem_file_iter(path)? {
                    roots.add(certificate?)?;
                }
            }
            None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        }
        Ok(roots)
    }
}
