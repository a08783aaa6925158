//! The keystream and the integers of `chacha20.json`. [draw 3]

use lotbook_draw::{Hex, StageKey};
use serde_json::Value;

use crate::sample::value;

fn stream_number(v: &Value) -> u64 {
    u64::from_str_radix(v.as_str().unwrap().trim_start_matches("0x"), 16).unwrap()
}

fn key(v: &Value) -> StageKey {
    StageKey::from_bytes(Hex::parse(v.as_str().unwrap()).unwrap().0)
}

#[test]
fn every_keystream_agrees_low_word_first() {
    let vectors = value("chacha20.json");
    let streams = vectors["keystreams"].as_array().unwrap();
    assert_eq!(streams.len(), 4);
    for case in streams {
        let mut stream = key(&case["key"]).stream(stream_number(&case["stream"]));
        let words: Vec<&str> =
            case["words"].as_array().unwrap().iter().map(|w| w.as_str().unwrap()).collect();
        for pair in words.chunks(2) {
            let x = stream.next_u64();
            assert_eq!(format!("{:08x}", x as u32), pair[0], "{}", case["name"]);
            assert_eq!(format!("{:08x}", (x >> 32) as u32), pair[1], "{}", case["name"]);
        }
        assert_eq!(stream.words(), words.len() as u64);
    }
}

#[test]
fn every_below_agrees_in_values_and_words() {
    let vectors = value("chacha20.json");
    let below = &vectors["below"];
    for case in below["cases"].as_array().unwrap() {
        let mut stream = key(&below["key"]).stream(stream_number(&below["stream"]));
        let n: u64 = case["n"].as_str().unwrap().parse().unwrap();
        for expected in case["values"].as_array().unwrap() {
            assert_eq!(stream.below(n).to_string(), expected.as_str().unwrap(), "n = {n}");
        }
        assert_eq!(stream.words(), case["words_used"].as_u64().unwrap(), "n = {n}");
    }
}

#[test]
fn below_one_still_takes_a_draw_and_below_zero_does_not_panic() {
    let mut stream = StageKey::from_bytes([9; 32]).stream(0);
    assert_eq!(stream.below(1), 0);
    assert_eq!(stream.words(), 2);
    assert_eq!(stream.below(0), 0);
    assert_eq!(stream.words(), 4);
}
