//! The policy of witnesses (C2SP tlog-policy): which logs are believed, and whose cosignatures suffice.

use crate::checkpoint::parse_decimal;
use crate::cosignature::{Cosignature, CosignatureError, cosignatures};
use crate::note::open_note;
use crate::vkey::{CosignerKey, VerifierKey, VerifierKeyError};
use crate::{Checkpoint, OpenCheckpointError};
use core::fmt;
use core::str::FromStr;

/// Most bytes of a policy file: some hundred lines of some hundred bytes.
pub const MAX_POLICY_BYTES: usize = 64 * 1024;
/// Most lines of a kind (tlog-policy: at least 32).
pub const MAX_POLICY_LINES: usize = 256;

/// A log, and where it is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyLog {
    /// Its key; the key's name is the origin.
    pub key: VerifierKey,
    /// Its submission prefix, if the policy names one.
    pub url: Option<String>,
}

/// A witness, and where it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyWitness {
    /// Its name within the policy.
    pub name: String,
    /// Its key.
    pub key: CosignerKey,
    /// Its submission prefix, if the policy names one.
    pub url: Option<String>,
}

/// Some of several witnesses or groups.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Group {
    name: String,
    /// How many of the members must agree; 1..=members.
    needed: usize,
    members: Vec<String>,
}

/// Whose word is needed for a checkpoint to count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<PolicyLog>,
    witnesses: Vec<PolicyWitness>,
    groups: Vec<Group>,
    /// The witness or group that must agree; nothing for `none`.
    quorum: Option<String>,
}

/// Why a text is no policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// Over [`MAX_POLICY_BYTES`] or [`MAX_POLICY_LINES`].
    #[error("the policy is too long")]
    TooLong,
    /// A control character other than tab and line feed.
    #[error("line {0} of the policy has a control character")]
    Control(usize),
    /// The last line does not end with a line feed: the file may have been cut.
    #[error("the policy's last line is unfinished")]
    Unfinished,
    /// A line that is none of the four kinds, or has too few or too many words.
    #[error(
        "line {0} of the policy is not `log VKEY [URL]`, `witness NAME VKEY [URL]`, `group NAME all|any|K MEMBER...` or `quorum NAME|none`"
    )]
    Line(usize),
    /// A key that is none.
    #[error("line {line} of the policy: {error}")]
    Key {
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        error: VerifierKeyError,
    },
    /// A name defined twice, or the word `none`.
    #[error("line {0} of the policy defines a name a second time, or one that cannot be")]
    Name(usize),
    /// A public key that stands there twice.
    #[error("line {0} of the policy repeats a public key")]
    RepeatedKey(usize),
    /// A member or quorum not defined before.
    #[error("line {line} of the policy names {name}, which is not defined before it")]
    Undefined {
        /// The line, from 1.
        line: usize,
        /// The name.
        name: String,
    },
    /// A member of two groups, or twice of one.
    #[error("line {line} of the policy: {name} is a member already")]
    RepeatedMember {
        /// The line, from 1.
        line: usize,
        /// The name.
        name: String,
    },
    /// A number of members that cannot be reached, or zero.
    #[error("line {0} of the policy asks for more members than the group has, or for none")]
    Threshold(usize),
    /// Not exactly one line `quorum`.
    #[error("the policy has {0} lines `quorum`, expected one")]
    Quorums(usize),
}

/// Why a checkpoint does not satisfy the policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnwitnessedError {
    /// Of another log, or not signed by it.
    #[error(transparent)]
    Checkpoint(#[from] OpenCheckpointError),
    /// The policy names no log of this origin.
    #[error("the policy names no log of the checkpoint's origin and key")]
    UnknownLog,
    /// A cosignature is bad.
    #[error(transparent)]
    Cosignature(#[from] CosignatureError),
    /// Too few witnesses.
    #[error("cosigned by {found:?}, which is no quorum: {needed}")]
    NoQuorum {
        /// Whose good cosignatures are there.
        found: Vec<String>,
        /// What is needed, in words.
        needed: String,
    },
}

/// A checkpoint that satisfies a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witnessed {
    /// The checkpoint.
    pub checkpoint: Checkpoint,
    /// The good cosignatures of witnesses the policy knows.
    pub cosignatures: Vec<Cosignature>,
}

impl Policy {
    /// The logs it names.
    pub fn logs(&self) -> &[PolicyLog] {
        &self.logs
    }

    /// The witnesses it names.
    pub fn witnesses(&self) -> &[PolicyWitness] {
        &self.witnesses
    }

    /// Whether it asks for any witness at all.
    pub fn needs_witnesses(&self) -> bool {
        self.quorum.is_some()
    }

    /// Whether the good cosignatures of these keys are a quorum.
    pub fn is_quorum(&self, keys: &[&CosignerKey]) -> bool {
        self.quorum.as_ref().is_none_or(|name| self.agrees(name, keys))
    }

    /// Groups are defined before they are used, so this ends.
    fn agrees(&self, name: &str, keys: &[&CosignerKey]) -> bool {
        if let Some(witness) = self.witnesses.iter().find(|witness| witness.name == name) {
            return keys.contains(&&witness.key);
        }
        let group = self.groups.iter().find(|group| group.name == name);
        group.is_some_and(|group| {
            group.members.iter().filter(|member| self.agrees(member, keys)).count() >= group.needed
        })
    }

    /// Opens a checkpoint of a log the policy names, and checks that its witnesses are a quorum.
    ///
    /// # Errors
    /// See [`UnwitnessedError`].
    pub fn open(&self, note: &str) -> Result<Witnessed, UnwitnessedError> {
        let origin = note.split('\n').next();
        let of_origin = self.logs.iter().map(|log| &log.key).filter(|key| origin == Some(key.name()));
        let keys: Vec<VerifierKey> = of_origin.cloned().collect();
        if keys.is_empty() {
            return Err(UnwitnessedError::UnknownLog);
        }
        // All keys of the origin at once: a bad signature by one of them is not made up for by another's.
        let opened = open_note(note, &keys).map_err(OpenCheckpointError::from)?;
        let checkpoint = opened.text.parse().map_err(OpenCheckpointError::from)?;
        self.witnessed(note, checkpoint)
    }

    /// Opens a checkpoint of a log known by its key, and checks that its witnesses are a quorum.
    ///
    /// # Errors
    /// See [`UnwitnessedError`].
    pub fn open_of(&self, note: &str, log: &VerifierKey) -> Result<Witnessed, UnwitnessedError> {
        self.witnessed(note, Checkpoint::open(note, log)?)
    }

    /// The cosignatures of a checkpoint that its log has signed, if they are a quorum.
    fn witnessed(&self, note: &str, checkpoint: Checkpoint) -> Result<Witnessed, UnwitnessedError> {
        let keys: Vec<CosignerKey> = self.witnesses.iter().map(|witness| witness.key.clone()).collect();
        let cosignatures = cosignatures(note, &keys)?;
        let good: Vec<&CosignerKey> = cosignatures.iter().map(|good| &good.witness).collect();
        if !self.is_quorum(&good) {
            let found = good.iter().map(|key| key.name().to_owned()).collect();
            return Err(UnwitnessedError::NoQuorum { found, needed: self.in_words() });
        }
        Ok(Witnessed { checkpoint, cosignatures })
    }

    /// What the quorum asks for, for people: `2 of [w1, w2, w3]`.
    pub fn in_words(&self) -> String {
        let Some(name) = &self.quorum else { return "none".into() };
        match self.groups.iter().find(|group| group.name == *name) {
            Some(group) => format!("{} of [{}]", group.needed, group.members.join(", ")),
            None => name.clone(),
        }
    }
}

impl fmt::Display for Policy {
    /// A policy file that says the same: logs, witnesses, groups in their order, quorum.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = |url: &Option<String>| url.as_ref().map_or(String::new(), |url| format!(" {url}"));
        for log in &self.logs {
            writeln!(f, "log {}{}", log.key, url(&log.url))?;
        }
        for witness in &self.witnesses {
            writeln!(f, "witness {} {}{}", witness.name, witness.key, url(&witness.url))?;
        }
        for group in &self.groups {
            writeln!(f, "group {} {} {}", group.name, group.needed, group.members.join(" "))?;
        }
        writeln!(f, "quorum {}", self.quorum.as_deref().unwrap_or("none"))
    }
}

impl FromStr for Policy {
    type Err = PolicyError;

    /// Parses a policy file; empty lines and lines that begin with `#` are passed by.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > MAX_POLICY_BYTES {
            return Err(PolicyError::TooLong);
        }
        let mut policy = Self { logs: vec![], witnesses: vec![], groups: vec![], quorum: None };
        let mut quorums = 0;
        for (line, number) in text.split_inclusive('\n').zip(1..) {
            let line = line.strip_suffix('\n').ok_or(PolicyError::Unfinished)?;
            if line.bytes().any(|byte| byte != b'\t' && byte.is_ascii_control()) {
                return Err(PolicyError::Control(number));
            }
            // Without other control characters, ASCII white space is space and tab (tlog-policy, Structure).
            let words: Vec<&str> = line.split_ascii_whitespace().collect();
            match words.as_slice() {
                [] => {}
                [first, ..] if first.starts_with('#') => {}
                ["log", key, url @ ..] if url.len() <= 1 => policy.add_log(number, key, url.first())?,
                ["witness", name, key, url @ ..] if url.len() <= 1 => {
                    policy.add_witness(number, name, key, url.first())?;
                }
                ["group", name, needed, members @ ..] => policy.add_group(number, name, needed, members)?,
                ["quorum", name] => {
                    quorums += 1;
                    policy.set_quorum(number, name)?;
                }
                _ => return Err(PolicyError::Line(number)),
            }
            if policy.logs.len().max(policy.witnesses.len()).max(policy.groups.len()) > MAX_POLICY_LINES {
                return Err(PolicyError::TooLong);
            }
        }
        if quorums == 1 { Ok(policy) } else { Err(PolicyError::Quorums(quorums)) }
    }
}

impl Policy {
    fn add_log(&mut self, line: usize, key: &str, url: Option<&&str>) -> Result<(), PolicyError> {
        let key: VerifierKey = key.parse().map_err(|error| PolicyError::Key { line, error })?;
        self.fresh_key(line, &key.public().to_bytes())?;
        self.logs.push(PolicyLog { key, url: url.map(|url| (*url).to_owned()) });
        Ok(())
    }

    fn add_witness(
        &mut self,
        line: usize,
        name: &str,
        key: &str,
        url: Option<&&str>,
    ) -> Result<(), PolicyError> {
        let key: CosignerKey = key.parse().map_err(|error| PolicyError::Key { line, error })?;
        self.fresh_key(line, &key.public().to_bytes())?;
        self.fresh_name(line, name)?;
        let url = url.map(|url| (*url).to_owned());
        self.witnesses.push(PolicyWitness { name: name.to_owned(), key, url });
        Ok(())
    }

    fn add_group(
        &mut self,
        line: usize,
        name: &str,
        needed: &str,
        members: &[&str],
    ) -> Result<(), PolicyError> {
        self.fresh_name(line, name)?;
        for (place, member) in members.iter().enumerate() {
            let name = (*member).to_owned();
            if !self.defines(member) {
                return Err(PolicyError::Undefined { line, name });
            }
            let elsewhere = self.groups.iter().any(|group| group.members.contains(&name));
            if elsewhere || members.iter().take(place).any(|before| before == member) {
                return Err(PolicyError::RepeatedMember { line, name });
            }
        }
        let needed = match needed {
            "all" => members.len(),
            "any" => 1,
            number => parse_decimal(number)
                .and_then(|number| usize::try_from(number).ok())
                .ok_or(PolicyError::Line(line))?,
        };
        if needed == 0 || needed > members.len() {
            return Err(PolicyError::Threshold(line));
        }
        let members = members.iter().map(|member| (*member).to_owned()).collect();
        self.groups.push(Group { name: name.to_owned(), needed, members });
        Ok(())
    }

    fn set_quorum(&mut self, line: usize, name: &str) -> Result<(), PolicyError> {
        if name == "none" {
            self.quorum = None;
            return Ok(());
        }
        if !self.defines(name) {
            return Err(PolicyError::Undefined { line, name: name.to_owned() });
        }
        self.quorum = Some(name.to_owned());
        Ok(())
    }

    fn defines(&self, name: &str) -> bool {
        let witness = self.witnesses.iter().any(|witness| witness.name == name);
        witness || self.groups.iter().any(|group| group.name == name)
    }

    fn fresh_name(&self, line: usize, name: &str) -> Result<(), PolicyError> {
        if name == "none" || self.defines(name) { Err(PolicyError::Name(line)) } else { Ok(()) }
    }

    fn fresh_key(&self, line: usize, public: &[u8; 32]) -> Result<(), PolicyError> {
        let of_log = self.logs.iter().any(|log| log.key.public().to_bytes() == *public);
        let of_witness = self.witnesses.iter().any(|witness| witness.key.public().to_bytes() == *public);
        if of_log || of_witness { Err(PolicyError::RepeatedKey(line)) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests;
