//! Views as text for people: `field  value` lines, lists of rows as tables.

use crate::say;
use crate::table::{padded, width_of};
use serde_json::{Map, Value};

/// Widest cell of a table; what is longer is cut.
const MAX_CELL: usize = 48;

/// Prints an object.
pub fn say(view: &Value) {
    lines(view, "").iter().for_each(|line| say!("{line}"));
}

fn lines(view: &Value, indent: &str) -> Vec<String> {
    let Some(fields) = view.as_object() else { return vec![format!("{indent}{}", cell(view))] };
    let width = fields.keys().map(|name| width_of(name)).max().unwrap_or(0);
    let mut all = vec![];
    for (name, value) in fields {
        match value {
            Value::Object(_) => {
                all.push(format!("{indent}{name}"));
                all.extend(lines(value, &format!("{indent}  ")));
            }
            Value::Array(rows) if rows.iter().any(Value::is_object) => {
                all.push(format!("{indent}{name}"));
                let flat: Vec<_> = rows.iter().map(flat).collect();
                all.extend(table(&flat, &[], &format!("{indent}  ")));
            }
            Value::Null => {}
            value => all.push(format!("{indent}{}  {}", padded(name, width), cell(value))),
        }
    }
    all
}

/// An object with its inner objects' fields beside its own.
pub fn flat(view: &Value) -> Map<String, Value> {
    let mut all = Map::new();
    for (name, value) in view.as_object().into_iter().flatten() {
        match value {
            Value::Object(_) => all.extend(flat(value)),
            value => {
                all.insert(name.clone(), value.clone());
            }
        }
    }
    all
}

/// Rows as a table with these columns, or with every column that a row has.
pub fn table(rows: &[Map<String, Value>], columns: &[&str], indent: &str) -> Vec<String> {
    let mut names: Vec<String> = columns.iter().map(|&name| name.to_owned()).collect();
    if names.is_empty() {
        for name in rows.iter().flat_map(Map::keys) {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
    }
    let text = |row: &Map<String, Value>, name: &String| {
        row.get(name).map_or(String::new(), |value| cut(&cell(value)))
    };
    let cells: Vec<Vec<String>> =
        rows.iter().map(|row| names.iter().map(|name| text(row, name)).collect()).collect();
    let all: Vec<_> = std::iter::once(&names).chain(&cells).collect();
    let width = |column: usize| {
        all.iter().filter_map(|row| row.get(column)).map(|text| width_of(text)).max().unwrap_or(0)
    };
    let widths: Vec<_> = (0..names.len()).map(width).collect();
    let line = |row: &&Vec<String>| {
        let cells: Vec<_> = row.iter().zip(&widths).map(|(text, width)| padded(text, *width)).collect();
        format!("{indent}{}", cells.join("  ").trim_end())
    };
    all.iter().map(line).collect()
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) if values.iter().any(Value::is_object) => format!("{} rows", values.len()),
        Value::Array(values) => values.iter().map(cell).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn cut(text: &str) -> String {
    if width_of(text) <= MAX_CELL {
        return text.to_owned();
    }
    let mut short = String::new();
    for letter in text.chars() {
        if width_of(&short) + 4 > MAX_CELL {
            break;
        }
        short.push(letter);
    }
    format!("{short}...")
}
