//! A transparency log as others see it: its tiles as static files or over HTTP, read and written, and
//! its witnesses, asked and served. Knows C2SP and bytes, no event: it works for any tlog.

// A test may panic: that is how it fails.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]
