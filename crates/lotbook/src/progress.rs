//! Progress on a terminal, to stderr; nothing where nobody watches.

use indicatif::{ProgressBar, ProgressStyle};
use lotbook_store::{Phase, Progress};

/// How far a long piece of work on entries has come.
pub struct Bar(ProgressBar);

impl Bar {
    /// A bar; without a total it only counts.
    pub fn of(what: &'static str, total: Option<u64>) -> Self {
        let (bar, template) = match total {
            Some(total) => {
                (ProgressBar::new(total), "{msg}: {bar:30} {pos} of {len} entries ({per_sec}, {eta} left)")
            }
            None => (ProgressBar::no_length(), "{msg}: {pos} entries ({per_sec})"),
        };
        bar.set_style(
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        bar.set_message(what);
        Self(bar)
    }

    /// So many entries are done.
    pub fn at(&self, done: u64) {
        self.0.set_position(done);
    }

    /// The work is done, or has failed: the terminal is as it was.
    pub fn end(&self) {
        self.0.finish_and_clear();
    }
}

/// Shows how far the start of a store has come.
pub fn of_a_start() -> Box<dyn FnMut(Progress) + Send> {
    let bar = Bar::of("starting", None);
    Box::new(move |progress| {
        bar.0.set_message(match progress.phase {
            Phase::CheckingJournal => "checking the journal",
            Phase::CompletingIndex => "completing the index",
            Phase::RebuildingIndex => "rebuilding the index",
        });
        bar.at(progress.done);
    })
}
