//! How large a workbook really is when it is unpacked. What it says of itself is not believed: a few
//! kilobytes can unpack to more than a machine has.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::broken;
use crate::report::Problem;

/// Most bytes of a workbook's parts together when unpacked, and of its texts where cells share them:
/// 100,000 enterprises need some 80 MB.
pub const MAX_UNPACKED_BYTES: u64 = 256 << 20;

/// Most parts of a workbook: sheets, styles, pictures.
const MAX_PARTS: usize = 4_096;

/// Unpacks every part to nowhere and counts.
pub(super) fn check(bytes: &[u8]) -> Result<(), Problem> {
    let torn = |error: &dyn core::fmt::Display| broken(format!("it is torn or no workbook: {error}"));
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| torn(&error))?;
    if archive.len() > MAX_PARTS {
        return Err(broken(format!("it has more than {MAX_PARTS} parts")));
    }
    let mut left = MAX_UNPACKED_BYTES;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| torn(&error))?;
        let read = std::io::copy(&mut part.take(left.saturating_add(1)), &mut std::io::sink());
        left = left.checked_sub(read.map_err(|error| torn(&error))?).ok_or_else(|| {
            let because = format!("it unpacks to more than {MAX_UNPACKED_BYTES} bytes");
            Problem::new("", "", because, "split it and import the parts; empty sheets and formats can go")
        })?;
    }
    Ok(())
}
