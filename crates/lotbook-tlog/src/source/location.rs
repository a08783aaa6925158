//! What a user writes to say where a log is: a URL or a folder.

use super::{Folder, Http, Source};
use core::fmt;
use core::str::FromStr;
use std::path::PathBuf;
use std::sync::Arc;
use ureq::http::Uri;

/// A folder, or a prefix on a web server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A folder of static files.
    Folder(PathBuf),
    /// A prefix that is asked over HTTP.
    Http(Prefix),
}

/// `http://` or `https://`, a host, and a path without a slash at its end; no query, no credentials.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Prefix(String);

/// Why a text says no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LocationError {
    /// Nothing at all.
    #[error("the place of a log is empty")]
    Empty,
    /// A URL of a scheme that is not spoken here, or of none where one is needed.
    #[error("{0:?} does not begin with http:// or https://")]
    Scheme(String),
    /// Not a URL, or one with a query, a fragment or credentials.
    #[error("{0:?} is no prefix: a URL of host and path only is needed")]
    Url(String),
}

impl Location {
    /// The source there; nothing is read yet.
    pub fn open(&self) -> Arc<dyn Source> {
        match self {
            Self::Folder(path) => Arc::new(Folder::new(path)),
            Self::Http(prefix) => Arc::new(Http::new(prefix.clone())),
        }
    }
}

impl FromStr for Location {
    type Err = LocationError;

    /// What has `://` in it is a URL, anything else a folder.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() {
            Err(LocationError::Empty)
        } else if text.contains("://") {
            text.parse().map(Self::Http)
        } else {
            Ok(Self::Folder(text.into()))
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => path.display().fmt(f),
            Self::Http(prefix) => prefix.fmt(f),
        }
    }
}

impl Prefix {
    /// The URL of a path below the prefix; the path begins without a slash.
    pub fn join(&self, path: &str) -> String {
        format!("{}/{path}", self.0)
    }
}

impl FromStr for Prefix {
    type Err = LocationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let scheme = text.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        if !matches!(scheme.as_deref(), Some("http" | "https")) {
            return Err(LocationError::Scheme(text.to_owned()));
        }
        let error = || LocationError::Url(text.to_owned());
        let uri: Uri = text.parse().map_err(|_| error())?;
        let host = uri.authority().filter(|authority| !authority.as_str().contains('@')).ok_or_else(error)?;
        if host.host().is_empty() || uri.query().is_some() || text.contains('#') {
            return Err(error());
        }
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
