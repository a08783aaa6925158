//! Every step of the draw, one case a file (`tests/vectors/draw/STEP/what-it-proves.json`): what is given, and what
//! is expected or that it is refused. A second implementation reads the same files.

mod certificates;
mod seats;
mod seeds;
mod selections;
mod substitutes;

use std::collections::BTreeMap;

use lotbook_draw::stream::StageKey;
use lotbook_draw::{ConflictRow, Hex, InspectorRow, ObjectRow, Pool, PoolError, Quota};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::sample::path;

/// What is given; every getter names its field.
pub struct Given(Value);

impl Given {
    fn get<T: DeserializeOwned>(&self, name: &str) -> T {
        serde_json::from_value(self.0[name].clone()).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    fn bytes<const N: usize>(&self, name: &str) -> [u8; N] {
        self.get::<Hex<N>>(name).0
    }

    fn key(&self) -> StageKey {
        StageKey::from_bytes(self.bytes("key"))
    }

    fn quota(&self) -> Quota {
        self.get::<lotbook_draw::certificate::QuotaRule>("quota").into()
    }

    fn inner(&self, name: &str) -> Self {
        Self(self.0[name].clone())
    }

    /// The rows that a case names, none of those it does not.
    fn pool(&self) -> Result<Pool, PoolError> {
        let list =
            |name: &str| if self.0[name].is_null() { Value::Array(vec![]) } else { self.0[name].clone() };
        let objects: Vec<ObjectRow> = serde_json::from_value(list("objects")).unwrap();
        let inspectors: Vec<InspectorRow> = serde_json::from_value(list("inspectors")).unwrap();
        let conflicts: Vec<ConflictRow> = serde_json::from_value(list("conflicts")).unwrap();
        Pool::new(objects, inspectors, conflicts)
    }
}

/// Runs all cases of a step; `None` = refused. At least this many are accepted and refused.
fn check(step: &str, least: (usize, usize), run: impl Fn(&Given) -> Option<Value>) {
    let mut seen = (0, 0);
    for (name, case) in files(step) {
        let case: BTreeMap<String, Value> = serde_json::from_slice(&case).unwrap();
        let found = run(&Given(case["given"].clone()));
        assert_eq!(found.as_ref(), case.get("expected"), "{step}/{name}: {}", case["proves"]);
        assert_eq!(found.is_none(), case.contains_key("refused"), "{step}/{name}: {}", case["proves"]);
        assert_eq!(found.is_none(), name.starts_with("refused-"), "{step}/{name}");
        if found.is_some() { seen.0 += 1 } else { seen.1 += 1 }
    }
    assert!(seen.0 >= least.0 && seen.1 >= least.1, "{step}: {seen:?} cases, expected {least:?}");
}

fn files(step: &str) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(path(step))
        .unwrap()
        .map(|file| {
            let path = file.unwrap().path();
            (path.file_stem().unwrap().to_str().unwrap().to_owned(), std::fs::read(&path).unwrap())
        })
        .collect();
    files.sort();
    files
}
