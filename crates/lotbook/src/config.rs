//! The configuration file of a server (TOML); what stands on the command line comes first.

use crate::exit::usage;
use crate::given;
use anyhow::{Context, Result};
use lotbook_chain::Policy;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Every key there is; paths are relative to the file's own folder.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The anchor's file.
    pub anchor: Option<PathBuf>,
    /// Address for gRPC.
    pub listen: Option<SocketAddr>,
    /// Address for HTTP: checkpoint and tiles.
    pub http: Option<SocketAddr>,
    /// Witnesses that are asked, and the quorum that is waited for (C2SP tlog-policy, with addresses).
    pub witnesses: Option<PathBuf>,
}

impl Config {
    /// Reads a file; no file is an empty one.
    ///
    /// # Errors
    /// What cannot be read; wrong usage, naming the key, if there is one too many or of another kind.
    pub fn read(path: Option<&Path>) -> Result<Self> {
        let Some(path) = path else { return Ok(Self::default()) };
        let text =
            std::fs::read_to_string(path).with_context(|| format!("failed to read {}", path.display()))?;
        let wrong = |error: toml::de::Error| usage(format!("{}: {}", path.display(), error.message()));
        let config: Self = toml::from_str(&text).map_err(wrong)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let beside = |given: Option<PathBuf>| given.map(|given| folder.join(given));
        Ok(Self { anchor: beside(config.anchor), witnesses: beside(config.witnesses), ..config })
    }

    /// The witnesses' policy, each witness with an address to ask it at.
    ///
    /// # Errors
    /// Wrong usage, naming a witness without one.
    pub fn policy(&self) -> Result<Option<Policy>> {
        let Some(path) = &self.witnesses else { return Ok(None) };
        let policy = given::policy(path)?;
        match policy.witnesses().iter().find(|witness| witness.url.is_none()) {
            Some(witness) => Err(usage(format!(
                "{}: witness {} has no address: write `witness NAME VKEY URL`",
                path.display(),
                witness.name
            ))),
            None => Ok(Some(policy)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lotbook.toml");
        std::fs::write(&path, text).unwrap();
        Config::read(Some(&path))
    }

    #[test]
    fn every_key_is_read_and_paths_are_beside_the_file() {
        let config = read(
            "anchor = \"/volume/anchor\"\nlisten = \"127.0.0.1:7710\"\nhttp = \"127.0.0.1:7711\"\nwitnesses = \"w.policy\"\n",
        )
        .unwrap();
        assert_eq!(config.anchor.as_deref(), Some(Path::new("/volume/anchor")));
        assert_eq!(config.http.unwrap().port(), 7711);
        assert!(config.witnesses.unwrap().ends_with("w.policy"));
        assert!(Config::read(None).unwrap().listen.is_none());
    }

    #[test]
    fn a_key_too_many_is_named() {
        let error = read("htpp = \"127.0.0.1:7711\"\n").unwrap_err();
        assert!(error.to_string().contains("htpp"), "{error}");
        assert!(read("listen = 7710\n").is_err());
    }
}
