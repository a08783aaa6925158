//! What one file is read as: the text of a TOML file, the table of a CSV file, each table of a workbook.

use lotbook_event::Text;

use crate::decode::decode;
use crate::grid::Grid;
use crate::kind::{self, FileKind};
use crate::report::Problem;
use crate::table::{Columns, Table};
use crate::workbook::{self, Sheet};

/// A file, or a sheet of one, decoded and recognised.
pub(crate) struct Page<'a> {
    /// Name of the file; with the sheet's where several sheets of it are read.
    pub name: String,
    pub kind: FileKind,
    pub bytes: &'a [u8],
    /// What the reader of a report should know of how it was read.
    pub notes: Vec<String>,
    /// Whether the file holds more than what is read of it, so that its plain hash could tell it.
    pub holds_more: bool,
    content: Content,
}

enum Content {
    Text(String),
    Table(Grid),
}

impl Page<'_> {
    /// The text of a TOML file.
    pub(crate) fn text(&self) -> Result<&str, Problem> {
        match &self.content {
            Content::Text(text) => Ok(text),
            Content::Table(_) => Err(Problem::new("", "", "it is a table", "give a TOML file")),
        }
    }

    /// The rows of a table.
    pub(crate) fn table(
        &self,
        columns: &Columns,
        report: &mut crate::report::FileReport,
    ) -> Result<Table, Problem> {
        match &self.content {
            Content::Table(grid) => Table::read(grid, columns, report),
            Content::Text(_) => Err(Problem::new("", "", "it is no table", "give a CSV file or a workbook")),
        }
    }
}

/// What a file (name without folder) is read as.
pub(crate) fn pages<'a>(name: &str, bytes: &'a [u8]) -> Result<Vec<Page<'a>>, Problem> {
    if Text::new(name).is_err() || name.is_empty() {
        return Err(Problem::new("", name, "its name cannot be stated", "give it a short plain name"));
    }
    if workbook::is_workbook(bytes) {
        return of_workbook(name, bytes);
    }
    let decoded = decode(bytes)?;
    let notes = if decoded.gb18030 { vec!["read as GB18030".to_string()] } else { vec![] };
    let page =
        |kind, content, holds_more| Page { name: name.to_string(), kind, bytes, notes, holds_more, content };
    if name.ends_with(".toml") {
        let kind = kind::of_text(name, &decoded.text)?;
        return Ok(vec![page(kind, Content::Text(decoded.text), false)]);
    }
    let grid = Grid::of_csv(&decoded.text)?;
    let kind = kind::of_table(name, &grid)?;
    let titled = kind::has_title(kind, &grid);
    Ok(vec![page(kind, Content::Table(grid), titled)])
}

/// Every visible sheet with a header row that is known. A workbook always holds more than is read of it:
/// other sheets, names of persons in its properties.
fn of_workbook<'a>(name: &str, bytes: &'a [u8]) -> Result<Vec<Page<'a>>, Problem> {
    let (mut known, mut notes) = (Vec::new(), Vec::new());
    let mut sheets = workbook::read(bytes)?;
    let only = (sheets.len() == 1).then(|| kind::by_name(name)).flatten();
    for Sheet { name: sheet, visible, grid } in sheets.drain(..) {
        match kind::by_header(&grid).or(only).filter(|_| visible) {
            Some(kind) => known.push((sheet, kind, grid)),
            None if !visible => notes.push(format!("the hidden sheet `{sheet}` is not read")),
            None if grid.lines.is_empty() => {}
            None => {
                notes.push(format!("the sheet `{sheet}` is not read: it has no header row that is known"))
            }
        }
    }
    if known.is_empty() {
        let mut problem = kind::unknown();
        if !notes.is_empty() {
            problem.because = format!("{} ({})", problem.because, notes.join("; "));
        }
        return Err(problem);
    }
    let several = known.len() > 1;
    let page = |(sheet, kind, grid): (String, FileKind, Grid)| {
        let of_sheet = if several { format!("{name} [{sheet}]") } else { name.to_string() };
        let notes = notes.clone();
        Page { name: of_sheet, kind, bytes, notes, holds_more: true, content: Content::Table(grid) }
    };
    let pages: Vec<_> = known.into_iter().map(page).collect();
    match pages.iter().find(|page| Text::new(page.name.as_str()).is_err()) {
        Some(page) => {
            Err(Problem::new("", &*page.name, "its name cannot be stated", "give a short plain name"))
        }
        None => Ok(pages),
    }
}
