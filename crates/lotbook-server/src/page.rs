//! Pages of a list (AIP-158): how many rows, behind which key, and how the next page is named.

use crate::limits;
use data_encoding::BASE64URL_NOPAD;
use lotbook_domain::projection::BadKey;
use lotbook_rpc::status;
use prost::Message;
use tonic::Status;

/// A page that is asked for.
pub(crate) struct Page {
    rows: usize,
    after: String,
}

impl Page {
    /// Reads size and token of a request: 0 is the usual size, more than the limit is the limit.
    pub fn parse(page_size: i32, page_token: &str) -> Result<Self, Status> {
        let rows = usize::try_from(page_size).map_err(|_| {
            status::malformed_request("page_size", &format!("is {page_size}, less than no rows"))
        })?;
        let rows = if rows == 0 { limits::PAGE_ROWS } else { rows.min(limits::MAX_PAGE_ROWS) };
        let decoded = BASE64URL_NOPAD.decode(page_token.as_bytes()).ok();
        let after = decoded.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(bad_token)?;
        Ok(Self { rows, after })
    }

    /// The key behind which it begins; empty for the first page.
    pub fn after(&self) -> &str {
        &self.after
    }

    /// Takes the rows of this page, and the token of the next one; empty at the end.
    pub fn fill<V: Message>(
        &self,
        rows: Result<impl Iterator<Item = (String, V)>, BadKey>,
    ) -> Result<(Vec<V>, String), Status> {
        let (mut page, mut bytes, mut last) = (Vec::new(), 0_usize, String::new());
        for (key, row) in rows.map_err(|_| bad_token())? {
            bytes = bytes.saturating_add(row.encoded_len());
            let full = page.len() == self.rows || bytes > limits::PAGE_BYTES;
            // One row is always taken, or the list would not go on.
            if full && !page.is_empty() {
                return Ok((page, BASE64URL_NOPAD.encode(last.as_bytes())));
            }
            page.push(row);
            last = key;
        }
        Ok((page, String::new()))
    }
}

fn bad_token() -> Status {
    status::malformed_request("page_token", "is not the next_page_token of a page of this list")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(after: &str) -> Result<impl Iterator<Item = (String, u64)> + use<>, BadKey> {
        let after: u64 =
            if after.is_empty() { Ok(0) } else { after.parse() }.map_err(|_| BadKey(after.into()))?;
        Ok((after + 1..=1_203).map(|n| (n.to_string(), n)))
    }

    fn all(size: i32) -> (Vec<u64>, Vec<usize>) {
        let (mut all, mut pages, mut token) = (Vec::new(), Vec::new(), String::new());
        loop {
            let page = Page::parse(size, &token).unwrap();
            let (rows, next) = page.fill(numbers(page.after())).unwrap();
            pages.push(rows.len());
            all.extend(rows);
            if next.is_empty() {
                return (all, pages);
            }
            token = next;
        }
    }

    #[test]
    fn every_size_gives_every_row_once_in_order() {
        let expected: Vec<u64> = (1..=1_203).collect();
        for size in [1, 7, 50, 401, 500] {
            assert_eq!(all(size).0, expected, "{size}");
        }
        assert_eq!(all(401).1, [401, 401, 401], "the last page is full, and no empty one follows");
        assert_eq!(all(i32::MAX).1, [500, 500, 203], "more than the limit is the limit");
        assert_eq!(all(0).1.first(), Some(&50), "none is the usual size");
    }

    #[test]
    fn what_is_no_size_or_token_is_named() {
        for (size, token, field) in [(-1, "", "page_size"), (0, "?", "page_token"), (0, "_w", "page_token")] {
            let error = Page::parse(size, token).err().unwrap();
            assert_eq!(lotbook_rpc::explain(&error).field.as_deref(), Some(field));
        }
        let other = BASE64URL_NOPAD.encode(b"I007");
        let page = Page::parse(0, &other).unwrap();
        let error = page.fill(numbers(page.after())).unwrap_err();
        assert_eq!(lotbook_rpc::explain(&error).field.as_deref(), Some("page_token"));
    }
}
