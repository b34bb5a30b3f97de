//! What does not fit: the settings, and storage as it is.

use super::{AuthApp, Manager, ManagerError};
use crate::store::{SchemaReport, Store};

impl<A: AuthApp> Manager<A> {
    /// Compares the user's struct, the live schema and the settings: what does not fit, in plain words. The app does the
    /// same when it starts. It changes nothing.
    ///
    /// # Errors
    ///
    /// When storage fails.
    pub async fn check(&self) -> Result<SchemaReport, ManagerError> {
        let mut report = self.core().store.check().await?;
        report.extend(self.core().findings.iter().cloned());
        Ok(report)
    }
}
