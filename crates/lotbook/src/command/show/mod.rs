//! `show`: anything that stands on a ledger, as the views of `view.proto` give it.

mod identity;
mod text;
mod views;

use crate::cli::{Show, What};
use crate::exit::{Exit, usage};
use crate::say;
use anyhow::Result;
use lotbook_event::{Code, Refusal};
use views::Row;

pub async fn run(args: Show) -> Result<Exit> {
    let Some(kind) = views::kind(args.what) else {
        return match args.what {
            What::Office => identity::office(&args.source, args.json).await,
            _ => identity::identity(&args.source, args.json).await,
        };
    };
    if args.what == What::Pool {
        let draw = args.id.as_deref().ok_or_else(|| usage("name the draw: lotbook show pool DRAW"))?;
        list(kind, &views::pool(&args.source, draw).await?, args.json);
        return Ok(Exit::Done);
    }
    let rows = views::rows(&args.source, args.what, kind).await?;
    match &args.id {
        Some(id) => one(kind, id, rows, args.json),
        None => {
            list(kind, &rows, args.json);
            Ok(Exit::Done)
        }
    }
}

/// The one that is meant; if several are, all of them.
fn one(kind: &views::Kind, id: &str, rows: Vec<Row>, json: bool) -> Result<Exit> {
    let meant: Vec<_> = rows.into_iter().filter(|row| row.is(id)).collect();
    match meant.as_slice() {
        [] => {
            let found = format!("there is no {} {id}", kind.singular);
            Err(Refusal::new(Code::UnknownSubject, id, found).into())
        }
        [only] => {
            if json {
                say!("{}", only.view.json)
            } else {
                text::say(&only.view.plain)
            }
            Ok(Exit::Done)
        }
        several => {
            list(kind, several, json);
            Ok(Exit::Done)
        }
    }
}

fn list(kind: &views::Kind, rows: &[Row], json: bool) {
    if json {
        let all: Vec<_> = rows.iter().map(|row| &row.view.json).collect();
        say!("{}", serde_json::json!({ kind.plural: all }));
        return;
    }
    let flat: Vec<_> = rows.iter().map(|row| text::flat(&row.view.plain)).collect();
    text::table(&flat, kind.columns, "").iter().for_each(|line| say!("{line}"));
    say!("{} {}", rows.len(), if rows.len() == 1 { kind.singular } else { kind.plural });
}
