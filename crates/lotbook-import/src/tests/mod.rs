//! The room's tests: the sample office, the dirty file, and everything that is wrong with files.

mod broken;
mod changes;
mod dirty;
mod listing;
mod nonconforming;
mod sample;
mod titles;
mod toml_keys;
mod workbook;

use crate::*;
use lotbook_event::{Date, Event};

/// A file as the import takes it.
pub(super) fn file(name: &str, content: impl Into<Vec<u8>>) -> (String, Vec<u8>) {
    (name.to_string(), content.into())
}

macro_rules! sample_file {
    ($name:literal) => {
        file($name, &include_bytes!(concat!("../../../../tests/sample/", $name))[..])
    };
}
pub(super) use sample_file;

/// The sample folder, standard names only.
pub(super) fn sample() -> Vec<(String, Vec<u8>)> {
    vec![
        sample_file!("office.toml"),
        sample_file!("sections.csv"),
        sample_file!("items.csv"),
        sample_file!("inspectors.csv"),
        sample_file!("enterprises.csv"),
        sample_file!("conflicts.csv"),
        sample_file!("plan.toml"),
        sample_file!("plan-S01.toml"),
        sample_file!("schemes.toml"),
    ]
}

/// The text of one sample file.
pub(super) fn sample_text(name: &str) -> String {
    let bytes = sample().into_iter().find(|(file, _)| file == name).unwrap().1;
    String::from_utf8(bytes).unwrap()
}

/// Different salts, the same ones in each test.
pub(super) fn salts() -> impl FnMut() -> [u8; 32] {
    let mut n = 0_u8;
    move || {
        n = n.wrapping_add(1);
        [n; 32]
    }
}

pub(super) fn options() -> Options {
    Options {
        complete: false,
        calendars_from_year: Some(2026),
        items_published_on: Some(Date::new("2026-01-20").unwrap()),
        ..Options::default()
    }
}

pub(super) fn run(files: &[(String, Vec<u8>)], known: &Known) -> Import {
    import(files, known, &options(), &mut salts())
}

/// What is known after a list of drafts.
pub(super) fn after(known: &Known, import: &Import) -> Known {
    let mut known = known.clone();
    import.drafts.iter().for_each(|draft| known.apply(&draft.event));
    known
}

/// What is known after the sample folder.
pub(super) fn sample_known() -> Known {
    after(&Known::default(), &run(&sample(), &Known::default()))
}

/// The report of the one file given.
pub(super) fn report(name: &str, content: impl Into<Vec<u8>>, known: &Known) -> FileReport {
    let import = import(&[file(name, content)], known, &Options::default(), &mut salts());
    import.reports.into_iter().next().unwrap()
}

/// Every line of a report as one text.
pub(super) fn lines(report: &FileReport) -> String {
    report.lines.iter().map(|line| format!("{line}\n")).collect()
}

/// Bytes of the statement that a draft becomes.
pub(super) fn encoded(event: &Event) -> Vec<u8> {
    use lotbook_event::wire::Wire;
    lotbook_event::Statement {
        id: lotbook_event::StatementId([1; 16]),
        stated_at: Wire::parse(1_767_225_600_000_000).unwrap(),
        role: lotbook_event::keys::Role::Registrar,
        section: None,
        expected_position: None,
        event: event.clone(),
    }
    .encode()
}
