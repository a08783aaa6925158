//! Are tickets and integers uniform? [draw 3]

use super::Experiment;
use super::p_value::equal_counts;
use super::seeds::Seeds;

pub fn experiments() -> Vec<Experiment> {
    vec![
        Experiment {
            name: "ticket bytes",
            asks: "whether each of the 32 bytes of a ticket takes its 256 values equally often (the least likely byte, times 32)",
            draws: (1_000_000, 20_000),
            p: bytes,
        },
        Experiment {
            name: "integers below 10",
            asks: "whether below(10) takes its values equally often",
            draws: (1_000_000, 50_000),
            p: |seeds, draws| below(seeds, draws, 10, 1),
        },
        Experiment {
            name: "integers below 2^63 + 1",
            asks: "whether below(2^63 + 1), which rejects half of what it draws, falls into 16 equal parts equally often",
            draws: (1_000_000, 50_000),
            p: |seeds, draws| below(seeds, draws, (1 << 63) + 1, (1 << 59) + 1),
        },
    ]
}

/// Consecutive ids under one key, as a register has them.
fn bytes(seeds: &mut Seeds, draws: usize) -> f64 {
    let key = seeds.key();
    let mut counts = vec![[0_u64; 256]; 32];
    for n in 0..draws {
        let ticket = key.ticket(&format!("914111{n:012}"));
        for (byte, counts) in ticket.as_bytes().iter().zip(&mut counts) {
            counts[usize::from(*byte)] += 1;
        }
    }
    let least = counts.iter().map(|counts| equal_counts(counts)).fold(1.0, f64::min);
    // Of 32 independent p-values the least is under p with probability 1 - (1 - p)^32.
    1.0 - (1.0 - least).powi(32)
}

/// Integers below `n`, by parts of `width` (the last part may be smaller by less than a part in 2^58).
fn below(seeds: &mut Seeds, draws: usize, n: u64, width: u64) -> f64 {
    let mut stream = seeds.key().stream(0);
    let mut counts = vec![0_u64; n.div_ceil(width) as usize];
    for _ in 0..draws {
        counts[(stream.below(n) / width) as usize] += 1;
    }
    equal_counts(&counts)
}
