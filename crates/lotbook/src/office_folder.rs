//! An office's folder: the files an import takes, or the sample office that the program carries.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};

/// A file with its name, without folder.
pub type File = (String, Vec<u8>);

/// The standard files of a folder, in order of name.
pub fn read_folder(folder: &Path) -> Result<Vec<File>> {
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("failed to read the folder {}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    paths.sort();
    let standard = |path: &PathBuf| {
        path.file_name().and_then(|name| name.to_str()).is_some_and(lotbook_import::is_standard)
    };
    let files: Vec<File> =
        paths.iter().filter(|path| standard(path)).map(|path| read_file(path)).collect::<Result<_>>()?;
    if files.is_empty() {
        bail!(
            "{} holds none of {} or plan*.toml",
            folder.display(),
            lotbook_import::STANDARD_NAMES.join(", ")
        );
    }
    Ok(files)
}

/// One file.
pub fn read_file(path: &Path) -> Result<File> {
    let name = path.file_name().and_then(|name| name.to_str()).context("a file name that is not text")?;
    let bytes = std::fs::read(path).with_context(|| format!("failed to read {}", path.display()))?;
    Ok((name.to_owned(), bytes))
}

/// The synthetic sample office.
pub fn sample() -> Vec<File> {
    macro_rules! files {
        ($($name:literal),*) => {
            vec![$(($name.to_owned(), include_bytes!(concat!("../../../tests/sample/", $name)).to_vec())),*]
        };
    }
    files!(
        "conflicts.csv",
        "enterprises.csv",
        "inspectors.csv",
        "items.csv",
        "office.toml",
        "plan-S01.toml",
        "plan.toml",
        "schemes.toml",
        "sections.csv"
    )
}
