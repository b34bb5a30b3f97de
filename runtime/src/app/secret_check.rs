//! Whether a secret of the configuration is strong enough.

use crate::compat::Compat;
use crate::secret::Secrets;
use crate::settings::StartError;
use crate::store::Finding;

/// Returns a warning about a weak secret that is accepted; `name` is its field in the configuration.
///
/// # Errors
///
/// If the secret is empty, or weak where weak secrets are rejected.
pub(super) fn check_secret(
    name: &'static str,
    secrets: &Secrets,
    compat: Compat,
) -> Result<Option<Finding>, StartError> {
    if !secrets.is_weak() {
        return Ok(None);
    }
    if secrets.is_empty() || compat.rules().rejects_weak_secrets {
        return Err(StartError::WeakSecret(name));
    }
    // It may be in use already: a new one would log everybody out.
    let text = format!("`{name}` is shorter than {} bytes: change it when you can", Secrets::MIN_BYTES);
    Ok(Some(Finding::warning(text)))
}
