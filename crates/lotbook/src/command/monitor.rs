//! `monitor`: follows a log from head to head; what it has seen it never forgets.

mod kept;

use super::tell_off_time;
use crate::cli::Monitor as Words;
use crate::exit::{Exit, usage};
use crate::progress::Bar;
use crate::{given, say, static_log};
use anyhow::Result;
use kept::KeptHead;
use lotbook_chain::TreeHash;
use lotbook_tlog::{Location, LocationError, LogReader, ReadError, Source};
use lotbook_verifier::{Ahead, Alarm, Kept, Monitor};
use std::sync::Arc;
use std::time::Duration;

/// A look that was not finished.
enum Stop {
    /// The log is not what it must be.
    Alarm(Alarm),
    /// Nothing can be said: ask again.
    Unreadable(anyhow::Error),
}

pub async fn run(args: Words) -> Result<Exit> {
    let looking = tokio::task::spawn_blocking(move || Looking::start(&args)?.look_on(&args));
    tokio::select! {
        ended = looking => ended?,
        // The state is replaced whole after each head: there is nothing to finish.
        _ = tokio::signal::ctrl_c() => Ok(Exit::Done),
    }
}

struct Looking {
    source: Arc<dyn Source>,
    monitor: Monitor,
    state: KeptHead,
}

impl Looking {
    fn start(args: &Words) -> Result<Self> {
        let location: Location = args.log.parse().map_err(|error: LocationError| usage(error.to_string()))?;
        let policy = args.policy.as_deref().map(given::policy).transpose()?;
        let state = KeptHead::at(&args.state);
        let kept = state.read()?;
        let monitor = Monitor::new(given::vkey("--vkey", &args.vkey)?, policy, kept.as_deref())?;
        Ok(Self { source: location.open(), monitor, state })
    }

    /// Looks until it is told to stop, or something is wrong with the log.
    fn look_on(mut self, args: &Words) -> Result<Exit> {
        loop {
            match self.look() {
                Ok(moved) => self.tell(args, moved),
                Err(Stop::Alarm(alarm)) => return self.raise(args, &alarm),
                Err(Stop::Unreadable(error)) if args.once => return Err(error),
                Err(Stop::Unreadable(error)) => eprintln!("cannot be read now: {error:#}"),
            }
            if args.once {
                return Ok(Exit::Done);
            }
            std::thread::sleep(Duration::from_secs(args.every));
        }
    }

    /// One look; true if there is a new head.
    fn look(&mut self) -> Result<bool, Stop> {
        let unreadable = |error: anyhow::Error| Stop::Unreadable(error);
        let note = self.source.checkpoint().map_err(|error| unreadable(error.into()))?;
        let source = self.source.clone();
        let prove = move |size: u64, head: &Kept| prove(source, size, head);
        let Some(ahead) = self.monitor.head(&note, prove).map_err(Stop::Alarm)? else { return Ok(false) };
        self.feed(&ahead)?;
        self.monitor.settle(ahead).map_err(Stop::Alarm)?;
        self.state.write(&note).map_err(Stop::Unreadable)?;
        Ok(true)
    }

    fn feed(&mut self, ahead: &Ahead) -> Result<(), Stop> {
        let size = ahead.head.checkpoint.size;
        let bar = Bar::of("verifying", Some(size));
        for entry in LogReader::new(self.source.clone(), ahead.head.checkpoint.clone()).entries(ahead.from) {
            let (position, bytes) = entry.map_err(stop)?;
            self.monitor.entry(&bytes).map_err(Stop::Alarm)?;
            bar.at(position);
        }
        bar.end();
        Ok(())
    }

    fn tell(&self, args: &Words, moved: bool) {
        let Some(kept) = self.monitor.kept() else { return };
        let (size, root) = (kept.checkpoint.size, kept.checkpoint.root);
        let off_times = if moved { self.monitor.off_times() } else { &[] };
        if args.json {
            let root = root.to_string();
            say!(
                "{}",
                serde_json::json!({
                    "good": true, "moved": moved, "entries": size, "root": root, "off_times": off_times,
                })
            );
            return;
        }
        if moved {
            say!(
                "good: {size} entries, root {root}; every one verified, and they extend what was seen before"
            );
        } else if args.once {
            say!("good: still {size} entries, root {root}");
        }
        off_times.iter().for_each(tell_off_time);
    }

    /// Keeps the evidence, and says what is wrong.
    fn raise(&self, args: &Words, alarm: &Alarm) -> Result<Exit> {
        let evidence = self.state.keep_evidence(alarm)?;
        let evidence: Vec<_> = evidence.iter().map(|path| path.display().to_string()).collect();
        if args.json {
            say!(
                "{}",
                serde_json::json!({ "good": false, "alarm": alarm.to_string(), "evidence": evidence })
            );
        } else {
            say!("ALARM {alarm}");
            for path in evidence {
                say!("  evidence    {path}");
            }
            say!("  what to do  keep the evidence, show it to others, and believe nothing newer of this log");
        }
        Ok(Exit::Refused)
    }
}

/// The root at an earlier size and the proof from there, out of the tiles that are served now.
fn prove(source: Arc<dyn Source>, size: u64, head: &Kept) -> Option<(TreeHash, Vec<TreeHash>)> {
    static_log::prove(&LogReader::new(source, head.checkpoint.clone()), size).ok()
}

/// What is served and leads nowhere refutes the log; what is not served refutes nothing.
fn stop(error: ReadError) -> Stop {
    match error {
        ReadError::Bad { position, what } => Stop::Alarm(crate::target::finding(position, &what).into()),
        other => Stop::Unreadable(other.into()),
    }
}
