//! An office's files (CSV in UTF-8 or GB18030, XLSX, TOML) to statements, with a report row by row.
//!
//! This room is pure: bytes in, drafts of statements out. It deliberately does not know files on a
//! disk, the clock, keys, signatures or the machine's randomness (salts come from the caller), and
//! it decides no rule of the plan: a ledger may still refuse a draft. What it promises is that every
//! draft is well formed, small enough to be stated, refers to what exists, and carries no restricted
//! column; and that a bad row never stops a good one.
//!
//! Read in this order: [`import`](mod@import) (the whole as one sentence), [`known`] (what the ledger
//! has already), [`report`] (what is said about each row), then one file per input kind.
//!
//! ```
//! use lotbook_import::{Known, Options, import};
//!
//! let csv = "科室编号,科室名称,机构性质,是否统筹科室,是否实施检查\nS01,工程科,business,是,Y\n";
//! let files = [("sections.csv".to_string(), csv.as_bytes().to_vec())];
//! let import = import(&files, &Known::default(), &Options::default(), &mut || [7; 32]);
//! assert_eq!((import.reports[0].added, import.reports[0].repaired), (1, 1)); // Y was read as 是
//! assert_eq!(import.drafts.len(), 2); // SectionRegistered, RosterImported
//! ```

mod area;
mod batch;
mod beacon;
pub mod calendar;
mod cell;
pub mod changes;
mod conflicts;
mod decode;
mod enterprises;
mod grid;
pub mod import;
mod inspectors;
mod items;
pub mod kind;
pub mod known;
pub mod office;
mod page;
pub mod percent;
mod plan;
mod plan_batch;
mod plan_file;
pub mod report;
mod row;
mod schemes;
pub mod seal;
mod sections;
mod statuses;
mod table;
mod toml_file;
mod workbook;

#[cfg(test)]
mod tests;

pub use batch::{MAX_DRAFT_BYTES, ROWS_PER_STATEMENT};
pub use changes::{Change, FieldChange, RowChange};
pub use decode::MAX_FILE_BYTES;
pub use grid::{MAX_CELLS, MAX_COLUMNS, MAX_TITLE_LINES};
pub use import::{Draft, Import, Options, import};
pub use kind::{FileKind, STANDARD_NAMES, is_standard};
pub use known::Known;
pub use office::{OfficeFile, read_office};
pub use report::{Done, DroppedColumn, FileReport, RowNote};
pub use seal::SealedValue;
pub use table::MAX_DATA_ROWS;
pub use workbook::MAX_UNPACKED_BYTES;
