//! Tables for people: columns aligned by the width of what is shown, Chinese characters counted as two.

use crate::say;

/// A table.
pub struct Table<const N: usize> {
    head: [&'static str; N],
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    /// A table with its columns.
    pub fn new(head: [&'static str; N]) -> Self {
        Self { head, rows: vec![] }
    }

    /// Adds a row.
    pub fn row(&mut self, row: [String; N]) {
        self.rows.push(row);
    }

    /// Prints it, or says what there is none of.
    pub fn say(&self, nothing: &str) {
        if self.rows.is_empty() {
            say!("{nothing}");
            return;
        }
        let head = self.head.map(str::to_owned);
        let mut widths = [0; N];
        for row in self.rows.iter().chain([&head]) {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(width_of(cell));
            }
        }
        for row in [&head].into_iter().chain(&self.rows) {
            let cells: Vec<_> = row.iter().zip(widths).map(|(cell, width)| padded(cell, width)).collect();
            say!("{}", cells.join("  ").trim_end());
        }
    }
}

/// A text with blanks up to a width.
pub fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(width_of(text))))
}

/// Columns a text takes on a terminal.
pub fn width_of(text: &str) -> usize {
    text.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

/// East Asian wide and full-width characters, as far as the office's texts have them.
fn is_wide(c: char) -> bool {
    matches!(u32::from(c),
        0x1100..=0x115f | 0x2e80..=0x303e | 0x3041..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f | 0xff01..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1faff | 0x20000..=0x3fffd)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_characters_take_two_columns() {
        assert_eq!(width_of("I024 张三"), 9);
        assert_eq!(padded("张三", 6), "张三  ");
        assert_eq!(width_of("（在营）"), 8);
    }
}
