//! From the bytes of a file to its text: UTF-8 with or without BOM, or GB18030; line ends become LF.

use encoding_rs::GB18030;

use crate::report::Problem;

/// Largest file that is read, in bytes: some 200,000 enterprises.
pub const MAX_FILE_BYTES: usize = 64 << 20;

/// A file's text, and whether it had to be read as GB18030.
pub(crate) struct Decoded {
    pub text: String,
    pub gb18030: bool,
}

/// Decodes a file; never guesses beyond these two encodings.
pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded, Problem> {
    check(bytes)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let (text, gb18030) = match core::str::from_utf8(bytes) {
        Ok(text) => (text.to_string(), false),
        Err(error) => (gb18030(bytes, error.valid_up_to())?, true),
    };
    if text.contains('\0') {
        return Err(Problem::new("", "", "it holds U+0000 and is no text", SAVE_AS));
    }
    Ok(Decoded { text: text.replace("\r\n", "\n").replace('\r', "\n"), gb18030 })
}

const SAVE_AS: &str = "save it as CSV UTF-8 (or TOML) and import it again";

fn check(bytes: &[u8]) -> Result<(), Problem> {
    if bytes.len() > MAX_FILE_BYTES {
        let found = format!("{} bytes", bytes.len());
        let because = format!("it is larger than {MAX_FILE_BYTES} bytes");
        return Err(Problem::new("", found, because, "split it and import the parts"));
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Problem::new("", "", "it is empty", "check that the right file was given"));
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        let because = "it is a workbook of the old kind (XLS), or one that is closed with a password";
        return Err(Problem::new("", "", because, "save it as XLSX without password and import it again"));
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(Problem::new("", "", "it is in UTF-16", SAVE_AS));
    }
    Ok(())
}

fn gb18030(bytes: &[u8], valid_up_to: usize) -> Result<String, Problem> {
    let text = GB18030.decode_without_bom_handling_and_without_replacement(bytes);
    text.map(std::borrow::Cow::into_owned).ok_or_else(|| {
        let because = format!("it is neither UTF-8 (wrong from byte {valid_up_to} on) nor GB18030");
        Problem::new("", "", because, SAVE_AS)
    })
}
