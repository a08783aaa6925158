//! One file: what it proves, its input, and the verdict it expects. An unknown or missing key is an error.

use lotbook_chain::TreeHash;
use serde_json::{Map, Value};
use std::path::Path;

/// A case as its file says.
pub struct Case {
    /// The file's name.
    pub name: String,
    input: Map<String, Value>,
    /// The result, or the refusal's code.
    pub expected: Result<Value, String>,
}

impl Case {
    pub fn read(path: &Path) -> Self {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        assert!(name.ends_with(".json"), "{name} is no JSON file");
        let text = std::fs::read_to_string(path).unwrap();
        let mut file: Map<String, Value> = serde_json::from_str(&text).expect(&name);
        let mut take = |key: &str| file.remove(key);
        let (proves, input, verdict) = (take("proves"), take("input"), take("verdict"));
        assert!(proves.is_some_and(|proves| !proves.as_str().unwrap().is_empty()), "{name} proves nothing");
        let expected = match verdict.as_ref().and_then(Value::as_str) {
            Some("accepted") => Ok(take("result").expect(&name)),
            Some("refused") => Err(take("refusal").expect(&name).as_str().unwrap().to_owned()),
            other => panic!("{name} has the verdict {other:?}"),
        };
        assert!(file.is_empty(), "{name} has more keys: {file:?}");
        let Some(Value::Object(input)) = input else { panic!("{name} has no input") };
        assert_eq!(name.starts_with("refused-"), expected.is_err(), "{name} is named for another verdict");
        Self { name, input, expected }
    }

    /// A text of the input that may be left out.
    pub fn optional(&self, key: &str) -> Option<&str> {
        self.input.get(key).map(|value| value.as_str().expect(&self.name))
    }

    pub fn text(&self, key: &str) -> &str {
        self.optional(key).unwrap_or_else(|| panic!("{} has no {key}", self.name))
    }

    /// A number of up to 64 bits, in decimal digits.
    pub fn number(&self, key: &str) -> u64 {
        self.text(key).parse().expect(&self.name)
    }

    /// A hash, in base64.
    pub fn hash(&self, key: &str) -> TreeHash {
        self.hash_of(self.input.get(key))
    }

    /// Hashes, in base64.
    pub fn hashes(&self, key: &str) -> Vec<TreeHash> {
        let values = self.input.get(key).and_then(Value::as_array).expect(&self.name);
        values.iter().map(|value| self.hash_of(Some(value))).collect()
    }

    fn hash_of(&self, value: Option<&Value>) -> TreeHash {
        let text = value.and_then(Value::as_str).expect(&self.name);
        let bytes = data_encoding::BASE64.decode(text.as_bytes()).expect(&self.name);
        TreeHash::try_from(bytes.as_slice()).expect(&self.name)
    }

    /// The size and root of a tree below a key.
    pub fn tree(&self, key: &str) -> (u64, TreeHash) {
        let tree = self.input.get(key).expect(&self.name);
        let size = tree["size"].as_str().and_then(|size| size.parse().ok()).expect(&self.name);
        (size, self.hash_of(tree.get("root")))
    }
}
