//! A workbook (XLSX) to sheets of texts. Nothing is trusted: neither sizes nor positions, and a workbook
//! that the library cannot take is a file with a problem, not the end of the import.

mod content;
mod size;

use std::io::Cursor;

use calamine::{Dimensions, Reader, SheetType, SheetVisible, Xlsx, XlsxError};

use crate::decode::MAX_FILE_BYTES;
use crate::grid::Grid;
use crate::report::Problem;
use content::Content;

pub use size::MAX_UNPACKED_BYTES;

/// A sheet, its cells as texts.
pub(crate) struct Sheet {
    pub name: String,
    /// Whether somebody who opens the workbook sees it.
    pub visible: bool,
    /// Its cells; not read if it is hidden.
    pub grid: Grid,
}

/// How every packed workbook begins, and every archive.
const ARCHIVE: &[u8] = b"PK\x03\x04";

/// Whether these bytes are to be read as a workbook.
pub(crate) fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(ARCHIVE)
}

/// Reads every visible sheet of a workbook.
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<Sheet>, Problem> {
    if bytes.len() > MAX_FILE_BYTES {
        let because = format!("it is larger than {MAX_FILE_BYTES} bytes");
        return Err(Problem::new(
            "",
            format!("{} bytes", bytes.len()),
            because,
            "split it and import the parts",
        ));
    }
    size::check(bytes)?;
    // The library takes some broken workbooks for impossible and gives up with a panic.
    let read = std::panic::catch_unwind(|| sheets(bytes));
    read.unwrap_or_else(|_| Err(broken("it is not built as a workbook is")))
}

fn sheets(bytes: &[u8]) -> Result<Vec<Sheet>, Problem> {
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|error| not_opened(&error))?;
    let listed = book.sheets_metadata().to_vec();
    let mut budget = MAX_UNPACKED_BYTES;
    let mut sheets = Vec::new();
    for sheet in listed.into_iter().filter(|sheet| sheet.typ == SheetType::WorkSheet) {
        let visible = sheet.visible == SheetVisible::Visible;
        let grid = if visible { grid(&mut book, &sheet.name, &mut budget)? } else { Grid::default() };
        sheets.push(Sheet { name: sheet.name, visible, grid });
    }
    Ok(sheets)
}

/// The cells of one sheet. They are taken one by one: a dense area between two distant cells would be
/// larger than any memory.
fn grid(book: &mut Xlsx<Cursor<&[u8]>>, sheet: &str, budget: &mut u64) -> Result<Grid, Problem> {
    let unreadable = |error: XlsxError| broken(format!("the sheet `{sheet}` cannot be read: {error}"));
    let merged: Vec<Dimensions> = book.merge_cells_by_sheet_name(sheet).map_err(unreadable)?;
    let mut reader = book.worksheet_cells_reader(sheet).map_err(unreadable)?;
    let mut content = Content::new(budget);
    while let Some(cell) = reader.next_cell().map_err(unreadable)? {
        let (row, column) = cell.get_position();
        content.put(row, column, cell.get_value())?;
    }
    content.spread(&merged)?;
    content.grid()
}

fn not_opened(error: &XlsxError) -> Problem {
    match error {
        XlsxError::Password => {
            Problem::new("", "", "it is closed with a password", "save it without one and import it again")
        }
        XlsxError::FileNotFound(_) => broken("it is an archive, and no workbook"),
        error => broken(format!("it cannot be read as a workbook: {error}")),
    }
}

fn broken(because: impl Into<String>) -> Problem {
    Problem::new("", "", because, "open it in a spreadsheet program and save it as XLSX or CSV UTF-8 again")
}
