//! The short cuts say what the long ways say.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, is_nfc_quick};

#[test]
fn what_is_plainly_nfc_is_so_by_the_tables_of_unicode() {
    let plain = (char::MIN..=char::MAX).filter(|c| is_plainly_nfc(c.encode_utf8(&mut [0; 4])));
    let mut count = 0;
    for c in plain {
        assert_eq!(is_nfc_quick(std::iter::once(c)), IsNormalized::Yes, "{c:?}");
        assert_eq!(canonical_combining_class(c), 0, "{c:?}");
        count += 1;
    }
    assert_eq!(count, 0x300 + 0x5200);
}

#[test]
fn other_texts_are_still_looked_at() {
    for decomposed in ["e\u{301}", "か\u{3099}", "\u{f900}", "\u{1100}\u{1161}", "\u{212b}"] {
        assert!(Text::new(decomposed).is_err(), "{decomposed:?}");
    }
    for composed in ["\u{e9}", "抽查", "随机抽查 2026（试行）", "\u{ac00}", "q\u{323}\u{307}", "抽\u{3099}"]
    {
        assert!(Text::new(composed).is_ok(), "{composed:?}");
    }
}

#[test]
fn a_date_has_one_form_whatever_the_parser_would_take() {
    for good in ["2026-03-01", "2028-02-29", "0001-01-01", "9999-12-31"] {
        assert_eq!(Date::new(good).unwrap().to_string(), good);
    }
    for bad in
        ["20260301", "2026-3-01", "2026-02-30", "+2026-03-01", "-002026-03-01", "2026-060", "2026-W10-1"]
    {
        assert!(Date::new(bad).is_err(), "{bad}");
    }
    for bad in ["2026-03-01T00:00", "2026-03-01 ", "２０２６-03-01", "", "2026/03/01", "10000-01-01"] {
        assert!(Date::new(bad).is_err(), "{bad}");
    }
}
