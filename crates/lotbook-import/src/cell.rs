//! One cell to one value. Each function gives the value and its canonical text; where that differs
//! from the cell, the cell was repaired.

use lotbook_event::wire::FieldError;
use lotbook_event::{Date, Text, Uscc, is_plainly_nfc};
use unicode_normalization::UnicodeNormalization;

/// Why a cell cannot be read, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub because: String,
    pub remedy: &'static str,
}

/// A value with its canonical text.
pub(crate) type Parsed<T> = Result<(T, String), Fault>;

pub(crate) fn fault<T>(because: impl Into<String>, remedy: &'static str) -> Result<T, Fault> {
    Err(Fault { because: because.into(), remedy })
}

/// What spreadsheets write where a formula failed.
const FORMULA_ERRORS: [&str; 9] =
    ["#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"];

/// Whether a formula failed in the cell: nobody wrote what it says.
pub(crate) fn is_formula_error(cell: &str) -> bool {
    FORMULA_ERRORS.contains(&clean(cell).as_str())
}

/// Without white space around it (ideographic, no-break and zero-width too), in NFC.
pub(crate) fn clean(cell: &str) -> String {
    let bare = cell.trim_matches(is_white);
    // Nearly all cells are; normalising them took a third of an import.
    if is_plainly_nfc(bare) { bare.to_string() } else { bare.nfc().collect() }
}

/// Whether nothing is in the cell but white space.
pub(crate) fn is_blank(cell: &str) -> bool {
    cell.chars().all(is_white)
}

fn is_white(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200d}' | '\u{feff}' | '\u{2060}')
}

/// A clean cell with full-width ASCII made half-width; for codes, numbers and dates, not for names.
pub(crate) fn code(cell: &str) -> String {
    let narrow = |c: char| match u32::from(c) {
        n @ 0xff01..=0xff5e => char::from_u32(n - 0xfee0).unwrap_or(c),
        _ => c,
    };
    clean(cell).chars().map(narrow).collect()
}

/// A text that may be empty.
pub(crate) fn text(cell: &str) -> Parsed<Text> {
    strong(clean(cell), Text::new, "shorten or correct it")
}

/// A text that must not be empty.
pub(crate) fn filled(cell: &str) -> Parsed<Text> {
    if clean(cell).is_empty() { fault("it is empty", "fill it in") } else { text(cell) }
}

/// An identifier.
pub(crate) fn id<T>(cell: &str, new: fn(String) -> Result<T, FieldError>) -> Parsed<T> {
    strong(code(cell), new, "give an identifier without white space or slash")
}

fn strong<T>(
    canonical: String,
    new: impl Fn(String) -> Result<T, FieldError>,
    remedy: &'static str,
) -> Parsed<T> {
    match new(canonical.clone()) {
        Ok(value) => Ok((value, canonical)),
        Err(error) => fault(error.problem, remedy),
    }
}

/// A unified social credit code (Art. 11; GB 32100-2015). One whose check fails is read only if it is known
/// to be lawful.
pub(crate) fn uscc(cell: &str, lawful: impl Fn(&Uscc) -> bool) -> Parsed<Uscc> {
    let canonical: String = code(cell).chars().filter(|c| !c.is_whitespace()).collect();
    let canonical = canonical.to_ascii_uppercase();
    if is_scientific(&canonical) {
        return fault(
            "a spreadsheet made a number of the code (scientific notation) and its last digits are lost (Art. 11)",
            "format the column as text and take the code from the licence again",
        );
    }
    let checked = |text| {
        Uscc::new(text).and_then(|code| if lawful(&code) { Ok(code) } else { code.conforms().map(|()| code) })
    };
    strong(
        canonical,
        checked,
        "compare it with the licence (Art. 11); a lawful early code that fails the check is enrolled by a signed override: import --nonconforming CODE=REASON",
    )
}

fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once('E') else { return false };
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    digits(mantissa)
        && digits(exponent.trim_start_matches(['+', '-']))
        && (text.contains('+') || mantissa.contains('.'))
}

/// Digits of the number by which spreadsheets count the days of our time; from which day on they count is not
/// in the number.
const SERIAL_DIGITS: usize = 5;

/// A date; `2026/1/5`, `2026.1.5`, `2026年1月5日` and `20260105` are repaired.
pub(crate) fn date(cell: &str) -> Parsed<Date> {
    const REMEDY: &str = "write it as YYYY-MM-DD";
    let found = code(cell);
    if found.is_empty() {
        return fault("it is empty", REMEDY);
    }
    if found.len() == SERIAL_DIGITS && found.bytes().all(|byte| byte.is_ascii_digit()) {
        return fault("it is a number; a spreadsheet counts days so", "format the column as a date");
    }
    let day = found.split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> =
        day.split(['-', '/', '.', '年', '月', '日']).filter(|part| !part.is_empty()).collect();
    let canonical = match parts.as_slice() {
        [y, m, d] => format!("{y}-{m:0>2}-{d:0>2}"),
        [all] if all.len() == 8 && all.is_ascii() => {
            let (y, rest) = all.split_at(4);
            let (m, d) = rest.split_at(2);
            format!("{y}-{m}-{d}")
        }
        _ => return fault("it is not a date", REMEDY),
    };
    match Date::new(&canonical) {
        Ok(date) => Ok((date, canonical)),
        Err(_) => fault("it is not a date that exists", REMEDY),
    }
}

/// A date that may be empty.
pub(crate) fn date_if_any(cell: &str) -> Parsed<Option<Date>> {
    if clean(cell).is_empty() {
        return Ok((None, String::new()));
    }
    date(cell).map(|(date, canonical)| (Some(date), canonical))
}

/// 是 or 否; Y, N and the like are repaired.
pub(crate) fn yes_no(cell: &str) -> Parsed<bool> {
    match code(cell).to_lowercase().as_str() {
        "是" | "y" | "yes" | "true" | "1" | "√" | "有" => Ok((true, "是".into())),
        "否" | "n" | "no" | "false" | "0" | "×" | "无" => Ok((false, "否".into())),
        "" => fault("it is empty", "write 是 or 否"),
        _ => fault("it is neither 是 nor 否", "write 是 or 否"),
    }
}

/// 是 or 否; empty means 否.
pub(crate) fn yes_or_empty(cell: &str) -> Parsed<bool> {
    if clean(cell).is_empty() { Ok((false, String::new())) } else { yes_no(cell) }
}

/// A whole number.
pub(crate) fn number(cell: &str) -> Parsed<u32> {
    let canonical = code(cell);
    let digits = !canonical.is_empty() && canonical.bytes().all(|b| b.is_ascii_digit());
    match canonical.parse() {
        Ok(value) if digits => Ok((value, canonical)),
        _ => fault("it is not a whole number", "write it in digits, without unit"),
    }
}

/// A registration state; the long wordings of the national publicity system are repaired (Art. 11).
pub(crate) fn registration(cell: &str) -> Parsed<Text> {
    let found = clean(cell);
    let short = found.split(['（', '(', '，', ',']).next().map(clean).unwrap_or_default();
    let canonical = match short.as_str() {
        "" => return fault("it is empty (Art. 11)", "fill in the registration state"),
        "存续" | "在营" | "开业" | "在册" | "在业" | "正常" | "迁入" => "存续".to_string(),
        "吊销" | "吊销未注销" if !found.contains("已注销") => "吊销".to_string(),
        "注销" | "已注销" | "吊销" => "注销".to_string(),
        "迁出" | "已迁出" => "迁出".to_string(),
        _ => found,
    };
    strong(canonical, Text::new, "shorten or correct it")
}
