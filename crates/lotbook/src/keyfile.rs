//! Key files: PKCS#8 PEM, readable by the owner only.

use anyhow::{Context, Result, bail};
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use lotbook_chain::SigningKey;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use zeroize::{Zeroize, Zeroizing};

/// Random bytes of the operating system.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| anyhow::anyhow!("the system gives no randomness: {error}"))?;
    Ok(bytes)
}

/// Makes a new key and its file.
pub fn create(path: &Path) -> Result<SigningKey> {
    let mut seed = random::<32>()?;
    let key = ed25519_dalek::SigningKey::from_bytes(&seed);
    let pem = key.to_pkcs8_pem(LineEnding::LF).context("failed to encode the key")?;
    write_private(path, pem.as_bytes())?;
    let signing = SigningKey::from_seed(&seed);
    seed.zeroize();
    Ok(signing)
}

/// Refuses a file that others can read.
pub fn check_private(path: &Path) -> Result<()> {
    let name = path.display();
    let metadata = std::fs::metadata(path).with_context(|| format!("failed to read {name}"))?;
    let mode = metadata.permissions().mode();
    if mode & 0o077 != 0 {
        bail!("{name} is readable by others (mode {:o}); run `chmod 600 {name}`", mode & 0o777);
    }
    Ok(())
}

/// Reads a key file; refuses one that others can read.
pub fn read(path: &Path) -> Result<SigningKey> {
    let name = path.display();
    check_private(path)?;
    let pem =
        Zeroizing::new(std::fs::read_to_string(path).with_context(|| format!("failed to read {name}"))?);
    let key = ed25519_dalek::SigningKey::from_pkcs8_pem(&pem);
    let key = key.map_err(|error| anyhow::anyhow!("{name} is not a PKCS#8 Ed25519 key: {error}"))?;
    Ok(SigningKey::from_seed(key.as_bytes()))
}

/// Reads 32 secret bytes, kept as 64 hexadecimal digits; refuses a file that others can read.
pub fn read_secret(path: &Path) -> Result<Zeroizing<[u8; 32]>> {
    let name = path.display();
    check_private(path)?;
    let text =
        Zeroizing::new(std::fs::read_to_string(path).with_context(|| format!("failed to read {name}"))?);
    let bytes = data_encoding::HEXLOWER.decode(text.trim().as_bytes()).map(Zeroizing::new);
    let bytes = bytes.ok().and_then(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).ok());
    bytes.map(Zeroizing::new).with_context(|| format!("{name} does not hold 64 hexadecimal digits"))
}

/// Reads a key file, or makes it if it is not there.
pub fn read_or_create(path: &Path) -> Result<SigningKey> {
    if path.exists() { read(path) } else { create(path) }
}

/// Writes a file that only the owner can read, synced with its folder; refuses to replace one.
pub fn write_private(path: &Path, content: &[u8]) -> Result<()> {
    let name = path.display();
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("failed to make {name} (it is never replaced)"))?;
    file.write_all(content)
        .and_then(|()| file.sync_all())
        .with_context(|| format!("failed to write {name}"))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::File::open(folder)
        .and_then(|folder| folder.sync_all())
        .with_context(|| format!("failed to sync {}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_reads_back_and_is_never_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.key");
        let made = create(&path).unwrap();
        assert_eq!(read(&path).unwrap().public(), made.public());
        assert!(create(&path).is_err());
    }

    #[test]
    fn a_key_file_that_others_can_read_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.key");
        create(&path).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("chmod 600"));
    }

    #[test]
    fn a_file_that_is_no_key_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.key");
        write_private(&path, b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("PKCS#8"));
    }
}
