//! A thousand random ceremonies with random misbehaviour: missing, late, wrong, copied, doubled, under another
//! sealing. Each answer and each end is what the model says, and the verifier agrees on each.

mod base;
mod counts;
mod model;
mod play;

use base::Base;
use counts::Counts;
use play::Play;

/// Offices, and ceremonies of each.
const OFFICES: usize = 10;
const EACH: u64 = 100;

#[test]
fn a_thousand_random_ceremonies_end_as_the_model_says() {
    let mut counts = Counts::default();
    for base in Base::offices(OFFICES) {
        for seed in 0..EACH {
            let mut play = Play::new(&base, seed);
            play.play_to_the_end(&mut counts);
            play.is_verified(&base);
        }
    }
    counts.suffice();
}
