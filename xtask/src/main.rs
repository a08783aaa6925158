//! What is run by hand on this workspace: `cargo xtask fairness [SEED...]`.

mod fairness;

use anyhow::{Result, bail};

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.split_first() {
        Some((command, seeds)) if command == "fairness" => fairness::run(seeds),
        _ => bail!("usage: cargo xtask fairness [SEED...]"),
    }
}
