//! Percent texts and millionths, exactly and without floats: `0.5%` is 5,000 ppm.

/// All of it.
pub const FULL_PPM: u32 = 1_000_000;

/// Parses `10%`, `0.5%` or `100%` to millionths.
///
/// # Errors
/// A text that says what is wrong with it.
pub fn parse_percent(text: &str) -> Result<u32, &'static str> {
    let number = text.strip_suffix('%').ok_or("it has no percent sign at its end")?;
    parse_percent_number(number)
}

/// Parses the number before the percent sign, with at most four decimals, to millionths.
///
/// # Errors
/// A text that says what is wrong with it.
pub fn parse_percent_number(number: &str) -> Result<u32, &'static str> {
    let (whole, decimals) = match number.split_once('.') {
        Some((_, "")) => return Err("there is no digit after its point"),
        Some(parts) => parts,
        None => (number, ""),
    };
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || !digits(whole) || !digits(decimals) {
        return Err("it is not a percentage in plain digits");
    }
    if decimals.len() > 4 {
        return Err("it has more than four decimals");
    }
    let ppm = format!("{whole}{decimals:0<4}").parse::<u32>().map_err(|_| "it is not a percentage")?;
    if ppm > FULL_PPM { Err("it is over 100%") } else { Ok(ppm) }
}

/// The shortest percent text of a number of millionths.
pub fn format_percent(ppm: u32) -> String {
    let decimals = format!("{:04}", ppm % 10_000);
    let decimals = decimals.trim_end_matches('0');
    let point = if decimals.is_empty() { "" } else { "." };
    format!("{}{point}{decimals}%", ppm / 10_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn percents_are_exact_and_everything_else_is_named() {
        assert_eq!(
            ["10%", "0.5%", "100%", "0%", "33.3333%"].map(parse_percent),
            [100_000, 5_000, 1_000_000, 0, 333_333].map(Ok)
        );
        for bad in [
            "",
            "%",
            "10",
            "10.%",
            ".5%",
            "-1%",
            "+1%",
            "1e1%",
            "100.0001%",
            "0.12345%",
            "1 %",
            "１0%",
            "1000%",
            "1,5%",
        ] {
            assert!(parse_percent(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_formatted_percent_parses_to_itself(ppm in 0..=FULL_PPM) {
            prop_assert_eq!(parse_percent(&format_percent(ppm)), Ok(ppm));
        }

        #[test]
        fn no_text_panics_or_exceeds_all(text in "\\PC{0,12}") {
            prop_assert!(parse_percent(&text).unwrap_or(0) <= FULL_PPM);
        }
    }
}
