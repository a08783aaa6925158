//! The demonstration: a real server on loopback, sled in a folder, one key per party, and an office's
//! year played through gRPC under a simulated clock; then everything is verified offline.
//!
//! No batch, section or name stands in this code: `script` derives what happens from the office's
//! folder (and an optional `timeline.toml` in it), `player` plays it, `story` tells it.

mod aftermath;
mod agenda;
mod cast;
mod ceremony;
mod direct;
mod handling;
mod incidents;
mod inspection;
mod player;
mod recusal;
mod script;
mod step;
mod story;
mod telling;
mod timeline;
mod year_end;

use crate::cli::Demo;
use crate::command::{reading, tell_verdict};
use crate::data_dir::DataDir;
use crate::exit::Exit;
use crate::office_folder;
use crate::serving::Doors;
use crate::{given, say};
use anyhow::{Context, Result};
use lotbook_engine::State;
use lotbook_verifier::Expectations;
use player::Player;
use std::path::Path;
use story::Story;

/// Plays an office's year and verifies it.
pub async fn run(args: Demo) -> Result<Exit> {
    let started = std::time::Instant::now();
    let (dir, temporary) = data_folder(&args)?;
    let data = DataDir::new(&dir, None);
    let (files, timeline) = match &args.office {
        Some(folder) => (office_folder::read_folder(folder)?, timeline::read(folder)?),
        None => (office_folder::sample(), vec![]),
    };
    let script = script::Script::of(&files, timeline)?;
    let until = args.until.as_deref().map(|day| given::date("--until", day)).transpose()?;
    let until = until.map(|day| agenda::on(day.0, 0, 0));
    let mut story = Story::new(args.json, script.year);
    story.line(&format!(
        "{}: the year {} on a new ledger in {}",
        script.office.office.name,
        script.year,
        dir.display()
    ));
    let year = script.year;
    let doors = if args.serve { Doors::LOCAL_WITH_TILES } else { Doors::LOCAL };
    let (mut player, serving) = Player::start(&data, &script, doors, story).await?;
    let played = player.play(script, until).await;
    player.keep_sealed(&data)?;
    let story = player.into_story();
    played?;
    serving.engine.settle();
    if args.serve {
        settle_anchor().await;
    }
    let url = serving.url.clone();
    let served = if args.serve {
        Some(serving)
    } else {
        serving.stop().await?;
        None
    };
    let ledger = reading::of_data_dir(&data)?;
    let verdict = ledger.verdict(&Expectations::default())?;
    if args.json {
        say!("{}", serde_json::to_string(&verdict)?);
    } else {
        say!("\nOffline, from the files alone:");
        tell_verdict(&verdict);
        tell_certificates(ledger.verifier.state(), &dir);
        if ledger.verifier.state().disclosures.contains_key(&year) {
            say!(
                "  the annual disclosure, derived again: lotbook disclosure --year {year} --data {}",
                dir.display()
            );
        }
        say!(
            "\n{} lines of story, {} entries, {:.1} s",
            story.lines(),
            verdict.entries,
            started.elapsed().as_secs_f64()
        );
        say!("See for yourself: lotbook verify {}", dir.display());
    }
    if let Some(served) = served {
        eprintln!("serving on {url} until you press Ctrl-C; keys are in {}", dir.join("keys").display());
        if let Some(tiles) = &served.tiles {
            eprintln!("checkpoint and tiles on {tiles}: lotbook verify {tiles} --vkey {}", verdict.vkey);
        }
        served.until_told().await?;
    } else if temporary && !args.json {
        say!("(a temporary folder: remove it when you have looked around)");
    }
    Ok(Exit::Done)
}

/// Where the teams changed after a draw, the certificate of the draw shows how.
fn tell_certificates(state: &State, dir: &Path) {
    for (key, batch) in &state.batches {
        let Some(drawn) = &batch.drawn else { continue };
        let of_batch = state.ceremonies.values().filter(|ceremony| ceremony.batch == *key);
        let changed = of_batch.filter(|c| c.recusal.is_some() && c.completed.is_some()).count();
        if changed > 0 {
            say!(
                "  the certificate of {drawn} holds {changed} recusal: lotbook draw certificate --data {} --out certificates --draw {drawn}",
                dir.display()
            );
        }
    }
}

/// The anchor follows within a second (ledger.md 4); a verification beside a running server waits for it.
async fn settle_anchor() {
    tokio::time::sleep(std::time::Duration::from_millis(1_200)).await;
}

fn data_folder(args: &Demo) -> Result<(std::path::PathBuf, bool)> {
    match &args.data {
        Some(dir) if dir.join("journal").exists() => {
            anyhow::bail!("{} holds a ledger already; the demonstration makes a new one", dir.display())
        }
        Some(dir) => {
            std::fs::create_dir_all(dir).with_context(|| format!("failed to make {}", dir.display()))?;
            Ok((dir.clone(), false))
        }
        None => {
            let name =
                format!("lotbook-demo-{}", data_encoding::HEXLOWER.encode(&crate::keyfile::random::<4>()?));
            let dir = std::env::temp_dir().join(name);
            std::fs::create_dir_all(&dir)?;
            Ok((dir, true))
        }
    }
}
