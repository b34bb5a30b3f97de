//! TLS to a database server, by rustls.

use std::sync::Arc;

#[cfg(feature = "postgres")]
use rustls::pki_types::pem::PemObject;
#[cfg(feature = "postgres")]
use rustls::{ClientConfig, RootCertStore, pki_types::CertificateDer};

use super::address::Tls;
use crate::store::StoreError;

impl Tls {
    /// What a client goes by.
    ///
    /// # Errors
    ///
    /// When the file of authorities can't be read.
    #[cfg(feature = "postgres")]
    pub(super) fn client_config(&self) -> Result<ClientConfig, StoreError> {
        let failed = |error: Box<dyn std::error::Error + Send + Sync>| StoreError::Failed(error);
        let mut roots = RootCertStore::empty();
        match &self.roots {
            Some(path) => {
                for certificate in
                    CertificateDer::pem_file_iter(path).map_err(|error| failed(error.into()))?
                {
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
            .map_err(|error| failed(error.into()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(config)
    }

    /// The same in the words of MySQL's driver.
    #[cfg(feature = "mysql")]
    pub(super) fn mysql_options(&self) -> mysql_async::SslOpts {
        // The driver takes the process's provider; one that is there already is as good.
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
        let options = mysql_async::SslOpts::default();
        match &self.roots {
            Some(path) => {
                options.with_root_certs(vec![path.clone().into()]).with_disable_built_in_roots(true)
            }
            None => options,
        }
    }
}
