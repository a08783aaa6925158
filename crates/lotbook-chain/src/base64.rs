//! Base64 with padding (RFC 4648 section 4), as C2SP's lines are written in: one text for the same bytes.

pub(crate) use data_encoding::BASE64;

/// The bytes of a text in the alphabet `A-Za-z0-9+/`, padded with `=` at its end.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    // The library also takes padded texts one after the other ("AA==AA=="): a second spelling, refused here.
    let padded_within = text.trim_end_matches('=').contains('=');
    if padded_within { None } else { BASE64.decode(text.as_bytes()).ok() }
}

#[cfg(test)]
mod tests;
