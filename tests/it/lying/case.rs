//! A case as its file has it: what it proves in words, and lines of `given`, `when` and `then`.
//!
//! `because` lines give a reason and are read by people only. Every other word must be known.

use std::path::{Path, PathBuf};

/// A family's folder has as many cases at least, and a control beside them.
pub const FEWEST_CASES: usize = 10;
/// The families, each a folder: one more or one less is an error.
pub const FAMILIES: [&str; 14] = [
    "bent-rule",
    "changed-ticket",
    "deleted",
    "edited",
    "false-refusal",
    "foreign-receipt",
    "forged-proof",
    "fork",
    "inserted",
    "omitted-lateness",
    "re-signed",
    "rolled-back",
    "swapped",
    "truncated-proof",
];

/// One file.
pub struct Case {
    pub family: String,
    pub name: String,
    /// Lines without their first word.
    pub given: Vec<String>,
    pub when: Vec<String>,
    pub then: Vec<String>,
    /// Sizes at which the log forks, each a case of its own; none for one case without a fork.
    pub forks: Vec<usize>,
}

impl Case {
    fn read(family: &str, path: &Path) -> Self {
        let name = path.file_stem().unwrap().to_str().unwrap();
        Self::parse(family, name, &std::fs::read_to_string(path).unwrap())
    }

    pub fn parse(family: &str, name: &str, text: &str) -> Self {
        let name = name.to_owned();
        let (proves, lines) = text.split_once("\n\n").expect("a sentence, an empty line, then the case");
        assert!(proves.trim_end().ends_with('.'), "{family}/{name} does not begin with a sentence");
        let mut case = Self {
            family: family.to_owned(),
            name,
            given: vec![],
            when: vec![],
            then: vec![],
            forks: vec![],
        };
        lines.lines().for_each(|line| case.take(line));
        assert!(!case.given.is_empty() && !case.then.is_empty(), "{family}/{} is no case", case.name);
        case
    }

    fn take(&mut self, line: &str) {
        let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
        let words: Vec<_> = rest.split(' ').collect();
        match (kind, words.as_slice()) {
            ("given", ["it", "forks", "at", "every", "size", "from", a, "to", b]) => {
                self.forks = (number(a)..=number(b)).collect();
            }
            ("given", ["it", "forks", "at", sizes @ ..]) => {
                self.forks = sizes.iter().map(|size| number(size)).collect();
            }
            ("given", _) => self.given.push(rest.to_owned()),
            ("when", _) => self.when.push(rest.to_owned()),
            ("then", _) => self.then.push(rest.to_owned()),
            ("because", [_, _, ..]) => {}
            _ => panic!("{}/{}: what is {line:?}?", self.family, self.name),
        }
    }

    /// Cases that the file stands for.
    pub fn count(&self) -> usize {
        self.forks.len().max(1)
    }

    pub fn is_control(&self) -> bool {
        self.name.starts_with("control")
    }

    /// Each as the size it forks at, if it does.
    pub fn each(&self) -> Vec<Option<usize>> {
        if self.forks.is_empty() { vec![None] } else { self.forks.iter().copied().map(Some).collect() }
    }
}

fn number(word: &str) -> usize {
    super::place::number(word)
}

/// Every case of every family, in order.
pub fn all() -> Vec<Case> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/lying"));
    let folders = sorted(root).into_iter().filter(|path| path.is_dir());
    let names: Vec<_> = folders.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    assert_eq!(names, FAMILIES, "a folder is unknown, or a family has none");
    let of_family = |family: &String| {
        let files = sorted(&root.join(family));
        files.iter().map(|path| Case::read(family, path)).collect::<Vec<_>>()
    };
    names.iter().flat_map(of_family).collect()
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
