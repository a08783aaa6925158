//! The vault: secrets at rest, a file each, encrypted under one key that lies elsewhere (ledger.md 5).
//!
//! Never in the journal, the index, tiles or logs. Randomness comes from the caller.

use lotbook_chain::sealing::{self, NONCE_BYTES};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Fills a buffer with randomness of the operating system.
pub type Random = fn(&mut [u8]) -> io::Result<()>;

/// An open vault.
pub struct Vault {
    folder: PathBuf,
    key: Zeroizing<[u8; 32]>,
    random: Random,
}

/// Why a secret cannot be kept or found.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The files cannot be read or written.
    #[error("the vault at {0}: {1}")]
    Io(String, io::Error),
    /// A file was made with another key, or changed.
    #[error("{0} does not open with the vault's key: it belongs to another vault, or it is damaged")]
    Foreign(String),
}

impl Vault {
    /// A vault in a folder, which is made with the first secret.
    pub fn new(folder: &Path, key: Zeroizing<[u8; 32]>, random: Random) -> Self {
        Self { folder: folder.to_owned(), key, random }
    }

    /// 32 fresh random bytes.
    ///
    /// # Errors
    /// If the system gives none.
    pub fn fresh(&self) -> Result<Zeroizing<[u8; 32]>, VaultError> {
        let mut bytes = Zeroizing::new([0; 32]);
        (self.random)(bytes.as_mut_slice()).map_err(|error| self.io(error))?;
        Ok(bytes)
    }

    /// The secret of a name; nothing if there is none.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub fn get(&self, name: &[u8]) -> Result<Option<Zeroizing<[u8; 32]>>, VaultError> {
        let path = self.path(name);
        let sealed = match std::fs::read(&path) {
            Ok(sealed) => sealed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.io(error)),
        };
        let foreign = || VaultError::Foreign(path.display().to_string());
        let opened = sealing::open(&self.key, &purpose(name), &sealed).map_err(|_| foreign())?;
        let secret: [u8; 32] = opened.as_slice().try_into().map_err(|_| foreign())?;
        Ok(Some(Zeroizing::new(secret)))
    }

    /// Keeps a secret: it survives loss of power when this returns. One that is there is not replaced.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub fn put(&self, name: &[u8], secret: &[u8; 32]) -> Result<(), VaultError> {
        let mut nonce = [0; NONCE_BYTES];
        (self.random)(&mut nonce).map_err(|error| self.io(error))?;
        let path = self.path(name);
        let sealed = sealing::seal(&self.key, &nonce, &purpose(name), secret)
            .map_err(|_| VaultError::Foreign(path.display().to_string()))?;
        self.write(&path, &sealed).map_err(|error| self.io(error))
    }

    /// Written aside, synced, and linked into its place, so that it is there whole or not at all.
    fn write(&self, path: &Path, sealed: &[u8]) -> io::Result<()> {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        let aside = path.with_extension("new");
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&aside)?;
        file.write_all(sealed)?;
        file.sync_all()?;
        std::fs::hard_link(&aside, path)?; // unlike a rename it never replaces
        std::fs::remove_file(&aside)?;
        File::open(&self.folder)?.sync_all()?;
        self.folder.parent().map_or(Ok(()), |parent| File::open(parent)?.sync_all())
    }

    fn path(&self, name: &[u8]) -> PathBuf {
        self.folder.join(sealing::place(name))
    }

    fn io(&self, error: io::Error) -> VaultError {
        VaultError::Io(self.folder.display().to_string(), error)
    }
}

/// What a file is sealed for: it opens in the place of its own name only.
fn purpose(name: &[u8]) -> Vec<u8> {
    // "lotbook v1 vault\n" || name
    [b"lotbook v1 vault\n".as_slice(), name].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn counting(buffer: &mut [u8]) -> io::Result<()> {
        (1..).zip(buffer).for_each(|(n, byte)| *byte = n);
        Ok(())
    }

    fn vault(dir: &Path, key: u8) -> Vault {
        Vault::new(&dir.join("vault"), Zeroizing::new([key; 32]), counting)
    }

    #[test]
    fn a_secret_is_found_again_and_lies_encrypted_for_its_owner_only() {
        let dir = tempfile::tempdir().unwrap();
        assert!(vault(dir.path(), 1).get(b"a").unwrap().is_none());
        vault(dir.path(), 1).put(b"a", &[0xab; 32]).unwrap();
        assert_eq!(**vault(dir.path(), 1).get(b"a").unwrap().as_ref().unwrap(), [0xab; 32]);
        let file = std::fs::read_dir(dir.path().join("vault")).unwrap().next().unwrap().unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let bytes = std::fs::read(file.path()).unwrap();
        assert!(!bytes.windows(4).any(|w| w == [0xab; 4]));
    }

    #[test]
    fn a_secret_is_never_replaced() {
        let dir = tempfile::tempdir().unwrap();
        vault(dir.path(), 1).put(b"a", &[1; 32]).unwrap();
        assert!(vault(dir.path(), 1).put(b"a", &[2; 32]).is_err());
        assert_eq!(**vault(dir.path(), 1).get(b"a").unwrap().as_ref().unwrap(), [1; 32]);
    }

    #[test]
    fn another_key_another_name_or_one_changed_bit_opens_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let own = vault(dir.path(), 1);
        own.put(b"a", &[1; 32]).unwrap();
        assert!(matches!(vault(dir.path(), 2).get(b"a"), Err(VaultError::Foreign(_))));
        std::fs::copy(own.path(b"a"), own.path(b"b")).unwrap();
        assert!(matches!(own.get(b"b"), Err(VaultError::Foreign(_))));
        let mut bytes = std::fs::read(own.path(b"a")).unwrap();
        bytes[40] ^= 1;
        std::fs::write(own.path(b"a"), bytes).unwrap();
        assert!(matches!(own.get(b"a"), Err(VaultError::Foreign(_))));
    }

    #[test]
    fn what_was_cut_off_aside_is_no_secret_and_hinders_none() {
        let dir = tempfile::tempdir().unwrap();
        let own = vault(dir.path(), 1);
        std::fs::create_dir(&own.folder).unwrap();
        std::fs::write(own.path(b"a").with_extension("new"), b"half").unwrap();
        assert!(own.get(b"a").unwrap().is_none());
        own.put(b"a", &[3; 32]).unwrap();
        assert!(own.get(b"a").unwrap().is_some());
    }
}
