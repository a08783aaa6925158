//! Standard output, line by line; a reader that has gone away ends the process quietly.

use std::io::Write;

/// Exit code of a process whose reader has gone away, as shells know it (128 + SIGPIPE).
const READER_GONE: i32 = 141;

/// Writes one line to standard output.
pub fn line(text: std::fmt::Arguments<'_>) {
    let mut out = std::io::stdout().lock();
    if writeln!(out, "{text}").and_then(|()| out.flush()).is_err() {
        std::process::exit(READER_GONE);
    }
}

/// `println!` that does not panic when nobody reads any more.
#[macro_export]
macro_rules! say {
    ($($text:tt)*) => { $crate::out::line(format_args!($($text)*)) };
}
