//! The import as one sentence: recognise, order, read, compare, draft, close.

use std::collections::BTreeMap;

use lotbook_event::keys::Role;
use lotbook_event::registry::RosterImported;
use lotbook_event::{Bytes32, Date, Event, SectionId, Text, Uscc};

use crate::kind::FileKind;
use crate::known::Known;
use crate::page::{self, Page};
use crate::report::{FileReport, Problem};
use crate::seal::{SealedValue, file_hash};
use crate::{
    calendar, conflicts, enterprises, inspectors, items, office, plan, plan_file, schemes, sections,
};

/// One statement to be made by whoever holds the role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The role in which it is made.
    pub role: Role,
    /// The section for which it is made.
    pub section: Option<SectionId>,
    /// What is stated.
    pub event: Event,
    /// The day the file itself gives for the act. Played in order, or sorted by this day (stably, `None`
    /// first), drafts of consistent files are accepted.
    pub on: Option<Date>,
    /// The file it comes from.
    pub file: String,
}

/// What the caller decides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Whether what a file does not hold has ended.
    pub complete: bool,
    /// Publish the built-in calendars from this year on; `None` = no calendars.
    pub calendars_from_year: Option<u32>,
    /// Codes whose check fails and which are lawful all the same, with the reason (Art. 11).
    pub nonconforming: BTreeMap<Uscc, Text>,
    /// List what becomes of every row, unchanged ones included.
    pub list_rows: bool,
    /// Draft `ItemPublished` with this date for items not yet published; `None` = not now.
    pub items_published_on: Option<Date>,
}

/// What came of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Import {
    /// Statements in an order that a ledger accepts.
    pub drafts: Vec<Draft>,
    /// One report a file, in the order in which they were taken.
    pub reports: Vec<FileReport>,
    /// What the caller must keep in a 0600 file before anything is stated.
    pub sealed: Vec<SealedValue>,
}

/// What the importers share while they run.
pub(crate) struct Work<'a> {
    /// What the ledger knows, with all drafts so far.
    pub known: Known,
    /// What the caller decided.
    pub options: &'a Options,
    /// Whether the file at hand ends what it does not hold.
    pub complete: bool,
    /// Fresh salts.
    pub salt: &'a mut dyn FnMut() -> [u8; 32],
    /// Values sealed so far.
    pub sealed: Vec<SealedValue>,
}

/// Turns files (name and bytes) into drafts and reports. Salts must be fresh random bytes.
pub fn import(
    files: &[(String, Vec<u8>)],
    known: &Known,
    options: &Options,
    salt: &mut dyn FnMut() -> [u8; 32],
) -> Import {
    let mut import = Import::default();
    let pages = recognised(files, &mut import);
    let mut work = Work { known: known.clone(), options, complete: false, salt, sealed: Vec::new() };
    let (office, others): (Vec<_>, Vec<_>) =
        pages.into_iter().partition(|page| page.kind == FileKind::Office);
    office.iter().for_each(|page| take(page, true, &mut work, &mut import));
    if let Some(year) = options.calendars_from_year {
        let (drafts, report) = calendar::drafts(year, &work.known, options.list_rows);
        work.learn(&drafts);
        import.drafts.extend(drafts);
        import.reports.push(report);
    }
    for page in &others {
        let alone = others.iter().filter(|other| other.kind == page.kind).count() == 1;
        take(page, alone, &mut work, &mut import);
    }
    import.sealed = work.sealed;
    import
}

/// Decodes and recognises the files and puts them in order; what cannot be read is reported.
fn recognised<'a>(files: &'a [(String, Vec<u8>)], import: &mut Import) -> Vec<Page<'a>> {
    let mut pages = Vec::new();
    for (path, bytes) in files {
        let name = path.rsplit(['/', '\\']).next().unwrap_or_default().to_string();
        match page::pages(&name, bytes) {
            Ok(of_file) => pages.extend(of_file),
            Err(problem) => {
                let mut report = FileReport::new(&name, FileKind::Unknown);
                report.unreadable(problem);
                import.reports.push(report);
            }
        }
    }
    pages.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
    plan_file::order(pages)
}

/// Reads one file; `alone` = the only one of its kind in this import.
fn take(page: &Page, alone: bool, work: &mut Work, import: &mut Import) {
    let mut report = FileReport::new(&page.name, page.kind).listing(work.options.list_rows);
    page.notes.iter().for_each(|note| report.note(0, 0, "", "", note));
    work.complete = work.options.complete && alone;
    if work.options.complete && !alone && page.kind < FileKind::Plan {
        report.note(0, 0, "", "", "nothing ends: another file of this kind is in the same import");
    }
    match read(page, work, &mut report) {
        Ok(mut drafts) => {
            work.learn(&drafts);
            drafts.extend(close(page, &report, drafts.iter().filter_map(|draft| draft.on).max(), work));
            import.drafts.append(&mut drafts);
        }
        Err(problem) => report.unreadable(problem),
    }
    import.reports.push(report);
}

fn read(page: &Page, work: &mut Work, report: &mut FileReport) -> Result<Vec<Draft>, Problem> {
    match page.kind {
        FileKind::Office => office::import(page, work, report),
        FileKind::Sections => sections::import(page, work, report),
        FileKind::Items => items::import(page, work, report),
        FileKind::Inspectors => inspectors::import(page, work, report),
        FileKind::Enterprises => enterprises::import(page, work, report),
        FileKind::Conflicts => conflicts::import(page, work, report),
        FileKind::Plan => plan::import(page, work, report),
        FileKind::Schemes => schemes::import(page, work, report),
        FileKind::Calendar | FileKind::Unknown => Ok(Vec::new()),
    }
}

/// `RosterImported`, if the file had any effect.
fn close(page: &Page, report: &FileReport, on: Option<Date>, work: &mut Work) -> Option<Draft> {
    let file = Text::new(&*page.name).ok().filter(|_| report.has_effect())?;
    let (file_hash, sealed) = hash(page, report, work);
    let dropped = report.dropped_columns.iter().filter_map(|column| Text::new(column.name.as_str()).ok());
    let event = RosterImported {
        file,
        file_hash,
        sealed,
        rows: report.rows,
        added: report.added,
        changed: report.changed,
        unchanged: report.unchanged,
        ended: report.ended,
        repaired: report.repaired,
        rejected: report.rejected,
        dropped_columns: dropped.collect(),
    };
    Some(page.draft(Role::Registrar, None, event, on))
}

/// A file that holds anything restricted, or more than was read, is hashed with a salt: who knows its public
/// columns could otherwise try all telephone numbers of a short file (ledger.md 5, ADR 0004).
fn hash(page: &Page, report: &FileReport, work: &mut Work) -> (Bytes32, bool) {
    if page.kind != FileKind::Conflicts && report.dropped_columns.is_empty() && !page.holds_more {
        return (file_hash(page.bytes), false);
    }
    let sealed = SealedValue::of_file(page.bytes, page.name.clone(), (work.salt)());
    let commitment = sealed.commitment;
    work.sealed.push(sealed);
    (commitment, true)
}

impl Page<'_> {
    pub(crate) fn draft(
        &self,
        role: Role,
        section: Option<&SectionId>,
        event: impl Into<Event>,
        on: Option<Date>,
    ) -> Draft {
        Draft { role, section: section.cloned(), event: event.into(), on, file: self.name.clone() }
    }

    /// Drafts of the registrar.
    pub(crate) fn registrar(&self, events: impl IntoIterator<Item = (Option<Date>, Event)>) -> Vec<Draft> {
        events.into_iter().map(|(on, event)| self.draft(Role::Registrar, None, event, on)).collect()
    }
}

impl Work<'_> {
    fn learn(&mut self, drafts: &[Draft]) {
        drafts.iter().for_each(|draft| self.known.apply(&draft.event));
    }

    /// Whether the file ends what it does not hold; not if a row was rejected, for that row might
    /// be the very one that seems to be absent.
    pub(crate) fn may_end(&self, report: &mut FileReport) -> bool {
        if self.complete && report.rejected > 0 {
            report.note(0, 0, "", "", "nothing ends: rows were rejected, correct them first");
        }
        self.complete && report.rejected == 0
    }
}
